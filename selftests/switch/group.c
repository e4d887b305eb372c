// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that share an IOMMU group: two functions of one slot. VFIO lets a
 * user have the group only when no native driver is left in it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "native.h"
#include "personality.h"
#include "wait.h"

FIXTURE(group) {
	struct function_state nic;
	struct function_state edu;
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(group)
{
	REQUIRE_LAB(&lab_slot_e1000e);
	REQUIRE_LAB(&lab_slot_edu);
	/* Before Linux 6.15, arm64 gives a function its group at its first probe */
	if (pci_group(lab_slot_edu.bdf) < 0) {
		ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
		ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, false));
	}
	ASSERT_EQ(pci_group(lab_slot_e1000e.bdf), pci_group(lab_slot_edu.bdf));
	ASSERT_EQ(0, function_save(&self->nic, lab_slot_e1000e.bdf));
	ASSERT_EQ(0, function_save(&self->edu, lab_slot_edu.bdf));
}

FIXTURE_TEARDOWN(group)
{
	device_close(&self->user);
	function_restore(&self->edu);
	function_restore(&self->nic);
}

/* The flip works, the user has to wait, the sibling does not notice */
TEST_F(group, native_sibling)
{
	char netdev[PCI_NAME_LEN];

	ASSERT_EQ(0, pci_netdev(lab_slot_e1000e.bdf, netdev, sizeof(netdev)));
	ASSERT_EQ(0, net_set_up(netdev, true));

	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	EXPECT_TRUE(personality_is(lab_slot_edu.bdf, "vfio-rebound"));
	EXPECT_EQ(1, net_is_up(netdev));
	EXPECT_EQ(0, net_prove(netdev, self->story, sizeof(self->story)));
	EXPECT_EQ(-EPERM, device_prove(lab_slot_edu.bdf, &vfio_group_mode,
				       &self->proof));
	EXPECT_EQ(0, net_prove(netdev, self->story, sizeof(self->story)));

	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->edu));
	EXPECT_EQ(1, net_is_up(netdev));
	EXPECT_EQ(0, net_prove(netdev, self->story, sizeof(self->story)));
	EXPECT_EQ(0, net_set_up(netdev, false));
	EXPECT_TRUE(function_is(&self->nic));
}

/* With both flipped, both can be had */
TEST_F(group, both)
{
	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	ASSERT_EQ(0, personality_set(lab_slot_e1000e.bdf, true));
	EXPECT_EQ(0, device_prove(lab_slot_edu.bdf, &vfio_group_mode,
				  &self->proof));
	EXPECT_EQ(0, device_prove(lab_slot_e1000e.bdf, &vfio_group_mode,
				  &self->proof));

	/* One back, the other stays */
	ASSERT_EQ(0, personality_set(lab_slot_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_TRUE(personality_is(lab_slot_edu.bdf, "vfio-rebound"));
	EXPECT_EQ(0, native_prove(lab_slot_e1000e.bdf, self->story,
				  sizeof(self->story)));
	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->edu));
}

/*
 * A user has one function: the native driver of the other would do DMA into the
 * user's memory. And the user goes on undisturbed.
 */
TEST_F(group, user_of_the_sibling)
{
	u64 start;

	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	ASSERT_EQ(0, personality_set(lab_slot_e1000e.bdf, true));
	ASSERT_EQ(0, device_open(&self->user, lab_slot_edu.bdf,
				 &vfio_group_mode));

	start = now_ms();
	EXPECT_EQ(-EBUSY, personality_set(lab_slot_e1000e.bdf, false));
	EXPECT_GT(1000, now_ms() - start);
	EXPECT_TRUE(personality_last_error_is(lab_slot_e1000e.bdf, "check",
					      -EBUSY));
	EXPECT_TRUE(personality_is(lab_slot_e1000e.bdf, "vfio-rebound"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	device_close(&self->user);
	EXPECT_EQ(0, personality_set(lab_slot_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_EQ(0, native_prove(lab_slot_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

/* A function that gets no driver does not care who has the group */
TEST_F(group, unbound_beside_a_user)
{
	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	ASSERT_EQ(0, personality_set(lab_slot_e1000e.bdf, true));
	ASSERT_EQ(0, device_open(&self->user, lab_slot_e1000e.bdf,
				 &vfio_group_mode));

	EXPECT_EQ(0, personality_set(lab_slot_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->edu));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	device_close(&self->user);
}

/*
 * A function comes into the group of a user: the kernel binds no native driver to it,
 * which would do DMA into the user's memory; the user goes on, and so do transitions.
 */
TEST_F(group, joined_beside_a_user)
{
	const char *bdf = lab_slot_e1000e.bdf;

	ASSERT_EQ(0, personality_set(lab_slot_edu.bdf, true));
	ASSERT_EQ(0, pci_remove(bdf));
	ASSERT_EQ(0, device_open(&self->user, lab_slot_edu.bdf, &vfio_group_mode));
	ASSERT_EQ(0, pci_rescan());
	ASSERT_TRUE(pci_present(bdf));
	ASSERT_EQ(pci_group(lab_slot_edu.bdf), pci_group(bdf));
	EXPECT_TRUE(personality_is(bdf, "unbound"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	EXPECT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(function_is_vfio(bdf, "vfio-pci"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(personality_is(bdf, "unbound"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	/* The user gone, whoever has it probed gets the native driver */
	device_close(&self->user);
	ASSERT_EQ(0, file_write("/sys/bus/pci/drivers_probe", bdf));
	EXPECT_TRUE(personality_is(bdf, "native"));
	EXPECT_TRUE(pci_driver_is(bdf, self->nic.driver));

	/*
	 * In Linux 6.12, iommu_setup_dma_ops() takes the user's domain for the group's
	 * own: a driver of a function that came then does DMA with addresses that the
	 * IOMMU does not know, until the function comes once more.
	 */
	ASSERT_EQ(0, pci_remove(bdf));
	EXPECT_TRUE(function_comes_back(&self->nic));
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
