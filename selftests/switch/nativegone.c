// SPDX-License-Identifier: GPL-2.0
/*
 * The native driver's module is unloaded while its function is flipped: the way
 * back loads it again, and says so if it cannot.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"

#define MODPROBE "/proc/sys/kernel/modprobe"

FIXTURE(nativegone) {
	struct function_state before;
	struct proof proof;
	char modprobe[256];
	char story[240];
};

FIXTURE_VARIANT(nativegone) {
	const struct lab_device *device;
};

FIXTURE_VARIANT_ADD(nativegone, igb) {
	.device = &lab_igb,
};

FIXTURE_VARIANT_ADD(nativegone, nvme) {
	.device = &lab_nvme,
};

FIXTURE_SETUP(nativegone)
{
	REQUIRE_LAB(variant->device);
	if (!module_loaded(variant->device->native))
		SKIP(return, "driver %s is built in", variant->device->native);
	ASSERT_LT(0, file_read_line(MODPROBE, self->modprobe,
				    sizeof(self->modprobe)));
	ASSERT_EQ(0, function_save(&self->before, variant->device->bdf));
}

FIXTURE_TEARDOWN(nativegone)
{
	file_write(MODPROBE, self->modprobe);
	module_load(variant->device->native);
	function_restore(&self->before);
}

TEST_F(nativegone, is_loaded_again)
{
	const char *bdf = variant->device->bdf;

	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, module_unload(variant->device->native));
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->proof));
	EXPECT_TRUE(personality_reads(bdf, "native_driver",
				      variant->device->native));

	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(module_loaded(variant->device->native));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));
}

TEST_F(nativegone, cannot_be_loaded)
{
	const char *bdf = variant->device->bdf;

	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, module_unload(variant->device->native));
	ASSERT_EQ(0, file_write(MODPROBE, "/bin/false"));

	EXPECT_EQ(-ENOENT, personality_set(bdf, false));
	EXPECT_TRUE(pci_driver_is(bdf, ""));
	EXPECT_EQ(0, personality_get(bdf));
	EXPECT_TRUE(personality_is(bdf, "unbound"));
	EXPECT_TRUE(personality_last_error_is(bdf, "bind", -ENOENT));

	/* When its module comes after all, the kernel binds it by itself */
	ASSERT_EQ(0, file_write(MODPROBE, self->modprobe));
	ASSERT_EQ(0, module_load(variant->device->native));
	ASSERT_TRUE(function_await_driver(bdf, variant->device->native));
	EXPECT_TRUE(personality_is(bdf, "native"));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
