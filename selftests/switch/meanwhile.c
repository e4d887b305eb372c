// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody else does to a function while a write to use_vfio is under way, in
 * moments that a test makes as long as it needs: his act stands, and the write fails.
 *
 * Modules are loaded with nothing locked, so that anything may happen until the write
 * goes on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"
#include "writer.h"

#define WRITE_MS	60000

#define ENABLE_SRIOV	"/sys/module/vfio_pci/parameters/enable_sriov"

#define WINDOW_MODULE	"personality_window"
#define WINDOW		"/sys/module/" WINDOW_MODULE "/parameters/window"
#define BOUND_WINDOW	"/sys/module/" WINDOW_MODULE "/parameters/bound_window"

#define THIEF		"personality-test-native"
#define VARIANT		"personality-test-vfio-pci"

/* The last request for a VFIO driver: without subsystem, with the whole class */
#define LAST_VFIO_REQUEST	"vfio_pci:v*svsdbc*"

/* A write whose last request for a module is being served */
static int start_write(struct writer *writer, const char *bdf, bool vfio,
		       const char *request)
{
	/* What was asked for a moment ago would not be asked for again */
	int ret = personality_set_driver(bdf, "auto");

	ret = ret ?: modprobe_hold(request);
	ret = ret ?: writer_start(writer, bdf, vfio);
	return ret ?: modprobe_await_held();
}

/* The modules are there: what does the write come to? */
static int go_on(struct writer *writer)
{
	modprobe_restore();
	return writer_finish(writer, WRITE_MS);
}

FIXTURE(vfs_meanwhile) {
	struct function_state before;
	struct writer writer;
	char vf[2][PCI_BDF_LEN];
	char sriov[8];
	char story[240];
};

FIXTURE_SETUP(vfs_meanwhile)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, function_save(&self->before, lab_igb.bdf));
}

FIXTURE_TEARDOWN(vfs_meanwhile)
{
	modprobe_restore();
	writer_finish(&self->writer, WRITE_MS);
	pci_set_vfs(lab_igb.bdf, 0);
	if (self->sriov[0])
		file_write(ENABLE_SRIOV, self->sriov);
	function_restore(&self->before);
	pf_set_up(false);
}

/* The PF's driver would destroy them, whoever has them */
TEST_F_TIMEOUT(vfs_meanwhile, native, 120)
{
	struct proof proof;

	ASSERT_EQ(0, start_write(&self->writer, lab_igb.bdf, true,
				 LAST_VFIO_REQUEST));
	ASSERT_EQ(0, vf_create(2, self->vf));
	ASSERT_EQ(0, personality_set(self->vf[1], true));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(personality_last_error_has(lab_igb.bdf, "2 VFs are enabled"));
	EXPECT_EQ(2, pci_number(lab_igb.bdf, "sriov_numvfs"));
	EXPECT_TRUE(personality_is(lab_igb.bdf, "native"));
	EXPECT_TRUE(pci_driver_is(lab_igb.bdf, "igb"));
	ASSERT_TRUE(pci_driver_is(self->vf[0], "igbvf"));
	EXPECT_EQ(0, native_prove(self->vf[0], self->story, sizeof(self->story)));
	ASSERT_TRUE(personality_is(self->vf[1], "vfio") ||
		    personality_is(self->vf[1], "vfio-rebound"));
	EXPECT_EQ(0, device_prove(self->vf[1], &vfio_group_mode, &proof));

	/* Without them the same write does it */
	ASSERT_EQ(0, vf_destroy());
	ASSERT_EQ(0, personality_set(lab_igb.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_igb.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

/* vfio-pci, told to make VFs, does the same when it is unbound */
TEST_F_TIMEOUT(vfs_meanwhile, vfio, 120)
{
	char alias[32];

	ASSERT_LT(0, file_read_line(ENABLE_SRIOV, self->sriov,
				    sizeof(self->sriov)));
	ASSERT_EQ(0, file_write(ENABLE_SRIOV, "Y"));
	ASSERT_EQ(0, pci_unbind(lab_igb.bdf));
	ASSERT_EQ(0, pci_bind(lab_igb.bdf, "vfio-pci"));

	/* Which driver it goes back to is not known, so that modules are loaded */
	snprintf(alias, sizeof(alias), "pci:v%08Xd%08X*", lab_igb.vendor,
		 lab_igb.device);
	ASSERT_EQ(0, start_write(&self->writer, lab_igb.bdf, false, alias));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 2));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, self->vf[0]));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 1, self->vf[1]));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(personality_last_error_has(lab_igb.bdf, "2 VFs are enabled"));
	EXPECT_EQ(2, pci_number(lab_igb.bdf, "sriov_numvfs"));
	EXPECT_TRUE(function_is_vfio(lab_igb.bdf, "vfio-pci"));
	EXPECT_TRUE(function_is_vfio(self->vf[0], "vfio-pci"));
	EXPECT_TRUE(function_is_vfio(self->vf[1], "vfio-pci"));

	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

