// SPDX-License-Identifier: GPL-2.0
/*
 * virtio-pci of a kernel that has the series: its own VFIO personality. The driver stays
 * bound, and the network card comes back as it was: its name, its number, its configuration.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"

#define HALF	"virtio-vfio-personality"
#define MTU	"1357"

FIXTURE(virtio) {
	struct function_state was;
	struct proof proof;
	char netdev[PCI_NAME_LEN];
	char path[PATH_MAX];
	char mtu[16];
	char story[240];
	const char *bdf;
};

FIXTURE_SETUP(virtio)
{
	if (!module_exists(HALF))
		SKIP(return, "this kernel's virtio-pci has no VFIO personality");
	REQUIRE_LAB(&lab_virtio);
	self->bdf = lab_virtio.bdf;
	ASSERT_EQ(0, module_load(HALF));
	ASSERT_EQ(0, function_save(&self->was, self->bdf));
	ASSERT_EQ(0, pci_netdev(self->bdf, self->netdev, sizeof(self->netdev)));
	snprintf(self->path, sizeof(self->path), "/sys/class/net/%s/mtu", self->netdev);
	ASSERT_LT(0, file_read(self->path, self->mtu, sizeof(self->mtu)));
}

FIXTURE_TEARDOWN(virtio)
{
	function_restore(&self->was);
	file_write(self->path, self->mtu);
	EXPECT_EQ(0, module_unload(HALF));
}

TEST_F_TIMEOUT(virtio, comes_back_as_it_was, 120)
{
	int number = net_index(self->netdev);
	char mtu[16];

	ASSERT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
	ASSERT_EQ(0, file_write(self->path, MTU));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_is(self->bdf, "vfio"));
	EXPECT_TRUE(pci_driver_is(self->bdf, "virtio-pci"));
	EXPECT_EQ(number, net_index(self->netdev));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	EXPECT_LT(0, self->proof.received);
	EXPECT_LT(0, self->proof.interrupts);

	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->was));
	EXPECT_EQ(number, net_index(self->netdev));
	ASSERT_LT(0, file_read(self->path, mtu, sizeof(mtu)));
	EXPECT_EQ(0, strncmp(MTU, mtu, strlen(MTU)));
	EXPECT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
}

TEST_F_TIMEOUT(virtio, unbound_in_vfio, 120)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	EXPECT_TRUE(personality_is(self->bdf, "unbound"));
	ASSERT_EQ(0, pci_bind(self->bdf, "virtio-pci"));
	EXPECT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
