// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO without an IOMMU, as virtual machines without one have it: who binds vfio-pci by
 * hand gets a group that VFIO has made up, with nothing behind it. The switch does not
 * lead there, but back it does, and never while the function is open.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vfio.h"

#define UNSAFE	"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

/* A NIC that no IOMMU serves: tests.list plugs one, or the machine has none at all */
static bool find_nic(char *bdf)
{
	return !pci_find_without_group(lab_e1000e.vendor, lab_e1000e.device, bdf);
}

FIXTURE(noiommu) {
	char bdf[PCI_BDF_LEN];
	struct function_state before;
	int container;
	int group;
	int device;
	char story[240];
};

FIXTURE_VARIANT(noiommu) {
	bool keeps_override;
};

/* By driver_override, which stays; or only for the moment of the bind */
FIXTURE_VARIANT_ADD(noiommu, by_override) {
	.keeps_override = true,
};

FIXTURE_VARIANT_ADD(noiommu, by_bind) {
};

FIXTURE_SETUP(noiommu)
{
	self->container = -1;
	self->group = -1;
	self->device = -1;
	ASSERT_EQ(0, module_load("vfio-pci"));
	if (access(UNSAFE, F_OK))
		SKIP(return, "this kernel has no CONFIG_VFIO_NOIOMMU");
	if (!find_nic(self->bdf))
		SKIP(return, "every e1000e has an IOMMU, unlike tests.list asks for");
	ASSERT_EQ(0, file_write(UNSAFE, "1"));
	ASSERT_EQ(0, function_save(&self->before, self->bdf));
	ASSERT_STREQ("e1000e", self->before.driver);
}

FIXTURE_TEARDOWN(noiommu)
{
	close(self->device);
	close(self->group);
	close(self->container);
	EXPECT_EQ(0, function_restore(&self->before));
	EXPECT_EQ(0, file_write(UNSAFE, "0"));
}

static int bind_by_hand(const char *bdf, bool keep_override)
{
	int ret = pci_unbind(bdf);

	if (ret)
		return ret;
	if (!keep_override)
		return pci_bind(bdf, "vfio-pci");
	ret = pci_write(bdf, "driver_override", "vfio-pci");
	return ret ?: file_write("/sys/bus/pci/drivers_probe", bdf);
}

/*
 * Where an IOMMU remaps interrupts, a function past it has no MSI, and in QEMU nothing
 * else arrives in its place: its driver is bound, but deaf, with us or without.
 */
#define EXPECT_NATIVE() do {						\
	EXPECT_TRUE(personality_is(self->bdf, "native"));		\
	EXPECT_TRUE(function_is(&self->before));			\
	EXPECT_GT(0, pci_group(self->bdf));				\
	if (self->before.msi)						\
		EXPECT_EQ(0, native_prove(self->bdf, self->story,	\
					  sizeof(self->story)));	\
} while (0)

TEST_F_TIMEOUT(noiommu, way_back, 60)
{
	int round;

	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, bind_by_hand(self->bdf, variant->keeps_override));
		EXPECT_EQ(1, personality_get(self->bdf));
		EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
		ASSERT_EQ(0, personality_set(self->bdf, true));

		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
		EXPECT_NATIVE();
	}

	/* Nothing has been kept that a removal would wait for */
	ASSERT_EQ(0, pci_remove(self->bdf));
	ASSERT_EQ(0, pci_rescan());
	EXPECT_TRUE(function_await_driver(self->bdf, "e1000e"));
}

static int open_group(const char *bdf)
{
	char path[48];

	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", pci_group(bdf));
	return open(path, O_RDWR | O_CLOEXEC);
}

TEST_F_TIMEOUT(noiommu, held, 60)
{
	struct vfio_region_info config = {
		.argsz = sizeof(config),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	u16 vendor = 0;

	ASSERT_EQ(0, bind_by_hand(self->bdf, variant->keeps_override));
	self->group = open_group(self->bdf);
	ASSERT_LE(0, self->group);
	self->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->container);
	ASSERT_EQ(0, ioctl(self->group, VFIO_GROUP_SET_CONTAINER, &self->container));
	ASSERT_EQ(0, ioctl(self->container, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	self->device = ioctl(self->group, VFIO_GROUP_GET_DEVICE_FD, self->bdf);
	ASSERT_LE(0, self->device);
	ASSERT_EQ(0, ioctl(self->device, VFIO_DEVICE_GET_REGION_INFO, &config));

	EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "check", -EBUSY));
	EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
	ASSERT_EQ(2, pread(self->device, &vendor, 2, config.offset));
	EXPECT_EQ(lab_e1000e.vendor, vendor);

	close(self->device);
	close(self->group);
	close(self->container);
	self->device = -1;
	self->group = -1;
	self->container = -1;
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_NATIVE();
}

/* Unsafe is what somebody asks for by hand, not what the switch offers */
TEST_F(noiommu, not_offered)
{
	EXPECT_EQ(-EOPNOTSUPP, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "check", -EOPNOTSUPP));
	EXPECT_NATIVE();
}

TEST_HARNESS_MAIN