FIXTURE(bound_meanwhile) {
	struct function_state before;
	struct writer writer;
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(bound_meanwhile)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load("personality_test"));
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
}

FIXTURE_TEARDOWN(bound_meanwhile)
{
	modprobe_restore();
	file_write(WINDOW, "\n");
	device_close(&self->user);
	writer_finish(&self->writer, WRITE_MS);
	function_restore(&self->before);
	if (module_loaded(WINDOW_MODULE))
		EXPECT_EQ(0, module_unload(WINDOW_MODULE));
	EXPECT_EQ(0, module_unload("personality_test"));
}

/* vfio-pci by hand, as every script does it, and a user at once: nobody waits for him */
TEST_F_TIMEOUT(bound_meanwhile, vfio_with_a_user, 120)
{
	ASSERT_EQ(0, start_write(&self->writer, lab_e1000e.bdf, true,
				 LAST_VFIO_REQUEST));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, "vfio-pci"));
	ASSERT_EQ(0, device_open(&self->user, lab_e1000e.bdf, &vfio_group_mode));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&self->user);

	/* It was not the switch that did it, which does not know where it came from */
	EXPECT_TRUE(personality_reads(lab_e1000e.bdf, "native_driver", "auto"));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

/* Another native driver by hand: it is not the one that was to be unbound */
TEST_F_TIMEOUT(bound_meanwhile, another_driver, 120)
{
	ASSERT_EQ(0, start_write(&self->writer, lab_e1000e.bdf, true,
				 LAST_VFIO_REQUEST));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, THIEF));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, THIEF));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", "(null)"));
}

/* A user comes before the way back, while it is not yet known where to */
TEST_F_TIMEOUT(bound_meanwhile, before_the_way_back, 120)
{
	char alias[32];

	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, "vfio-pci"));
	snprintf(alias, sizeof(alias), "pci:v%08Xd%08X*", lab_e1000e.vendor,
		 lab_e1000e.device);
	ASSERT_EQ(0, start_write(&self->writer, lab_e1000e.bdf, false, alias));
	ASSERT_EQ(0, device_open(&self->user, lab_e1000e.bdf, &vfio_group_mode));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
}

/* As driverctl does it: the override stays */
static int steal(const char *bdf, const char *driver)
{
	char path[128];
	int ret = wait_for(pci_driver_is(bdf, ""), WRITE_MS);

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	ret = ret ?: pci_write(bdf, "driver_override", driver);
	return ret ?: file_write(path, bdf);
}

/*
 * Part of the kernel, the switch lets nobody else bind a driver until its own is bound. The
 * window is made as long as the attempt takes.
 */
static int fail_to_steal(int stolen, const char *window)
{
	int ret = file_write(window, "\n");

	if (stolen != -ENODEV)
		return diag_error(-EPROTO, "bound meanwhile: %d", stolen);
	return ret;
}

/* In the moment between the native driver's unbind and the VFIO driver's bind */
TEST_F_TIMEOUT(bound_meanwhile, after_the_unbind, 120)
{
	int stolen;

	ASSERT_EQ(0, module_load(WINDOW_MODULE));
	ASSERT_EQ(0, file_write(WINDOW, lab_e1000e.bdf));
	ASSERT_EQ(0, writer_start(&self->writer, lab_e1000e.bdf, true));
	stolen = steal(lab_e1000e.bdf, THIEF);
	if (personality_is_built_in()) {
		ASSERT_EQ(0, fail_to_steal(stolen, WINDOW));
		EXPECT_EQ(0, writer_finish(&self->writer, WRITE_MS));
		EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
		return;
	}
	ASSERT_EQ(0, stolen);

	EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "bind", -EBUSY));
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, THIEF));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", THIEF));

	/* Nor is it broken later, when that driver has gone by itself */
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "unbound"));
}

