// SPDX-License-Identifier: GPL-2.0
/*
 * A guest whose QEMU uses iommufd. It has its VF as any guest has; but the VF is not
 * migrated where the IOMMU does not track what is written by DMA, which nobody would
 * know of then: the guest would lose it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "migration.h"
#include "module.h"
#include "nested_vfs.h"
#include "vfio.h"

#define IOMMUFD_TIMEOUT	800
#define IOMMUFD		"-object iommufd,id=iommufd0"

FIXTURE(iommufd) {
	struct nested_vfs vfs;
};

FIXTURE_SETUP(iommufd)
{
	const char *lacking = vfio_cdev_mode.lacking(NULL);

	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, nested_vfs_open(&self->vfs, ",iommufd=iommufd0 " IOMMUFD));
}

FIXTURE_TEARDOWN(iommufd)
{
	EXPECT_EQ(0, nested_vfs_close(&self->vfs));
}

TEST_F_TIMEOUT(iommufd, moves_data, IOMMUFD_TIMEOUT)
{
	struct nested_vfs *s = &self->vfs;

	ASSERT_EQ(0, nested_vfs_boot(s));
	ASSERT_EQ(0, nested_vfs_exchange(s, 0));
	ASSERT_EQ(0, nested_vfs_settle(s, 0));
	EXPECT_TRUE(nested_vfs_kept_all(s, 0, 0));
}

/* By the one interface it can be migrated, by the other it cannot */
TEST_F_TIMEOUT(iommufd, is_not_migrated, IOMMUFD_TIMEOUT)
{
	struct vfio_function f;

	ASSERT_EQ(0, vfio_open(&f, self->vfs.vf[0], &vfio_cdev_mode));
	EXPECT_EQ(0, migration_flags(&f));
	EXPECT_EQ(-EOPNOTSUPP, migration_set(&f, VFIO_DEVICE_STATE_STOP, NULL));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&f));
	vfio_close(&f);

	ASSERT_EQ(0, vfio_open(&f, self->vfs.vf[0], &vfio_group_mode));
	EXPECT_EQ(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P, migration_flags(&f));
	EXPECT_EQ(0, migration_set(&f, VFIO_DEVICE_STATE_STOP, NULL));
	EXPECT_EQ(0, migration_set(&f, VFIO_DEVICE_STATE_RUNNING, NULL));
	vfio_close(&f);
}

/* QEMU hears of it before the guest has the function, not when it is to be migrated */
TEST_F_TIMEOUT(iommufd, qemu_hears_of_it, IOMMUFD_TIMEOUT)
{
	struct nested_vfs *s = &self->vfs;
	char command[256], reply[QMP_LINE];

	ASSERT_EQ(0, nested_start(&s->guest[0], "first", IOMMUFD));
	snprintf(command, sizeof(command),
		 "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"vfio-pci\", \"host\": \"%s\", \"iommufd\": \"iommufd0\", \"enable-migration\": \"on\"}",
		 s->vf[0]);
	EXPECT_EQ(-EREMOTEIO, qmp_ask(&s->guest[0].qmp, command, reply));
	TH_LOG("QEMU: %s", reply);
	EXPECT_TRUE(strcasestr(reply, "migration"));
}

TEST_HARNESS_MAIN
