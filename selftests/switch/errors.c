// SPDX-License-Identifier: GPL-2.0
/*
 * What is refused, and how: the errno, a sentence in last_error, and the
 * function exactly as it was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "capability.h"
#include "lab.h"
#include "native.h"
#include "personality.h"
#include "uevent.h"
#include "vf.h"

FIXTURE(refused) {
	struct function_state before;
};

FIXTURE_VARIANT(refused) {
	const struct lab_device *device;
};

FIXTURE_VARIANT_ADD(refused, host_bridge) {
	.device = &lab_host_bridge,
};

FIXTURE_VARIANT_ADD(refused, isa_bridge) {
	.device = &lab_isa_bridge,
};

FIXTURE_SETUP(refused)
{
	REQUIRE_LAB(variant->device);
	ASSERT_EQ(0, function_save(&self->before, variant->device->bdf));
}

FIXTURE_TEARDOWN(refused)
{
	function_restore(&self->before);
}

/* A bridge of type 0 is a function, but none that a user can have */
TEST_F(refused, bridge)
{
	const char *bdf = variant->device->bdf;

	EXPECT_EQ(-EOPNOTSUPP, personality_set(bdf, true));
	EXPECT_TRUE(personality_last_error_is(bdf, "check", -EOPNOTSUPP));
	EXPECT_TRUE(function_is(&self->before));

	/* 0 is what it has already, and stays so */
	EXPECT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

/* A bridge of type 1 has no personality at all */
TEST(root_port)
{
	REQUIRE_LAB(&lab_root_port);
	EXPECT_FALSE(pci_has(lab_root_port.bdf, "use_vfio"));
	EXPECT_FALSE(pci_has(lab_root_port.bdf, "personality"));
}

/* Nothing to keep a user's DMA in bounds: not even a bound driver is unbound */
TEST(no_iommu_group)
{
	struct function_state before;
	char bdf[PCI_BDF_LEN];

	if (pci_find_without_group(lab_edu.vendor, lab_edu.device, bdf))
		SKIP(return, "every edu has an IOMMU group, unlike tests.list asks for");
	ASSERT_EQ(0, function_save(&before, bdf));
	EXPECT_EQ(-EOPNOTSUPP, personality_set(bdf, true));
	EXPECT_TRUE(personality_last_error_is(bdf, "check", -EOPNOTSUPP));
	EXPECT_TRUE(function_is(&before));
	EXPECT_EQ(0, personality_set(bdf, false));
}

FIXTURE(bad_write) {
	struct function_state before;
};

FIXTURE_SETUP(bad_write)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
}

FIXTURE_TEARDOWN(bad_write)
{
	function_restore(&self->before);
}

TEST_F(bad_write, not_a_boolean)
{
	static const char * const values[] = {
		"2", "maybe", "\n", " 1", "-1", "vfio", "o", "+",
	};
	int uevents = uevent_open();
	struct uevent event;
	unsigned int i;

	ASSERT_LE(0, uevents);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		EXPECT_EQ(-EINVAL, pci_write(lab_e1000e.bdf, "use_vfio",
					     values[i]));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "check", -EINVAL));

	/* Nothing was begun: there is nothing to tell others */
	EXPECT_EQ(-ETIMEDOUT, uevent_wait(uevents, "change", lab_e1000e.bdf,
					  "PCI_PERSONALITY", &event, 300));
	close(uevents);
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
}

/* All that kstrtobool takes; a write of what already holds does nothing */
TEST_F(bad_write, booleans)
{
	static const char * const no[] = { "0", "0\n", "n", "N", "no", "off" };
	char netdev[PCI_NAME_LEN];
	unsigned int index, i;

	ASSERT_EQ(0, pci_netdev(lab_e1000e.bdf, netdev, sizeof(netdev)));
	index = if_nametoindex(netdev);
	for (i = 0; i < ARRAY_SIZE(no); i++)
		EXPECT_EQ(0, pci_write(lab_e1000e.bdf, "use_vfio", no[i]));
	ASSERT_EQ(0, pci_netdev(lab_e1000e.bdf, netdev, sizeof(netdev)));
	EXPECT_EQ(index, if_nametoindex(netdev));

	EXPECT_EQ(0, pci_write(lab_e1000e.bdf, "use_vfio", "on\n"));
	EXPECT_EQ(1, personality_get(lab_e1000e.bdf));
	EXPECT_EQ(0, pci_write(lab_e1000e.bdf, "use_vfio", "y"));
	EXPECT_EQ(1, personality_get(lab_e1000e.bdf));
	EXPECT_EQ(0, pci_write(lab_e1000e.bdf, "use_vfio", "no"));
	EXPECT_TRUE(function_is(&self->before));
}

