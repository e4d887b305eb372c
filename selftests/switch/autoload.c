// SPDX-License-Identifier: GPL-2.0
/*
 * With no VFIO module loaded, one write loads what is needed, and the function's
 * vfio_device exists when the write returns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "module.h"
#include "personality.h"

#define VARIANT "personality-test-vfio-pci"

FIXTURE(autoload) {
	struct function_state before;
	struct proof proof;
};

FIXTURE_VARIANT(autoload) {
	const struct lab_device *device;
	const char *module;
	const char *driver;
};

FIXTURE_VARIANT_ADD(autoload, generic) {
	.device = &lab_e1000e,
	.module = "vfio_pci",
	.driver = "vfio-pci",
};

/* The id of a variant is more specific, and so is its alias */
FIXTURE_VARIANT_ADD(autoload, variant) {
	.device = &lab_edu,
	.module = "personality_test",
	.driver = VARIANT,
};

FIXTURE_SETUP(autoload)
{
	REQUIRE_LAB(variant->device);
	if (!module_exists(variant->module))
		SKIP(return, "there is no module %s", variant->module);
	if (!module_loaded("vfio") && !access("/sys/module/vfio", F_OK))
		SKIP(return, "VFIO is built in");
	if (module_loaded("vfio"))
		ASSERT_EQ(0, module_unload_tree("vfio"));
	ASSERT_EQ(0, function_save(&self->before, variant->device->bdf));
}

FIXTURE_TEARDOWN(autoload)
{
	function_restore(&self->before);
	EXPECT_EQ(0, module_unload_tree("vfio"));
}

TEST_F(autoload, one_write)
{
	const char *bdf = variant->device->bdf;

	ASSERT_FALSE(module_loaded("vfio"));
	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_TRUE(function_is_vfio(bdf, variant->driver));
	EXPECT_TRUE(module_loaded(variant->module));

	/* All that a user needs has come, the IOMMU's half as well */
	ASSERT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

/* A name that the user gave is loaded as well */
TEST_F(autoload, by_name)
{
	const char *bdf = variant->device->bdf;

	ASSERT_EQ(0, personality_set_driver(bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(function_is_vfio(bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

TEST_HARNESS_MAIN
