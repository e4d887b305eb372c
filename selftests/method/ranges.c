// SPDX-License-Identifier: GPL-2.0
/*
 * A function whose DMA has ranges, by its firmware: the kernel gets a map of them each
 * time its DMA is configured. This machine's firmware has none; the selftests' own
 * module, see modules/ranges.c, has some for it and counts the maps.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"

#define RANGES_MODULE	"personality_ranges"
#define PARAMETERS	"/sys/module/" RANGES_MODULE "/parameters/"
#define ROUNDS		3

FIXTURE(ranges) {
	struct edu_fixture edu;
	const char *bdf;
};

FIXTURE_SETUP(ranges)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = self->edu.was[0].bdf;
	if (access("/sys/kernel/debug/kprobes", F_OK)) {
		/* After SKIP there is no teardown */
		EXPECT_EQ(0, edu_teardown(&self->edu));
		SKIP(return, "this kernel has no kprobes");
	}
	ASSERT_EQ(0, module_load(RANGES_MODULE));
	ASSERT_EQ(0, file_write(PARAMETERS "function", self->bdf));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
}

FIXTURE_TEARDOWN(ranges)
{
	file_write(PARAMETERS "function", "\n");
	EXPECT_EQ(0, edu_teardown(&self->edu));
	EXPECT_EQ(0, module_unload(RANGES_MODULE));
}

static long live_maps(void)
{
	char text[16];

	if (file_read_line(PARAMETERS "live", text, sizeof(text)) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

/* One while a driver is bound, none when it is unbound, whatever was in between */
TEST_F_TIMEOUT(ranges, are_freed, 120)
{
	int i;

	EXPECT_EQ(1, live_maps());
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_TRUE(edu_is_vfio(self->bdf));
		EXPECT_EQ(0, edu_drive(self->bdf));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
		EXPECT_EQ(1, live_maps());
	}

	/* Unbound while it is in VFIO, the map goes as well */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	EXPECT_EQ(0, live_maps());
	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
	EXPECT_EQ(1, live_maps());
}

TEST_HARNESS_MAIN