/* What a process without the capability is told, as an exit status */
static int write_without_cap(int use_vfio, int vfio_driver, int vfs_use_vfio)
{
	if (capability_drop(CAP_SYS_ADMIN))
		return 1;
	if (write(use_vfio, "1", 1) != -1 || errno != EPERM)
		return 2;
	if (write(vfio_driver, "vfio-pci", 8) != -1 || errno != EPERM)
		return 3;
	if (write(vfs_use_vfio, "1", 1) != -1 || errno != EPERM)
		return 4;
	return 0;
}

static int open_attr(const char *bdf, const char *attr)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, attr);
	return open(path, O_WRONLY | O_CLOEXEC);
}

/* A file descriptor that root handed on opens no door */
TEST_F(bad_write, without_cap_sys_admin)
{
	int use_vfio = open_attr(lab_e1000e.bdf, "use_vfio");
	int vfio_driver = open_attr(lab_e1000e.bdf, "personality/vfio_driver");
	int vfs_use_vfio = open_attr(lab_igb.bdf, "personality/vfs_use_vfio");
	int status;
	pid_t pid;

	REQUIRE_LAB(&lab_igb);
	ASSERT_LE(0, use_vfio);
	ASSERT_LE(0, vfio_driver);
	ASSERT_LE(0, vfs_use_vfio);
	pid = fork();
	if (!pid)
		_exit(write_without_cap(use_vfio, vfio_driver, vfs_use_vfio));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);

	EXPECT_TRUE(function_is(&self->before));
	EXPECT_TRUE(personality_reads(lab_e1000e.bdf, "vfio_driver", "auto"));
	EXPECT_TRUE(personality_reads(lab_igb.bdf, "vfs_use_vfio", "0"));
}

/* What VFs will be is asked of those who may have some */
TEST(vfs_of_others)
{
	REQUIRE_LAB(&lab_igb);
	REQUIRE_LAB(&lab_e1000e);
	EXPECT_FALSE(pci_has(lab_e1000e.bdf, "personality/vfs_use_vfio"));
	EXPECT_EQ(-EINVAL, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "2"));
	EXPECT_TRUE(personality_reads(lab_igb.bdf, "vfs_use_vfio", "0"));
}

/* Anyone may look, but not at a file that would let him write */
TEST_F(bad_write, modes)
{
	static const struct {
		const char *attr;
		mode_t mode;
	} expected[] = {
		{ "use_vfio", 0644 },
		{ "personality/state", 0444 },
		{ "personality/vfio_driver", 0644 },
		{ "personality/native_driver", 0444 },
		{ "personality/last_error", 0444 },
	};
	char path[PATH_MAX];
	struct stat st;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s",
			 lab_e1000e.bdf, expected[i].attr);
		ASSERT_EQ(0, stat(path, &st));
		EXPECT_EQ(expected[i].mode, st.st_mode & 07777);
	}
}

/* A PF's VFs depend on its driver */
TEST(pf_with_vfs)
{
	struct function_state before;
	char vf[1][PCI_BDF_LEN];

	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, vf_create(1, vf));
	ASSERT_EQ(0, function_save(&before, lab_igb.bdf));
	EXPECT_EQ(-EBUSY, personality_set(lab_igb.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_igb.bdf, "check", -EBUSY));
	EXPECT_TRUE(function_is(&before));
	EXPECT_TRUE(pci_driver_is(vf[0], "igbvf"));
	EXPECT_EQ(0, vf_destroy());
}

TEST_HARNESS_MAIN
