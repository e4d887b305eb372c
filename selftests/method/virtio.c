// SPDX-License-Identifier: GPL-2.0
/*
 * virtio-pci of a kernel that has the series: its own VFIO personality. The driver stays
 * bound, and so does its virtio device, which nobody can drive meanwhile.
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

FIXTURE(virtio) {
	struct function_state was;
	struct proof proof;
	char device[PCI_NAME_LEN];
	char story[240];
	const char *bdf;
};

static int virtio_device(const char *bdf, char name[PCI_NAME_LEN])
{
	char pattern[PATH_MAX];

	snprintf(pattern, sizeof(pattern), "/sys/bus/pci/devices/%s/virtio*", bdf);
	return file_match(pattern, name, PCI_NAME_LEN);
}

FIXTURE_SETUP(virtio)
{
	if (!module_exists(HALF))
		SKIP(return, "this kernel's virtio-pci has no VFIO personality");
	REQUIRE_LAB(&lab_virtio);
	self->bdf = lab_virtio.bdf;
	ASSERT_EQ(0, module_load(HALF));
	ASSERT_EQ(0, function_save(&self->was, self->bdf));
	ASSERT_EQ(0, virtio_device(self->bdf, self->device));
}

FIXTURE_TEARDOWN(virtio)
{
	function_restore(&self->was);
	EXPECT_EQ(0, module_unload(HALF));
}

TEST_F_TIMEOUT(virtio, comes_back_as_it_was, 120)
{
	char device[PCI_NAME_LEN];

	ASSERT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_is(self->bdf, "vfio"));
	EXPECT_TRUE(pci_driver_is(self->bdf, "virtio-pci"));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	EXPECT_LT(0, self->proof.received);
	EXPECT_LT(0, self->proof.interrupts);

	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->was));
	ASSERT_EQ(0, virtio_device(self->bdf, device));
	EXPECT_STREQ(self->device, device);
	EXPECT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
}

/* The virtio device's attributes and its driver's bind find registers that are not theirs */
TEST_F_TIMEOUT(virtio, nobody_else_drives_it, 120)
{
	char path[PATH_MAX], text[80];

	ASSERT_EQ(0, personality_set(self->bdf, true));
	snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/status", self->device);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	EXPECT_EQ(0, strncmp("0x00000000", text, 10));
	EXPECT_EQ(-ENODEV, file_write("/sys/bus/virtio/drivers/virtio_net/bind", self->device));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
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
