// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers that are bound in the background: driver_async_probe= on the kernel's command
 * line, or async_probe of a module. What use_vfio is written for is there when the write
 * returns, for all that. VFs, which Linux 7.2 binds in the background, too, are in VFIO a
 * moment after they came, and nothing native of theirs is seen in that moment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "uevent.h"
#include "vf.h"
#include "wait.h"

#define BIND_MS	30000
#define VFS	2

FIXTURE(async) {
	struct function_state before;
	int uevents;
	char vf[VFS][PCI_BDF_LEN];
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(async)
{
	REQUIRE_LAB(&lab_e1000e);
	REQUIRE_LAB(&lab_igb);
	if (!module_loaded("e1000e") || (!module_loaded("vfio") &&
					 !access("/sys/module/vfio", F_OK)))
		SKIP(return, "e1000e or VFIO is built in");
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
	/* All are loaded anew */
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	if (module_loaded("vfio"))
		ASSERT_EQ(0, module_unload_tree("vfio"));
	if (module_loaded("igbvf"))
		ASSERT_EQ(0, module_unload("igbvf"));
	ASSERT_EQ(0, modprobe_obey("options vfio-pci async_probe=1\n"
				   "options e1000e async_probe=1\n"
				   "options igbvf async_probe=1"));
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
}

FIXTURE_TEARDOWN(async)
{
	modprobe_restore();
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, vf_destroy());
	module_load("e1000e");
	EXPECT_EQ(0, function_restore(&self->before));
	close(self->uevents);
}

/* Each way loads the driver that it needs */
TEST_F_TIMEOUT(async, there_and_back, 100)
{
	const char *bdf = lab_e1000e.bdf;
	int round;

	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, personality_set(bdf, true));
		EXPECT_TRUE(function_is_vfio(bdf, "vfio-pci"));
		EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->proof));
		ASSERT_EQ(0, module_unload("e1000e"));
		ASSERT_EQ(0, personality_set(bdf, false));
		EXPECT_TRUE(function_is(&self->before));
		ASSERT_EQ(0, module_unload_tree("vfio"));
	}
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));
}

/* Who has bound it is not known: all drivers that match may be on their way to it */
TEST_F_TIMEOUT(async, bound_by_hand, 60)
{
	const char *bdf = lab_e1000e.bdf;

	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, pci_unbind(bdf));
	ASSERT_EQ(0, pci_bind(bdf, "vfio-pci"));
	ASSERT_EQ(0, module_unload("e1000e"));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));
}

TEST_F_TIMEOUT(async, born, 150)
{
	int i;

	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(0, NULL));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, VFS));
	for (i = 0; i < VFS; i++) {
		ASSERT_EQ(0, pci_vf(lab_igb.bdf, i, self->vf[i]));
		ASSERT_EQ(0, wait_for(personality_get(self->vf[i]) == 1, BIND_MS));
		/* The bind is over when the override is the user's again */
		EXPECT_EQ(0, wait_for(pci_reads(self->vf[i], "driver_override",
						"(null)"), BIND_MS));
		EXPECT_TRUE(personality_is(self->vf[i], "vfio"));
		EXPECT_EQ(0, uevent_count_added(self->uevents, "net", self->vf[i]));
		EXPECT_EQ(0, device_prove(self->vf[i], &vfio_group_mode,
					  &self->proof));
		ASSERT_EQ(0, personality_set(self->vf[i], false));
		EXPECT_TRUE(pci_driver_is(self->vf[i], "igbvf"));
		EXPECT_EQ(0, native_prove(self->vf[i], self->story,
					  sizeof(self->story)));
	}
}

/* They go while they are still being bound, and come again */
TEST_F_TIMEOUT(async, gone_while_being_born, 150)
{
	int round;

	ASSERT_EQ(0, vf_create(0, NULL));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, VFS));
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	}
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, self->vf[0]));
	ASSERT_EQ(0, wait_for(personality_get(self->vf[0]) == 1, BIND_MS));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

TEST_HARNESS_MAIN
