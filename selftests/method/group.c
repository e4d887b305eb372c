// SPDX-License-Identifier: GPL-2.0
/*
 * A function that its own driver has in VFIO, and a sibling in its IOMMU group:
 * native, in VFIO, or in a user's hands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "lab.h"
#include "native.h"

FIXTURE(group) {
	struct edu_fixture edu;
	struct function_state nic;
	const struct function_state *was;
	const char *bdf;
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(group)
{
	const char *lacking = edu_lacks();
	int i;

	if (lacking)
		SKIP(return, "%s", lacking);

	REQUIRE_LAB(&lab_slot_e1000e);
	REQUIRE_LAB(&lab_slot_edu);
	ASSERT_EQ(pci_group(lab_slot_e1000e.bdf), pci_group(lab_slot_edu.bdf));
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = lab_slot_edu.bdf;
	for (i = 0; i < self->edu.count; i++)
		if (!strcmp(self->edu.was[i].bdf, self->bdf))
			self->was = &self->edu.was[i];
	ASSERT_NE(NULL, self->was);
	ASSERT_EQ(0, function_save(&self->nic, lab_slot_e1000e.bdf));
}

FIXTURE_TEARDOWN(group)
{
	device_close(&self->user);
	EXPECT_EQ(0, edu_teardown(&self->edu));
	function_restore(&self->nic);
}

/* The flip works, its user would have to wait, the sibling does not notice */
TEST_F(group, native_sibling)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	EXPECT_EQ(-EPERM, edu_drive(self->bdf));
	EXPECT_EQ(0, native_prove(self->nic.bdf, self->story,
				  sizeof(self->story)));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
	EXPECT_TRUE(function_is(&self->nic));
}

TEST_F(group, both_in_vfio)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, personality_set(self->nic.bdf, true));
	EXPECT_EQ(0, edu_drive(self->bdf));
	EXPECT_EQ(0, device_prove(self->nic.bdf, &vfio_group_mode, &self->proof));

	/* One back, then the other */
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
	EXPECT_EQ(-EPERM, device_prove(self->nic.bdf, &vfio_group_mode,
				       &self->proof));
	ASSERT_EQ(0, personality_set(self->nic.bdf, false));
	EXPECT_EQ(0, native_prove(self->nic.bdf, self->story,
				  sizeof(self->story)));
}

/* The group is the user's: what is in it stays out of the kernel's DMA domain */
TEST_F(group, user_of_the_sibling)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, personality_set(self->nic.bdf, true));
	ASSERT_EQ(0, device_open(&self->user, self->nic.bdf, &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));

	EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	device_close(&self->user);
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(edu_is_native(self->was));
}

/*
 * Unbinding releases a DMA ownership that is not the function's to release. The
 * user keeps the group, and no native driver is bound into it.
 */
TEST_F(group, unbound_beside_a_user)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, personality_set(self->nic.bdf, true));
	ASSERT_EQ(0, device_open(&self->user, self->nic.bdf, &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));

	ASSERT_EQ(0, pci_unbind(self->bdf));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_TRUE(personality_is(self->bdf, "unbound"));
	EXPECT_GT(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(pci_driver_is(self->bdf, ""));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	device_close(&self->user);
	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(edu_is_native(self->was));

	/* And once more from the start: the group's state is a sound one */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, edu_drive(self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	ASSERT_EQ(0, personality_set(self->nic.bdf, false));
	EXPECT_EQ(0, native_prove(self->nic.bdf, self->story,
				  sizeof(self->story)));
	EXPECT_TRUE(edu_is_native(self->was));
}

TEST_HARNESS_MAIN
