// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: which driver is bound.
 *
 * May touch: nothing; it looks, and pins or locks what it has seen.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/string.h>

#include "internal.h"

/* device_lock of a function that is still there; or -ENODEV, or -EINTR */
static int lock_registered(struct device *dev)
{
	if (device_lock_interruptible(dev))
		return -EINTR;
	if (device_is_registered(dev))
		return 0;
	device_unlock(dev);
	return -ENODEV;
}

int stock_driver_get(struct pci_dev *pdev,
		     struct device_driver **drv)
{
	struct device *dev = &pdev->dev;
	int ret;

	*drv = NULL;
	ret = lock_registered(dev);
	if (ret)
		return ret;
	if (!dev->driver)
		*drv = NULL;
	else if (strnlen(dev->driver->name, PERSONALITY_NAME_LEN) ==
		 PERSONALITY_NAME_LEN)
		ret = -ENAMETOOLONG;
	else if (!try_module_get(dev->driver->owner))
		ret = -EBUSY;
	else
		*drv = dev->driver;
	device_unlock(dev);
	return ret;
}

int stock_driver_lock(struct pci_dev *pdev,
		      const struct device_driver *drv)
{
	struct device *dev = &pdev->dev;
	int ret = lock_registered(dev);

	if (ret)
		return ret;
	if (dev->driver == drv)
		return 0;
	device_unlock(dev);
	return -EBUSY;
}

/**
 * stock_look_bound() - what a bind has come to
 * @pdev: the function
 * @drv: the driver that was bound to it a moment ago
 *
 * Context: may sleep while another driver operation is under way; device_lock not held.
 * Return: 1 if @drv is bound and a vfio_device registered, 0 if it is bound and none is;
 * -EBUSY if somebody has unbound it since.
 */
int stock_look_bound(struct pci_dev *pdev, const struct device_driver *drv)
{
	int ret = -EBUSY;

	device_lock(&pdev->dev);
	if (pdev->dev.driver == drv)
		ret = stock_vfio_look(pdev).present;
	device_unlock(&pdev->dev);
	return ret;
}

/**
 * stock_is_unbound() - is there no driver, and the function still there?
 * @sf: the function
 *
 * One that somebody else has bound is neither broken nor on its way back, even if he, or
 * another, has unbound it again.
 *
 * Context: device_lock held.
 * Return: true if so, and none has been bound since stock_unbind().
 */
bool stock_is_unbound(const struct stock_function *sf)
{
	struct device *dev = &sf->pdev->dev;

	device_lock_assert(dev);
	return device_is_registered(dev) && !dev->driver && !sf->taken;
}
