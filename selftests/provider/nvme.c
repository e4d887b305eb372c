// SPDX-License-Identifier: GPL-2.0
/*
 * VFs made by configfs of a PF whose driver knows nothing of VFIO: nvme stays native, its
 * VFs are had by vfio-pci, and none is ever a disk.
 *
 * An nvme VF does nothing until the PF gives it queues and vectors and switches it on,
 * which is what virtualization management commands are for (NVM Express Base, "Virtualization
 * Enhancements").
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "drivers/driver.h"
#include "file.h"
#include "module.h"
#include "personality.h"
#include "provided.h"
#include "uevent.h"
#include "vf.h"
#include "wait.h"

#define VFS		2

#define VIRT_MGMT	0x1c
#define   ACT_ASSIGN	  8
#define   ACT_ONLINE	  9
#define   RT_QUEUES	  0
#define   RT_VECTORS	  1
#define RESOURCES	2

#define REG_VS		0x08
#define VS_1_4		0x00010400

FIXTURE(nvme) {
	char pf[PCI_BDF_LEN];
	struct provided type;
	char vf[VFS][PCI_BDF_LEN];
	int uevents;
	struct device_user user;
	struct vfio_function f;
};

FIXTURE_SETUP(nvme)
{
	if (pci_find_pf(nvme_driver.vendor, nvme_driver.device, VFS, self->pf))
		SKIP(return, "no nvme has VFs: this needs the machine that tests.list says");
	if (!module_exists(VF_MODULE))
		SKIP(return, "the type vf was left out of the build");
	ASSERT_TRUE(function_await_driver(self->pf, "nvme"));
	ASSERT_EQ(0, module_load(VF_MODULE));
	ASSERT_EQ(0, module_load("vfio_iommu_type1"));
	ASSERT_EQ(0, provided_mount());
	self->type = (struct provided){ .parent = self->pf, .type = "vf" };
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
}

FIXTURE_TEARDOWN(nvme)
{
	device_close(&self->user);
	EXPECT_EQ(0, provided_remove_all(&self->type));
	EXPECT_EQ(0, pci_set_vfs(self->pf, 0));
	EXPECT_EQ(0, module_unload(VF_MODULE));
	close(self->uevents);
}

static int bear(FIXTURE_DATA(nvme) *self)
{
	int ret = pci_set_vfs(self->pf, VFS);
	int i;

	for (i = 0; !ret && i < VFS; i++)
		ret = pci_vf(self->pf, i, self->vf[i]);
	return ret;
}

/* Controller @id is that of VF @id - 1 */
static int manage(int fd, unsigned int id, unsigned int action, unsigned int what,
		  unsigned int count)
{
	struct nvme_admin_cmd command = {
		.opcode = VIRT_MGMT,
		.cdw10 = action | what << 8 | id << 16,
		.cdw11 = count,
	};
	int ret = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);

	return ret < 0 ? -errno : ret ? diag_error(-EIO, "action %u: %x", action, ret) : 0;
}

static int switch_on(const char *pf, unsigned int id)
{
	char pattern[128], path[80], name[PCI_NAME_LEN];
	int fd, ret;

	snprintf(pattern, sizeof(pattern), "/sys/bus/pci/devices/%s/nvme/nvme*", pf);
	ret = file_match(pattern, name, sizeof(name));
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return diag_error(-errno, "%s", path);
	ret = manage(fd, id, ACT_ASSIGN, RT_QUEUES, RESOURCES);
	ret = ret ?: manage(fd, id, ACT_ASSIGN, RT_VECTORS, RESOURCES);
	ret = ret ?: manage(fd, id, ACT_ONLINE, 0, 0);
	close(fd);
	return ret;
}

TEST_F_TIMEOUT(nvme, by_rebinding, 200)
{
	int round;

	ASSERT_EQ(0, provided_make(&self->type, "a"));
	ASSERT_EQ(0, provided_make(&self->type, "b"));
	EXPECT_EQ(0, provided_available(&self->type));
	ASSERT_EQ(0, bear(self));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));
	EXPECT_EQ(2, provided_available(&self->type));
	ASSERT_EQ(0, switch_on(self->pf, 1));
	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, provided_set_live(&self->type, "a", true));
		EXPECT_TRUE(provided_reads(&self->type, "a", "state", "live"));
		EXPECT_TRUE(provided_has(&self->type, "a", "device", self->vf[0]));
		EXPECT_TRUE(personality_is(self->vf[0], "vfio-rebound"));
		EXPECT_TRUE(pci_driver_is(self->vf[0], "vfio-pci"));
		ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
		EXPECT_EQ(VS_1_4, vfio_read32(&self->f, 0, REG_VS));
		EXPECT_EQ(-EBUSY, provided_set_live(&self->type, "a", false));
		EXPECT_TRUE(provided_says(&self->type, "a", "VFIO user holds"));
		EXPECT_EQ(-EBUSY, provided_remove(&self->type, "a"));
		vfio_close(&self->f);
		/* Commands and their completions go through the IOMMU */
		ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
		device_close(&self->user);
		ASSERT_EQ(0, provided_set_live(&self->type, "a", false));
		EXPECT_TRUE(vf_is_held(self->vf[0]));
	}
	/* The PF has been native, and none of the VFs has */
	EXPECT_TRUE(personality_is(self->pf, "native"));
	EXPECT_TRUE(pci_driver_is(self->pf, "nvme"));
	EXPECT_EQ(0, uevent_count_added(self->uevents, "nvme", self->vf[0]));
	EXPECT_TRUE(personality_is(self->vf[1], "unbound"));
	ASSERT_EQ(0, provided_remove(&self->type, "a"));
	EXPECT_TRUE(pci_reads(self->vf[0], "driver_override", "(null)"));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));
}

TEST_HARNESS_MAIN
