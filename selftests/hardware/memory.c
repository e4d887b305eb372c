// SPDX-License-Identifier: GPL-2.0
/*
 * Transitions while there is next to no free memory: each one is done, or fails for
 * want of memory and leaves everything as it was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "edu_fixture.h"
#include "file.h"
#include "lab.h"
#include "native.h"
#include "personality.h"

#define FLIPS		20
#define CHUNK		(1UL << 20)
/* What the kernel keeps for itself: with less free than that, it begins to kill */
#define RESERVE		"/proc/sys/vm/min_free_kbytes"
#define LEFT_KIB	(12UL << 10)

FIXTURE(memory) {
	struct edu_fixture edu;
	const char *bdf;
	struct function_state was;
	void *hoard;
	char story[240];
};

FIXTURE_VARIANT(memory) {
	const struct lab_device *device;	/* NULL: the reference driver's */
};

FIXTURE_VARIANT_ADD(memory, edu) { .device = NULL };
FIXTURE_VARIANT_ADD(memory, e1000e) { .device = &lab_e1000e };
FIXTURE_VARIANT_ADD(memory, nvme) { .device = &lab_nvme };

FIXTURE_SETUP(memory)
{
	if (variant->device)
		REQUIRE_LAB(variant->device);
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = variant->device ? variant->device->bdf : self->edu.was[0].bdf;
	ASSERT_EQ(0, function_save(&self->was, self->bdf));
}

/* Each chunk begins with the address of the one before */
static void hoard_drop(void *last)
{
	while (last) {
		void *before = *(void **)last;

		munmap(last, CHUNK);
		last = before;
	}
}

FIXTURE_TEARDOWN(memory)
{
	hoard_drop(self->hoard);
	EXPECT_EQ(0, function_restore(&self->was));
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

static unsigned long free_kib(void)
{
	char text[4096];
	const char *line;
	unsigned long kib = 0;

	if (file_read("/proc/meminfo", text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, "MemFree:");
	if (line)
		sscanf(line, "MemFree: %lu", &kib);
	return kib;
}

/* Take all memory but little; what others let go of meanwhile as well */
static int hoard_all(void **last)
{
	char reserve[32];
	unsigned long left;

	if (file_read_line(RESERVE, reserve, sizeof(reserve)) < 0)
		return -EIO;
	left = strtoul(reserve, NULL, 10) * 5 / 4 + LEFT_KIB;
	while (free_kib() > left) {
		void *chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (chunk == MAP_FAILED)
			return -errno;
		*(void **)chunk = *last;
		*last = chunk;
	}
	return 0;
}

TEST_F_TIMEOUT(memory, flips, 60)
{
	int done = 0;
	int i, ret;

	for (i = 0; i < FLIPS; i++) {
		bool vfio = !personality_get(self->bdf);

		ASSERT_EQ(0, hoard_all(&self->hoard));
		ret = personality_set(self->bdf, vfio);
		if (!ret)
			done++;
		EXPECT_TRUE(!ret || ret == -ENOMEM);
		/* As told, or as before */
		EXPECT_EQ(ret ? !vfio : vfio, personality_get(self->bdf));
	}
	hoard_drop(self->hoard);
	self->hoard = NULL;
	/* A hoard that stopped everything would prove nothing */
	EXPECT_LT(0, done);

	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->was));
	EXPECT_TRUE(variant->device ?
		    !native_prove(self->bdf, self->story, sizeof(self->story)) :
		    edu_is_native(&self->was));
}

TEST_HARNESS_MAIN
