// SPDX-License-Identifier: GPL-2.0
/* VFIO's first interface: an IOMMU group's file in a container. See vfio.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "vfio.h"

static const char *group_lacking(const char *bdf)
{
	char path[48];

	/* Nothing is there before VFIO is loaded */
	if (!bdf)
		return NULL;
	if (access("/dev/vfio/vfio", F_OK))
		return "this kernel has no /dev/vfio/vfio (CONFIG_VFIO_CONTAINER)";
	snprintf(path, sizeof(path), "/dev/vfio/%d", pci_group(bdf));
	if (access(path, F_OK))
		return "this kernel has no /dev/vfio/<group> (CONFIG_VFIO_GROUP)";
	return NULL;
}

static int group_open(struct vfio_function *f)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[48];
	int group = pci_group(f->bdf);

	if (group < 0)
		return diag_error(group, "%s: IOMMU group", f->bdf);

	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	f->group = open(path, O_RDWR | O_CLOEXEC);
	if (f->group < 0)
		return diag_error(-errno, "%s: %s", f->bdf, path);
	f->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (f->container < 0)
		return diag_error(-errno, "/dev/vfio/vfio");

	if (ioctl(f->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION ||
	    ioctl(f->container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1)
		return diag_error(-EOPNOTSUPP, "VFIO type 1 v2 IOMMU");
	if (ioctl(f->group, VFIO_GROUP_GET_STATUS, &status))
		return diag_error(-errno, "%s: status", path);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return diag_error(-EPERM, "%s: group is not viable", path);
	if (ioctl(f->group, VFIO_GROUP_SET_CONTAINER, &f->container))
		return diag_error(-errno, "%s: set container", path);
	if (ioctl(f->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return diag_error(-errno, "%s: set IOMMU", path);

	f->device = ioctl(f->group, VFIO_GROUP_GET_DEVICE_FD, f->bdf);
	if (f->device < 0)
		return diag_error(-errno, "%s: get device", f->bdf);
	return 0;
}

static int group_map(struct vfio_function *f, void *addr, u64 iova, size_t size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (unsigned long)addr,
		.iova = iova,
		.size = size,
	};

	return ioctl(f->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

static int group_unmap(struct vfio_function *f, u64 iova, size_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = size,
	};

	if (ioctl(f->container, VFIO_IOMMU_UNMAP_DMA, &unmap))
		return -errno;
	return unmap.size == size ? 0 : -ENOENT;
}

static void group_close(struct vfio_function *f)
{
	if (f->device >= 0)
		close(f->device);
	if (f->group >= 0)
		close(f->group);
	if (f->container >= 0)
		close(f->container);
	f->device = -1;
	f->group = -1;
	f->container = -1;
}

const struct vfio_mode vfio_group_mode = {
	.name = "group",
	.lacking = group_lacking,
	.open = group_open,
	.map = group_map,
	.unmap = group_unmap,
	.close = group_close,
};
