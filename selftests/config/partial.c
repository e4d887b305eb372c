// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO is there in part: its core without the IOMMU's half, which modprobe brings along
 * with the core and not again; or a part that must not be loaded. After one write a
 * user can open the function and have it do DMA, or the write has said why not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define BACKEND	"vfio_iommu_type1"

static bool vfio_is_built_in(void)
{
	return !module_loaded("vfio") && !access("/sys/module/vfio", F_OK);
}

FIXTURE(partial) {
	struct edu_fixture edu;
	struct function_state nic;
	struct proof proof;
	char story[240];
};

FIXTURE_VARIANT(partial) {
	const char *loaded;
};

FIXTURE_VARIANT_ADD(partial, core) {
	.loaded = "vfio",
};

FIXTURE_VARIANT_ADD(partial, driver) {
	.loaded = "vfio-pci",
};

FIXTURE_SETUP(partial)
{
	REQUIRE_LAB(&lab_e1000e);
	REQUIRE_LAB(&lab_igb);
	if (vfio_is_built_in())
		SKIP(return, "VFIO is built in");
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	ASSERT_EQ(0, function_save(&self->nic, lab_e1000e.bdf));
	vfio_unload();
	ASSERT_EQ(0, module_load(variant->loaded));
	ASSERT_EQ(0, module_unload(BACKEND));
}

FIXTURE_TEARDOWN(partial)
{
	modprobe_restore();
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, vf_destroy());
	EXPECT_EQ(0, function_restore(&self->nic));
	EXPECT_EQ(0, edu_teardown(&self->edu));
	EXPECT_TRUE(vfio_unload());
}

TEST_F(partial, rebound)
{
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
}

TEST_F(partial, by_method)
{
	const char *bdf = self->edu.was[0].bdf;

	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(edu_is_vfio(bdf));
	EXPECT_EQ(0, edu_drive(bdf));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
}

/*
 * When VFs are born it is too late to load anything. Their driver's own way into VFIO is
 * closed here: who asks modprobe for that gets the rest of VFIO, too.
 */
TEST_F_TIMEOUT(partial, born, 100)
{
	char vf[1][PCI_BDF_LEN];

	ASSERT_EQ(0, modprobe_obey("alias pci-personality-vfio:igbvf* off"));
	ASSERT_EQ(0, vf_create(0, NULL));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, vf[0]));
	EXPECT_TRUE(function_is_vfio(vf[0], "vfio-pci"));
	EXPECT_EQ(0, device_prove(vf[0], &vfio_group_mode, &self->proof));
}

FIXTURE(blocked) {
	struct edu_fixture edu;
	struct function_state nic;
	struct proof proof;
	char story[240];
};

FIXTURE_VARIANT(blocked) {
	const char *module;
};

FIXTURE_VARIANT_ADD(blocked, driver) {
	.module = "vfio-pci",
};

FIXTURE_VARIANT_ADD(blocked, backend) {
	.module = BACKEND,
};

FIXTURE_SETUP(blocked)
{
	REQUIRE_LAB(&lab_e1000e);
	if (vfio_is_built_in())
		SKIP(return, "VFIO is built in");
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	ASSERT_EQ(0, function_save(&self->nic, lab_e1000e.bdf));
	ASSERT_TRUE(vfio_unload());
}

FIXTURE_TEARDOWN(blocked)
{
	modprobe_restore();
	EXPECT_EQ(0, function_restore(&self->nic));
	EXPECT_EQ(0, edu_teardown(&self->edu));
	/* Who comes next shall find none, or all of it */
	EXPECT_TRUE(vfio_unload());
}

/* Can a user do without the module that is blocked? Then the write may succeed */
static bool is_dispensable(const char *module)
{
	return !strcmp(module, BACKEND) && !vfio_cdev_mode.lacking(NULL);
}

/*
 * What was asked for in vain, and could be done without, is asked for again by a write
 * some seconds later.
 */
static bool enters_with_backend(const char *bdf)
{
	if (personality_set(bdf, true))
		return false;
	if (module_loaded(BACKEND))
		return true;
	personality_set(bdf, false);
	return false;
}

static bool says(const char *bdf, const char *what)
{
	char text[512];

	if (pci_read_line(bdf, "personality/last_error", text, sizeof(text)) > 0 &&
	    strstr(text, what))
		return true;
	diag("%s: last_error says nothing of %s: \"%s\"", bdf, what, text);
	return false;
}

TEST_F_TIMEOUT(blocked, rebound, 60)
{
	const char *bdf = lab_e1000e.bdf;
	int ret;

	ASSERT_EQ(0, modprobe_forbid(variant->module));
	ret = personality_set(bdf, true);
	if (is_dispensable(variant->module)) {
		ASSERT_EQ(0, ret);
		EXPECT_EQ(0, device_prove(bdf, &vfio_cdev_mode, &self->proof));
		ASSERT_EQ(0, personality_set(bdf, false));
	} else {
		EXPECT_EQ(-ENOENT, ret);
		EXPECT_TRUE(personality_last_error_is(bdf, "load", -ENOENT));
		EXPECT_TRUE(says(bdf, variant->module));
	}
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));

	/* After a failure, what has been mended is found by the next write */
	modprobe_restore();
	ret = ret ? personality_set(bdf, true) :
		    wait_for(enters_with_backend(bdf), 20000);
	ASSERT_EQ(0, ret);
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->proof));
}

/* The native function goes on: it was not stopped for what nobody could open */
TEST_F_TIMEOUT(blocked, by_method, 60)
{
	const struct function_state *was = &self->edu.was[0];
	int ret;

	ASSERT_EQ(0, modprobe_forbid(variant->module));
	ret = personality_set(was->bdf, true);
	/* The driver's own VFIO personality needs no other driver */
	if (!strcmp(variant->module, "vfio-pci")) {
		ASSERT_EQ(0, ret);
		EXPECT_EQ(0, edu_drive(was->bdf));
		ASSERT_EQ(0, personality_set(was->bdf, false));
	} else if (is_dispensable(variant->module)) {
		ASSERT_EQ(0, ret);
		EXPECT_EQ(0, device_prove(was->bdf, &vfio_cdev_mode, &self->proof));
		ASSERT_EQ(0, personality_set(was->bdf, false));
	} else {
		EXPECT_EQ(-ENOENT, ret);
		EXPECT_TRUE(personality_last_error_is(was->bdf, "load", -ENOENT));
	}
	EXPECT_TRUE(edu_is_native(was));

	modprobe_restore();
	ret = ret ? personality_set(was->bdf, true) :
		    wait_for(enters_with_backend(was->bdf), 20000);
	ASSERT_EQ(0, ret);
	EXPECT_EQ(0, edu_drive(was->bdf));
}

TEST_HARNESS_MAIN
