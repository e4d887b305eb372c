// SPDX-License-Identifier: GPL-2.0
/* VFIO's second interface: a device's own file, bound to an iommufd. See vfio.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/iommufd.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "module.h"
#include "vfio.h"

static int cdev_path(const char *bdf, char *path, size_t size)
{
	char name[32];
	int ret = pci_vfio_device(bdf, name, sizeof(name));

	if (!ret)
		snprintf(path, size, "/dev/vfio/devices/%s", name);
	return ret;
}

static const char *cdev_lacking(const char *bdf)
{
	char path[64];

	/* VFIO brings the module with it, should there be one */
	if (access("/dev/iommu", F_OK) && (bdf || !module_exists("iommufd")))
		return "this kernel has no /dev/iommu (CONFIG_IOMMUFD)";
	if (bdf && (cdev_path(bdf, path, sizeof(path)) || access(path, F_OK)))
		return "this kernel has no /dev/vfio/devices (CONFIG_VFIO_DEVICE_CDEV)";
	return NULL;
}

static int cdev_open(struct vfio_function *f)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach) };
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	char path[64];
	int ret;

	ret = cdev_path(f->bdf, path, sizeof(path));
	if (ret)
		return diag_error(ret, "%s: VFIO device", f->bdf);
	f->device = open(path, O_RDWR | O_CLOEXEC);
	if (f->device < 0)
		return diag_error(-errno, "%s: %s", f->bdf, path);
	f->iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	if (f->iommufd < 0)
		return diag_error(-errno, "/dev/iommu");

	bind.iommufd = f->iommufd;
	if (ioctl(f->device, VFIO_DEVICE_BIND_IOMMUFD, &bind))
		return diag_error(-errno, "%s: bind to iommufd", f->bdf);
	if (ioctl(f->iommufd, IOMMU_IOAS_ALLOC, &alloc))
		return diag_error(-errno, "allocate an IO address space");
	f->ioas = alloc.out_ioas_id;
	attach.pt_id = f->ioas;
	if (ioctl(f->device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach))
		return diag_error(-errno, "%s: attach to address space", f->bdf);
	return 0;
}

static int cdev_map(struct vfio_function *f, void *addr, u64 iova, size_t size)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
			 IOMMU_IOAS_MAP_WRITEABLE,
		.ioas_id = f->ioas,
		.user_va = (unsigned long)addr,
		.length = size,
		.iova = iova,
	};

	return ioctl(f->iommufd, IOMMU_IOAS_MAP, &map) ? -errno : 0;
}

static int cdev_unmap(struct vfio_function *f, u64 iova, size_t size)
{
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas_id = f->ioas,
		.iova = iova,
		.length = size,
	};

	return ioctl(f->iommufd, IOMMU_IOAS_UNMAP, &unmap) ? -errno : 0;
}

static void cdev_close(struct vfio_function *f)
{
	if (f->device >= 0)
		close(f->device);
	if (f->iommufd >= 0)
		close(f->iommufd);
	f->device = -1;
	f->iommufd = -1;
}

const struct vfio_mode vfio_cdev_mode = {
	.name = "cdev",
	.lacking = cdev_lacking,
	.open = cdev_open,
	.map = cdev_map,
	.unmap = cdev_unmap,
	.close = cdev_close,
};