/* The same on the way back, where VFIO's drivers alone can be bound: the group is shut */
TEST_F_TIMEOUT(bound_meanwhile, after_the_unbind_of_vfio, 120)
{
	int stolen;

	ASSERT_EQ(0, module_load(WINDOW_MODULE));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, file_write(WINDOW, lab_e1000e.bdf));
	ASSERT_EQ(0, writer_start(&self->writer, lab_e1000e.bdf, false));
	stolen = steal(lab_e1000e.bdf, VARIANT);
	if (personality_is_built_in()) {
		ASSERT_EQ(0, fail_to_steal(stolen, WINDOW));
		EXPECT_EQ(0, writer_finish(&self->writer, WRITE_MS));
		EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, "e1000e"));
		return;
	}
	ASSERT_EQ(0, stolen);

	EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "bind", -EBUSY));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, VARIANT));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", VARIANT));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "unbound"));
}

/* What the write has bound is unbound by hand before the write has looked at it */
static int steal_from(const char *bdf, const char *bound, const char *driver)
{
	int ret = wait_for(pci_driver_is(bdf, bound), WRITE_MS);

	ret = ret ?: pci_unbind(bdf);
	return ret ?: steal(bdf, driver);
}

TEST_F_TIMEOUT(bound_meanwhile, after_the_bind, 120)
{
	int stolen;

	ASSERT_EQ(0, module_load(WINDOW_MODULE));
	ASSERT_EQ(0, file_write(BOUND_WINDOW, lab_e1000e.bdf));
	ASSERT_EQ(0, writer_start(&self->writer, lab_e1000e.bdf, true));
	stolen = steal_from(lab_e1000e.bdf, "vfio-pci", THIEF);
	if (personality_is_built_in()) {
		/* The unbind stands, and the write fails */
		ASSERT_EQ(0, fail_to_steal(stolen, BOUND_WINDOW));
		EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
		EXPECT_FALSE(pci_driver_is(lab_e1000e.bdf, "vfio-pci"));
		return;
	}
	ASSERT_EQ(0, stolen);

	EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "bind", -EBUSY));
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, THIEF));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", THIEF));
}

TEST_F_TIMEOUT(bound_meanwhile, after_the_native_bind, 120)
{
	int stolen;

	ASSERT_EQ(0, module_load(WINDOW_MODULE));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, file_write(BOUND_WINDOW, lab_e1000e.bdf));
	ASSERT_EQ(0, writer_start(&self->writer, lab_e1000e.bdf, false));
	stolen = steal_from(lab_e1000e.bdf, "e1000e", VARIANT);
	if (personality_is_built_in()) {
		ASSERT_EQ(0, fail_to_steal(stolen, BOUND_WINDOW));
		EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
		EXPECT_FALSE(pci_driver_is(lab_e1000e.bdf, "e1000e"));
		return;
	}
	ASSERT_EQ(0, stolen);

	EXPECT_EQ(-EBUSY, writer_finish(&self->writer, WRITE_MS));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "bind", -EBUSY));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, VARIANT));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
	EXPECT_TRUE(pci_reads(lab_e1000e.bdf, "driver_override", VARIANT));
}

static bool is_interrupted(struct writer *writer)
{
	writer_interrupt(writer);
	return writer->done;
}

/* A write that waits for its turn can be ended, and says so like any other failure */
TEST_F_TIMEOUT(bound_meanwhile, interrupted, 120)
{
	struct writer second;

	ASSERT_EQ(0, start_write(&self->writer, lab_e1000e.bdf, true,
				 LAST_VFIO_REQUEST));
	ASSERT_EQ(0, writer_start(&second, lab_e1000e.bdf, true));
	EXPECT_EQ(-ETIME, writer_finish(&second, 1000));
	EXPECT_EQ(0, wait_for(is_interrupted(&second), WRITE_MS));
	EXPECT_EQ(-EINTR, writer_finish(&second, 0));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "check", -EINTR));
	EXPECT_TRUE(function_is(&self->before));

	/* The first does not mind, and what it does succeeds */
	EXPECT_EQ(0, go_on(&self->writer));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, NULL, 0));
}

TEST_HARNESS_MAIN
