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

/**
 * pci_personality_exclude_users() - let nobody open a function's vfio_device
 * @pdev: the function; nothing happens if it has no vfio_device
 *
 * For disable_vfio, when it has the DMA ownership. The next vfio_device of the
 * function is a new one, and not concerned.
 *
 * Context: device_lock held, or the function's transition under way; may sleep.
 * Return: 0: unregistering the vfio_device will not wait for a user. -EBUSY if
 * somebody has it open: nothing changed.
 */
int pci_personality_exclude_users(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);
	struct vfio_device *vdev = stock_vfio_get(pdev);
	int ret = 0;

	if (!sf || !vdev)
		goto out_put;
	shut(sf, vdev);
	if (stock_vfio_held(pdev) || is_opened(vdev)) {
		open_again(sf, vdev);
		ret = -EBUSY;
	}
out_put:
	stock_vfio_put(vdev);
	stock_put(sf);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_exclude_users);

/**
 * stock_admit_users() - end of pci_personality_exclude_users()
 * @sf: the function; nothing happens if its vfio_device is gone or a new one
 *
 * Context: the function's transition under way; may sleep.
 */
void stock_admit_users(struct stock_function *sf)
{
	struct vfio_device *vdev = stock_vfio_get(sf->pdev);

	if (vdev)
		open_again(sf, vdev);
	stock_vfio_put(vdev);
}
