// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: keep new users off a vfio_device that is to go.
 *
 * May touch: the file operations of a vfio_device's character device.
 *
 * VFIO waits for whoever has a vfio_device open. Through its group nobody gets it
 * without the DMA ownership. Its character device anybody can open at any time,
 * also between a look at who holds it and its end; so the file operations are
 * taken away first, which makes open() fail with ENXIO, then follows the look.
 */
#include <linux/cdev.h>
#include <linux/smp.h>
#include <linux/vfio.h>

#include "internal.h"

#if IS_ENABLED(CONFIG_VFIO_DEVICE_CDEV)
static void shut(struct stock_function *sf, struct vfio_device *vdev)
{
	sf->cdev_fops = xchg(&vdev->cdev.ops, NULL);
	/*
	 * Who opens it takes a reference and then reads the file operations, in
	 * this order, but on some processors others see the two in the other. An
	 * interrupt on each makes whoever has read them show his reference.
	 */
	kick_all_cpus_sync();
}

static void open_again(struct stock_function *sf, struct vfio_device *vdev)
{
	if (!vdev->cdev.ops)
		WRITE_ONCE(vdev->cdev.ops, sf->cdev_fops);
}

/* Open files have a reference, and so has who is about to open one */
static bool is_opened(struct vfio_device *vdev)
{
	return kref_read(&vdev->cdev.kobj.kref) > 1;
}
#else
static void shut(struct stock_function *sf, struct vfio_device *vdev) { }
static void open_again(struct stock_function *sf, struct vfio_device *vdev) { }

static bool is_opened(struct vfio_device *vdev)
{
	return false;
}
#endif

int pci_personality_exclude_users(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);
	struct vfio_device *vdev = stock_vfio_get(pdev);
	int ret = 0;

	if (!sf || !vdev)
		goto out_put;
	shut(sf, vdev);
	if (stock_vfio_look(pdev).held || is_opened(vdev)) {
		open_again(sf, vdev);
		ret = -EBUSY;
	}
out_put:
	stock_vfio_put(vdev);
	stock_put(sf);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_exclude_users);

void stock_admit_users(struct stock_function *sf)
{
	struct vfio_device *vdev = stock_vfio_get(sf->pdev);

	if (vdev)
		open_again(sf, vdev);
	stock_vfio_put(vdev);
}
