// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: keep new users off one that is to go.
 *
 * May touch: the file operations of a vfio_device's character device.
 *
 * VFIO waits for whoever has a vfio_device open, and a write must not. There are two ways
 * to one. Its character device anybody can open at any time, so its file operations are
 * taken away first, which makes open() fail with ENXIO. Through its group it is opened by
 * open_device, under the lock of its dev_set: that looks at the word which is set here under
 * that lock. Who has come so far fails and lets go at once.
 */
#include <linux/cdev.h>
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/smp.h>

#include "provider.h"

#if IS_ENABLED(CONFIG_VFIO_DEVICE_CDEV)
static const struct file_operations *shut(struct vfio_device *vdev)
{
	const struct file_operations *fops = xchg(&vdev->cdev.ops, NULL);

	/*
	 * Who opens it takes a reference and then reads the file operations, in this order,
	 * but on some processors others see the two in the other. An interrupt on each makes
	 * whoever has read them show his reference.
	 */
	kick_all_cpus_sync();
	return fops;
}

static void open_again(struct vfio_device *vdev, const struct file_operations *fops)
{
	WRITE_ONCE(vdev->cdev.ops, fops);
}

/* Open files have a reference, and so has who is about to open one */
static bool is_opened(struct vfio_device *vdev)
{
	return kref_read(&vdev->cdev.kobj.kref) > 1;
}
#else
static const struct file_operations *shut(struct vfio_device *vdev)
{
	return NULL;
}

static void open_again(struct vfio_device *vdev, const struct file_operations *fops) { }

static bool is_opened(struct vfio_device *vdev)
{
	return false;
}
#endif

/* VFIO counts one reference for the registration and one for each user */
static bool close_if_unused(struct vfio_provider_dev *d)
{
	guard(mutex)(&d->vdev->dev_set->lock);
	if (refcount_read(&d->vdev->refcount) > 1 || is_opened(d->vdev))
		return false;
	d->closing = true;
	return true;
}

/**
 * vfio_provider_shut_users_out() - let nobody open a vfio_device that is to go
 * @d: which is live
 *
 * Context: may sleep; @d's lock held.
 * Return: 0: unregistering will not wait for a user. -EBUSY if somebody has it open:
 * nothing changed.
 */
int vfio_provider_shut_users_out(struct vfio_provider_dev *d)
{
	const struct file_operations *fops;

	lockdep_assert_held(&d->lock);
	fops = shut(d->vdev);
	if (close_if_unused(d))
		return 0;
	open_again(d->vdev, fops);
	return -EBUSY;
}

/**
 * vfio_provider_open() - may a vfio_device be opened?
 * @vdev: the vfio_device
 *
 * The first thing that its open_device does.
 *
 * Context: open_device's.
 * Return: 0; -ENODEV if it is about to go.
 */
int vfio_provider_open(struct vfio_device *vdev)
{
	struct vfio_provider_dev *d = dev_get_drvdata(vdev->dev);

	lockdep_assert_held(&vdev->dev_set->lock);
	return d->closing ? -ENODEV : 0;
}
EXPORT_SYMBOL_GPL(vfio_provider_open);
