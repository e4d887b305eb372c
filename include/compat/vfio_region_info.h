/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver's own account of its regions, and a BAR's mapping for the driver
 * itself, on kernels before and after vfio_device_ops.get_region_info_caps.
 *
 * A driver writes the function that later kernels want, with
 * compat_vfio_pci_region_info() for the regions that it has nothing to say of, and
 * an ioctl that is compat_vfio_pci_ioctl() with that function. One that is no
 * vfio_pci_core_device has its ioctl answer by compat_vfio_region_info_ioctl().
 */
#ifndef _COMPAT_VFIO_REGION_INFO_H
#define _COMPAT_VFIO_REGION_INFO_H

#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio_pci_core.h>

#include <generated/compat-probes.h>

typedef int (*compat_region_info_fn)(struct vfio_device *vdev,
				     struct vfio_region_info *info,
				     struct vfio_info_cap *caps);

#ifdef PERSONALITY_HAVE_VFIO_GET_REGION_INFO_CAPS

#define compat_vfio_pci_region_info vfio_pci_ioctl_get_region_info
#define COMPAT_VFIO_PCI_REGION_INFO(fn) .get_region_info_caps = fn,

static inline long compat_vfio_pci_ioctl(struct vfio_device *vdev,
					 unsigned int cmd, unsigned long arg,
					 compat_region_info_fn fn)
{
	return vfio_pci_core_ioctl(vdev, cmd, arg);
}

/* VFIO asks by the operation, then, and never comes here */
static inline long compat_vfio_region_info_ioctl(struct vfio_device *vdev,
						 struct vfio_region_info __user *arg,
						 compat_region_info_fn fn)
{
	return -ENOTTY;
}

#else

/* "Not mine": vfio_pci_core's ioctl answers then */
static inline int compat_vfio_pci_region_info(struct vfio_device *vdev,
					      struct vfio_region_info *info,
					      struct vfio_info_cap *caps)
{
	return -ENOIOCTLCMD;
}

static inline long compat_get_region_info(struct vfio_device *vdev,
					  struct vfio_region_info __user *arg,
					  compat_region_info_fn fn)
{
	const unsigned long minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = {};
	struct vfio_region_info info;
	int ret;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	ret = fn(vdev, &info, &caps);
	if (ret)
		goto out_free;
	if (caps.size) {
		info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
		info.cap_offset = 0;
		if (info.argsz >= sizeof(info) + caps.size) {
			vfio_info_cap_shift(&caps, sizeof(info));
			if (copy_to_user(arg + 1, caps.buf, caps.size))
				ret = -EFAULT;
			info.cap_offset = sizeof(info);
		} else {
			info.argsz = sizeof(info) + caps.size;
		}
	}
	if (!ret && copy_to_user(arg, &info, minsz))
		ret = -EFAULT;
out_free:
	kfree(caps.buf);
	return ret;
}

static inline long compat_vfio_pci_ioctl(struct vfio_device *vdev,
					 unsigned int cmd, unsigned long arg,
					 compat_region_info_fn fn)
{
	long ret = -ENOIOCTLCMD;

	if (cmd == VFIO_DEVICE_GET_REGION_INFO)
		ret = compat_get_region_info(vdev, (void __user *)arg, fn);
	return ret == -ENOIOCTLCMD ? vfio_pci_core_ioctl(vdev, cmd, arg) : ret;
}

#define compat_vfio_region_info_ioctl compat_get_region_info
#define COMPAT_VFIO_PCI_REGION_INFO(fn)

#endif

/* Have vdev->barmap[@bar], of a vfio_pci_core_device that is enabled */
static inline int compat_vfio_pci_map_bar(struct vfio_pci_core_device *vdev,
					  int bar)
{
#ifdef PERSONALITY_HAVE_VFIO_PCI_SETUP_BARMAP
	return vfio_pci_core_setup_barmap(vdev, bar);
#else
	return PTR_ERR_OR_ZERO((void __force *)vdev->barmap[bar]);
#endif
}

#endif /* _COMPAT_VFIO_REGION_INFO_H */
