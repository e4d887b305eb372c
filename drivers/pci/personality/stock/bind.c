// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: bind.
 *
 * May touch: dev->driver, by the driver core. Who may be bound is rebind.c's to say.
 */
#include <linux/cleanup.h>
#include <linux/iopoll.h>

#include <compat/ready_to_probe.h>

#include "internal.h"

/*
 * Who is told of a function by its uevent is faster than device_add(), which is not yet
 * through with it, and than the PCI core, which has resources to assign before any driver
 * may be bound. To try meanwhile would not only fail: each probe that is deferred leaves
 * a reason behind, which is lost with the function.
 */
#define READY_POLL_US		(10 * USEC_PER_MSEC)
#define READY_TIMEOUT_US	(5 * USEC_PER_SEC)

/* The bus says by match() whether it lets a driver be bound yet */
static bool may_be_bound(struct device *dev, const struct device_driver *drv)
{
	return compat_dev_ready_to_probe(dev) && drv->bus->match(dev, drv) > 0;
}

/**
 * stock_attach() - bind a driver at once
 * @pdev: the function
 * @drv: the driver, pinned
 *
 * Context: may sleep, as long as the driver's probe takes; device_lock not held.
 * Return: 0 if @drv is bound, by this call or meanwhile; -EBUSY if another driver is, or
 * said so itself; -ENODEV if the function is gone; the error of the probe.
 */
int stock_attach(struct pci_dev *pdev, const struct device_driver *drv)
{
	int ret = device_driver_attach(drv, &pdev->dev);

	if (ret != -EBUSY)
		return ret;
	guard(device)(&pdev->dev);
	return pdev->dev.driver == drv ? 0 : ret;
}

/**
 * stock_bind() - bind a driver
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: of the rebinding; no other than @drv can be bound afterwards
 *
 * Context: may sleep, as long as the driver's probe takes, and with a function that
 * is just being added up to 5 s longer; device_lock not held.
 * Return: 0 if @drv is bound, by this call or meanwhile; -EBUSY if another driver is, or
 * the user wants another by now; -ENODEV if the function is gone; -EAGAIN if the PCI core
 * lets no driver be bound even then; the error of the probe.
 */
int stock_bind(struct pci_dev *pdev, const struct device_driver *drv,
	       struct stock_override *o)
{
	struct device *dev = &pdev->dev;
	int ret = stock_override_steer(pdev, o, drv->name);
	bool ready;

	if (ret)
		return ret;
	read_poll_timeout(may_be_bound, ready, ready || !device_is_registered(dev),
			  READY_POLL_US, READY_TIMEOUT_US, false, dev, drv);
	return ready ? stock_attach(pdev, drv) : -EAGAIN;
}
