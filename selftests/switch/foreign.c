// SPDX-License-Identifier: GPL-2.0
/*
 * The switch's module comes and goes. What others did before it came it takes as
 * it finds it, and what it did stays as it is when it goes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"

FIXTURE(foreign) {
	struct function_state nic;
	struct function_state edu;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(foreign)
{
	REQUIRE_LAB(&lab_e1000e);
	REQUIRE_LAB(&lab_edu);
	REQUIRE_SWITCH_MODULE();
	ASSERT_EQ(0, function_save(&self->nic, lab_e1000e.bdf));
	ASSERT_EQ(0, function_save(&self->edu, lab_edu.bdf));
	ASSERT_EQ(0, module_load("vfio-pci"));
	/* Drivers with a method of their own, which others left, need the switch */
	ASSERT_EQ(0, module_unload_tree(PERSONALITY_MODULE));
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
}

FIXTURE_TEARDOWN(foreign)
{
	EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
	function_restore(&self->nic);
	function_restore(&self->edu);
}

static int unload_switch(void)
{
	return module_unload(PERSONALITY_MODULE);
}

/* By driver_override, as every script does it, and left so */
TEST_F(foreign, bound_before_by_override)
{
	char override[64];

	ASSERT_EQ(0, unload_switch());
	EXPECT_FALSE(pci_has(lab_e1000e.bdf, "use_vfio"));
	EXPECT_FALSE(pci_has(lab_e1000e.bdf, "personality"));
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", "vfio-pci"));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, file_write("/sys/bus/pci/drivers_probe", lab_e1000e.bdf));
	ASSERT_TRUE(pci_driver_is(lab_e1000e.bdf, "vfio-pci"));

	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_TRUE(personality_reads(lab_e1000e.bdf, "native_driver", "auto"));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));

	/* The override came with the binding, and goes with it */
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, "e1000e"));
	ASSERT_LT(0, pci_read(lab_e1000e.bdf, "driver_override", override,
			      sizeof(override)));
	EXPECT_STREQ("(null)\n", override);
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
	EXPECT_TRUE(function_is(&self->nic));
}

/* Bound by hand while the module is there: it does not know the way either */
TEST_F(foreign, bound_meanwhile)
{
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "unbound"));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_TRUE(personality_reads(lab_e1000e.bdf, "native_driver", "auto"));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
}

/* Taken back by hand from a flip: native is native */
TEST_F(foreign, taken_back_by_hand)
{
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	EXPECT_EQ(0, personality_get(lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "unbound"));
	ASSERT_EQ(0, file_write("/sys/bus/pci/drivers/e1000e/bind",
				lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(function_is(&self->nic));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
}

/* It goes while functions are flipped: they stay, and a user's work goes on */
TEST_F(foreign, unloaded_while_flipped)
{
	struct device_user user;

	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, device_open(&user, lab_e1000e.bdf, &vfio_group_mode));
	EXPECT_EQ(0, unload_switch());
	EXPECT_TRUE(pci_driver_is(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_work(&user, &self->proof));
	device_close(&user);

	/* The ordinary files have it */
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, file_write("/sys/bus/pci/drivers/e1000e/bind",
				lab_e1000e.bdf));
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

/* Or it comes again, and finds the way back by itself */
TEST_F(foreign, reloaded_while_flipped)
{
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, unload_switch());
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
}

TEST_HARNESS_MAIN
