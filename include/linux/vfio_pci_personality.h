/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers for a PCI driver's VFIO personality: all that is error-prone in
 * registering a vfio_pci_core_device from a driver that stays bound.
 */
#ifndef _LINUX_VFIO_PCI_PERSONALITY_H
#define _LINUX_VFIO_PCI_PERSONALITY_H

#include <linux/pci-personality.h>
#include <linux/vfio_pci_core.h>

#include <compat/vfio_device_ops.h>

/**
 * struct vfio_pci_personality_ops - what only the driver can do
 * @stop: stop the native function. Afterwards nothing of the driver touches the
 *	hardware or runs because of it: interrupt vectors freed, BARs unmapped and
 *	released, bus mastering off, pci_disable_device() called. After an error
 *	the native function still runs.
 * @start: start the native function, as probe does: the hardware has been reset,
 *	or nobody has used it since @stop. After an error the function is as @stop
 *	left it.
 * @create: allocate the vfio_device, with vfio_alloc_device(), and configure it.
 *	The driver's own attributes, or anything else it knows, may have their
 *	say. Returns the vfio_pci_core_device in it or an ERR_PTR(). It is freed
 *	by its last reference, and made anew for each VFIO personality.
 * @leave: for operations whose driver does not know of them: give back what @stop has
 *	taken from the driver and its remove expects to find. The native function need not
 *	work. Called before remove when the driver is unbound in the VFIO personality, and
 *	when the function is given up as broken, from where @stop is called again. NULL if
 *	remove copes with a function that is stopped.
 * @err_handler: PCI error and reset callbacks while in VFIO, or NULL for those of
 *	vfio_pci_core
 * @sriov_configure: while in VFIO, vfio_pci_personality_sriov_configure() for
 *	one, or NULL to refuse
 *
 * Called with device_lock held, drvdata in place. The driver's remove must cope
 * with a function that @stop has stopped, or @leave has been called for: it is called in
 * that state when the driver is unbound in the VFIO personality, hot-unplug included, or
 * after @start has failed and VFIO could not take the function again. No other callback
 * of the driver is.
 */
struct vfio_pci_personality_ops {
	int (*stop)(struct pci_dev *pdev);
	int (*start)(struct pci_dev *pdev);
	struct vfio_pci_core_device *(*create)(struct pci_dev *pdev);
	void (*leave)(struct pci_dev *pdev);
	const struct pci_error_handlers *err_handler;
	int (*sriov_configure)(struct pci_dev *pdev, int num_vfs);
};

int vfio_pci_personality_enable(struct pci_dev *pdev,
				const struct vfio_pci_personality_ops *ops);
int vfio_pci_personality_disable(struct pci_dev *pdev);
int vfio_pci_personality_sriov_configure(struct pci_dev *pdev, int num_vfs);
int vfio_pci_personality_open_device(struct vfio_device *core_vdev);

/**
 * VFIO_PCI_PERSONALITY_DEVICE_OPS - initialisers for struct vfio_device_ops
 *
 * All that a driver has no reason to write itself, right on each kernel. What is
 * left: open_device, close_device, ioctl, read, write, mmap, device_feature;
 * VFIO_PCI_PERSONALITY_DEVICE_IO has vfio_pci_core's for a driver that traps
 * nothing. A release of the driver's own ends in vfio_pci_core_release_dev().
 *
 * The name is what VFs of the function will have as driver_override, so it must
 * be that of a VFIO driver that exists.
 */
#define VFIO_PCI_PERSONALITY_DEVICE_OPS					\
	.name		= "vfio-pci",					\
	.init		= vfio_pci_core_init_dev,			\
	.release	= vfio_pci_core_release_dev,			\
	.request	= vfio_pci_core_request,			\
	.match		= vfio_pci_core_match,				\
	.bind_iommufd	= vfio_iommufd_physical_bind,			\
	.unbind_iommufd	= vfio_iommufd_physical_unbind,			\
	.attach_ioas	= vfio_iommufd_physical_attach_ioas,		\
	.detach_ioas	= vfio_iommufd_physical_detach_ioas,		\
	COMPAT_VFIO_PCI_MATCH_TOKEN					\
	COMPAT_VFIO_PCI_PASID

/* The rest of struct vfio_device_ops, for a driver that traps nothing */
#define VFIO_PCI_PERSONALITY_DEVICE_IO					\
	.open_device	= vfio_pci_personality_open_device,		\
	.close_device	= vfio_pci_core_close_device,			\
	.ioctl		= vfio_pci_core_ioctl,				\
	.device_feature	= vfio_pci_core_ioctl_feature,			\
	.read		= vfio_pci_core_read,				\
	.write		= vfio_pci_core_write,				\
	.mmap		= vfio_pci_core_mmap,				\
	COMPAT_VFIO_PCI_DEVICE_IO

#endif /* _LINUX_VFIO_PCI_PERSONALITY_H */
