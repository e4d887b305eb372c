// SPDX-License-Identifier: GPL-2.0
/*
 * The module of the driver's VFIO personality: present, absent, unloaded; and
 * whose word counts in what 1 will use.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "edu_fixture.h"
#include "modprobe.h"
#include "module.h"

FIXTURE(modules) {
	struct edu_fixture edu;
	const struct function_state *was;
	const char *bdf;
};

FIXTURE_SETUP(modules)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->was = &self->edu.was[0];
	self->bdf = self->was->bdf;
	if (module_loaded(EDU_VFIO))
		ASSERT_EQ(0, module_unload(EDU_VFIO));
}

FIXTURE_TEARDOWN(modules)
{
	modprobe_restore();
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

TEST_F(modules, present)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
}

TEST_F(modules, held_while_in_vfio)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(-EAGAIN, module_unload(EDU_VFIO));
	EXPECT_EQ(-EAGAIN, module_unload("vfio-pci-personality"));
	EXPECT_EQ(SWITCH_NEEDED, module_unload(PERSONALITY_MODULE));
	EXPECT_EQ(-EAGAIN, module_unload(EDU_DRIVER));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	EXPECT_EQ(0, edu_drive(self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
}

TEST_F(modules, unloaded_and_loaded_again)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_TRUE(edu_is_vfio(self->bdf));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		ASSERT_EQ(0, module_unload(EDU_VFIO));
		EXPECT_TRUE(edu_is_native(self->was));
	}
}

/* The choice is open: a VFIO driver is bound instead, and it goes back as well */
TEST_F(modules, absent)
{
	ASSERT_EQ(0, modprobe_forbid(EDU_VFIO));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
	EXPECT_FALSE(pci_driver_is(self->bdf, EDU_DRIVER));
	EXPECT_EQ(0, edu_drive(self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
	EXPECT_FALSE(module_loaded(EDU_VFIO));
}

TEST_F(modules, absent_and_insisted_on)
{
	ASSERT_EQ(0, modprobe_forbid(EDU_VFIO));
	ASSERT_EQ(0, personality_set_driver(self->bdf, "bound"));
	EXPECT_EQ(-EOPNOTSUPP, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "load", -EOPNOTSUPP));
	EXPECT_TRUE(edu_is_native(self->was));

	modprobe_restore();
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
}

/* Software that knows nothing but vfio-pci gets it, method or not */
TEST_F(modules, another_driver_asked_for)
{
	ASSERT_EQ(0, personality_set_driver(self->bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
	EXPECT_TRUE(pci_driver_is(self->bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));

	ASSERT_EQ(0, personality_set_driver(self->bdf, "bound"));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
}

TEST_HARNESS_MAIN
