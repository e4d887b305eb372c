// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual functions come and go while they, or others, are flipped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "native.h"
#include "personality.h"
#include "vf.h"

FIXTURE(vfs) {
	char vf[3][PCI_BDF_LEN];
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(vfs)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, vf_create(2, self->vf));
}

FIXTURE_TEARDOWN(vfs)
{
	device_close(&self->user);
	pci_write(lab_igb.bdf, "sriov_drivers_autoprobe", "1");
	EXPECT_EQ(0, vf_destroy());
}

/* One flipped, the other native: neither disturbs the other */
TEST_F(vfs, side_by_side)
{
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, native_prove(self->vf[1], self->story,
				  sizeof(self->story)));
	EXPECT_EQ(0, native_prove(lab_igb.bdf, self->story,
				  sizeof(self->story)));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_TRUE(pci_driver_is(self->vf[0], "igbvf"));
	EXPECT_EQ(0, native_prove(self->vf[0], self->story,
				  sizeof(self->story)));
}

/* Removed while flipped; those that come after them are native */
TEST_F(vfs, removed_while_flipped)
{
	int round;

	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, personality_set(self->vf[0], true));
		ASSERT_EQ(0, personality_set(self->vf[1], true));
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
		EXPECT_FALSE(pci_present(self->vf[0]));
		EXPECT_FALSE(pci_present(self->vf[1]));
		ASSERT_EQ(0, vf_create(2, self->vf));
		EXPECT_EQ(0, personality_get(self->vf[0]));
		EXPECT_TRUE(personality_is(self->vf[0], "native"));
	}
	EXPECT_EQ(0, native_prove(self->vf[0], self->story,
				  sizeof(self->story)));
	ASSERT_EQ(0, personality_set(self->vf[1], true));
	EXPECT_EQ(0, device_prove(self->vf[1], &vfio_group_mode, &self->proof));
}

static void *remove_vfs(void *result)
{
	*(int *)result = pci_set_vfs(lab_igb.bdf, 0);
	return NULL;
}

/* The kernel asks the user to go, and waits: that is VFIO's rule, and kept */
TEST_F(vfs, removed_while_held)
{
	struct vfio_irq request;
	pthread_t thread;
	int result = 1;

	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request,
				     VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, pthread_create(&thread, NULL, remove_vfs, &result));
	EXPECT_LT(0, vfio_irq_wait(&request, 0, 10000));
	vfio_irq_disable(&request);
	device_close(&self->user);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, result);
	EXPECT_FALSE(pci_present(self->vf[0]));
}

/* One is in use: the others flip around it, and the core keeps their number */
TEST_F(vfs, around_a_user)
{
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, vf_create(3, self->vf));
	ASSERT_EQ(0, personality_set(self->vf[2], true));
	ASSERT_EQ(0, device_open(&self->user, self->vf[2], &vfio_group_mode));
	EXPECT_EQ(-EBUSY, pci_set_vfs(lab_igb.bdf, 4));

	ASSERT_EQ(0, personality_set(self->vf[1], true));
	ASSERT_EQ(0, personality_set(self->vf[1], false));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&self->user);
	ASSERT_EQ(0, personality_set(self->vf[2], false));
	EXPECT_TRUE(pci_driver_is(self->vf[2], "igbvf"));
}

/* The core binds no driver to these by itself, but the way back does */
TEST_F(vfs, without_autoprobe)
{
	struct function_state before;

	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, self->vf[0]));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));

	/* Unbound there and back */
	ASSERT_EQ(0, function_save(&before, self->vf[0]));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_TRUE(function_is_vfio(self->vf[0], "vfio-pci"));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_TRUE(function_is(&before));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));

	/* And with the native driver, which somebody bound by hand */
	ASSERT_EQ(0, personality_set_driver(self->vf[0], "vfio-pci"));
	ASSERT_EQ(0, pci_bind(self->vf[0], "igbvf"));
	ASSERT_EQ(0, function_save(&before, self->vf[0]));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_TRUE(function_is_vfio(self->vf[0], "vfio-pci"));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_TRUE(function_is(&before));
	EXPECT_EQ(0, native_prove(self->vf[0], self->story,
				  sizeof(self->story)));
}

/* The PF itself is flipped: vfio-pci makes no VFs unless told to */
TEST(pf_flipped)
{
	struct function_state before;

	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, function_save(&before, lab_igb.bdf));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, true));
	EXPECT_GT(0, pci_set_vfs(lab_igb.bdf, 1));
	EXPECT_EQ(0, pci_number(lab_igb.bdf, "sriov_numvfs"));
	EXPECT_TRUE(personality_is(lab_igb.bdf, "vfio-rebound"));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

TEST_HARNESS_MAIN
