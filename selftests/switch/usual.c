// SPDX-License-Identifier: GPL-2.0
/*
 * The way back of a function that somebody else bound to a VFIO driver: to the driver
 * that the kernel would bind. It asks one after the other, and driver_override says whom.
 *
 * RTL8139's id is claimed by two drivers, of which the first refuses what QEMU has, a
 * newer revision, that the second is for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "uevent.h"
#include "wait.h"

#define HOTPLUG_MS	60000
#define PLUGGED		"selftest-rtl8139"
#define FIRST		"8139too"
#define SECOND		"8139cp"

/* By driver_override, which then is as it was */
static int bind_vfio(const char *bdf)
{
	int ret = pci_driver_is(bdf, "") ? 0 : pci_unbind(bdf);

	return ret ?: pci_bind(bdf, "vfio-pci");
}

FIXTURE(two_drivers) {
	struct uevent event;
	char story[240];
};

FIXTURE_SETUP(two_drivers)
{
	int uevents;

	if (!monitor_present())
		SKIP(return, "QEMU's monitor is not within reach");
	if (!module_exists(FIRST) || !module_exists(SECOND))
		SKIP(return, "there is no module " FIRST ", or no " SECOND);
	ASSERT_EQ(0, module_load("vfio-pci"));
	/* In this order they are on the bus, and asked */
	if (module_loaded(SECOND))
		ASSERT_EQ(0, module_unload(SECOND));
	ASSERT_EQ(0, module_load(FIRST));
	ASSERT_EQ(0, module_load(SECOND));

	uevents = uevent_open();
	ASSERT_LE(0, uevents);
	ASSERT_EQ(0, monitor_plug_nic("rtl8139", LAB_SPARE_PORT, PLUGGED));
	ASSERT_EQ(0, uevent_wait(uevents, "add", LAB_SPARE_BDF, NULL, &self->event,
				 HOTPLUG_MS));
	close(uevents);
	ASSERT_TRUE(function_await_driver(LAB_SPARE_BDF, SECOND));
}

FIXTURE_TEARDOWN(two_drivers)
{
	modprobe_restore();
	if (pci_present(LAB_SPARE_BDF)) {
		monitor_unplug(PLUGGED);
		EXPECT_EQ(0, wait_for(!pci_present(LAB_SPARE_BDF), HOTPLUG_MS));
	}
	module_unload(FIRST);
	module_unload(SECOND);
}

TEST_F_TIMEOUT(two_drivers, first_refuses, 180)
{
	ASSERT_EQ(0, native_prove(LAB_SPARE_BDF, self->story, sizeof(self->story)));
	ASSERT_EQ(0, bind_vfio(LAB_SPARE_BDF));
	EXPECT_TRUE(function_is_vfio(LAB_SPARE_BDF, "vfio-pci"));

	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(personality_is(LAB_SPARE_BDF, "native"));
	EXPECT_TRUE(pci_driver_is(LAB_SPARE_BDF, SECOND));
	EXPECT_EQ(0, personality_get(LAB_SPARE_BDF));
	EXPECT_TRUE(personality_last_error_is(LAB_SPARE_BDF, NULL, 0));
	EXPECT_TRUE(pci_reads(LAB_SPARE_BDF, "driver_override", "(null)"));
	EXPECT_EQ(0, native_prove(LAB_SPARE_BDF, self->story, sizeof(self->story)));
}

/* Where all refuse it is in VFIO again, and the last one's refusal is told */
TEST_F_TIMEOUT(two_drivers, all_refuse, 180)
{
	ASSERT_EQ(0, bind_vfio(LAB_SPARE_BDF));
	ASSERT_EQ(0, module_unload(SECOND));
	ASSERT_EQ(0, modprobe_forbid(SECOND));
	EXPECT_EQ(-ENODEV, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(personality_last_error_is(LAB_SPARE_BDF, "bind", -ENODEV));
	EXPECT_TRUE(personality_last_error_has(LAB_SPARE_BDF, FIRST));
	EXPECT_TRUE(function_is_vfio(LAB_SPARE_BDF, "vfio-pci"));
	EXPECT_TRUE(pci_reads(LAB_SPARE_BDF, "driver_override", "(null)"));

	/* The one that takes it can be had after all */
	modprobe_restore();
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(pci_driver_is(LAB_SPARE_BDF, SECOND));
}

/* The user has decided, and nobody asks the others */
TEST_F_TIMEOUT(two_drivers, override_names_the_first, 180)
{
	ASSERT_EQ(0, bind_vfio(LAB_SPARE_BDF));
	ASSERT_EQ(0, pci_write(LAB_SPARE_BDF, "driver_override", FIRST));
	EXPECT_EQ(-ENODEV, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(personality_last_error_has(LAB_SPARE_BDF, FIRST));
	EXPECT_TRUE(function_is_vfio(LAB_SPARE_BDF, "vfio-pci"));
	EXPECT_TRUE(pci_reads(LAB_SPARE_BDF, "driver_override", FIRST));

	ASSERT_EQ(0, pci_write(LAB_SPARE_BDF, "driver_override", SECOND));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(pci_driver_is(LAB_SPARE_BDF, SECOND));
	EXPECT_TRUE(pci_reads(LAB_SPARE_BDF, "driver_override", SECOND));
}

FIXTURE(overridden) {
	struct function_state before;
};

FIXTURE_SETUP(overridden)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
	ASSERT_EQ(0, bind_vfio(lab_e1000e.bdf));
}

FIXTURE_TEARDOWN(overridden)
{
	pci_write(lab_e1000e.bdf, "driver_override", "\n");
	function_restore(&self->before);
	if (module_loaded("pci_stub"))
		EXPECT_EQ(0, module_unload("pci_stub"));
}

/* The kernel would bind none then, and certainly not what the ids say */
TEST_F(overridden, names_no_driver)
{
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", "no-such-driver"));
	EXPECT_EQ(-ENOENT, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "load", -ENOENT));
	EXPECT_TRUE(personality_last_error_has(lab_e1000e.bdf, "no-such-driver"));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", "no-such-driver"));
}

TEST_F(overridden, names_one_to_be_loaded)
{
	if (!module_exists("pci-stub"))
		SKIP(return, "there is no pci-stub");
	if (module_loaded("pci_stub"))
		ASSERT_EQ(0, module_unload("pci_stub"));
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", "pci-stub"));
	EXPECT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, "pci-stub"));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", "pci-stub"));
}

TEST_HARNESS_MAIN
