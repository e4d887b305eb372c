// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: unbind and bind.
 *
 * May touch: dev->driver, under device_lock, and driver_override. No other file
 * touches the latter; the former is shadow.c's, too.
 *
 * driver_override is lent: it steers one bind (a VFIO driver matches only with
 * it, and so does a VF's driver where sriov_drivers_autoprobe is 0), keeps
 * others away from the function between unbind and bind, and has the user's
 * bytes again before the write returns.
 */
#include <linux/cleanup.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <compat/driver_override.h>
#include <compat/ready_to_probe.h>

#include "personality.h"

/*
 * Who is told of a function by its uevent is faster than device_add(), which is not yet
 * through with it. To try meanwhile would not only fail: each probe that is deferred
 * leaves a reason behind, which is lost with the function.
 */
#define READY_POLL_US		(10 * USEC_PER_MSEC)
#define READY_TIMEOUT_US	(5 * USEC_PER_SEC)

/**
 * personality_override_lend() - steer the next bind to one driver
 * @pdev: the function
 * @o: where the user's value is kept meanwhile
 * @name: the driver to bind, or NULL to let the ids alone decide
 * @back: the driver to bind should that fail, or NULL
 *
 * Context: may sleep; device_lock not held. On success the caller owes
 * personality_override_return() or personality_override_drop().
 * Return: 0 or -ENOMEM, with nothing done.
 */
int personality_override_lend(struct pci_dev *pdev,
			      struct personality_override *o,
			      const char *name, const char *back)
{
	o->lost = false;
	o->name = name ? kstrdup(name, GFP_KERNEL) : NULL;
	o->back = back ? kstrdup(back, GFP_KERNEL) : NULL;
	if ((name && !o->name) || (back && !o->back)) {
		kfree(o->name);
		kfree(o->back);
		return -ENOMEM;
	}

	device_lock(&pdev->dev);
	o->saved = compat_driver_override_swap(pdev, o->name);
	device_unlock(&pdev->dev);
	return 0;
}

/* Replace our value by @next; the user's, if one was written meanwhile, stays */
static bool override_replace(struct pci_dev *pdev,
			     struct personality_override *o, const char *next)
{
	if (o->lost)
		return false;

	device_lock(&pdev->dev);
	o->lost = !compat_driver_override_cmpxchg(pdev, o->name, next);
	device_unlock(&pdev->dev);

	if (!o->lost)
		kfree(o->name);
	return !o->lost;
}

/**
 * personality_override_turn() - steer to the driver to go back to
 * @pdev: the function
 * @o: from personality_override_lend()
 *
 * Cannot fail: all it needs was allocated beforehand.
 *
 * Context: may sleep; device_lock not held.
 */
void personality_override_turn(struct pci_dev *pdev,
			       struct personality_override *o)
{
	if (!override_replace(pdev, o, o->back))
		return;
	o->name = o->back;
	o->back = NULL;
}

/**
 * personality_override_return() - give driver_override back as it was
 * @pdev: the function
 * @o: from personality_override_lend()
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void personality_override_return(struct pci_dev *pdev,
				 struct personality_override *o)
{
	if (!override_replace(pdev, o, o->saved))
		kfree(o->saved);
	kfree(o->back);
}

/**
 * personality_override_drop() - give driver_override back, but for one value
 * @pdev: the function
 * @o: from personality_override_lend()
 * @name: if this is what it was, leave none
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void personality_override_drop(struct pci_dev *pdev,
			       struct personality_override *o, const char *name)
{
	if (o->saved && !strcmp(o->saved, name)) {
		kfree(o->saved);
		o->saved = NULL;
	}
	personality_override_return(pdev, o);
}

/**
 * personality_birth_override_set() - steer the first bind of a new function
 * @pdev: the function, which no driver can be bound to yet
 * @name: the driver's name
 *
 * Context: may sleep; device_lock not held. personality_birth_override_clear()
 * is owed after the bind.
 * Return: 0; -ENOMEM; -EEXIST if there is an override already.
 */
int personality_birth_override_set(struct pci_dev *pdev, const char *name)
{
	const char *ours = kstrdup(name, GFP_KERNEL);
	bool done;

	if (!ours)
		return -ENOMEM;

	device_lock(&pdev->dev);
	done = compat_driver_override_cmpxchg(pdev, NULL, ours);
	device_unlock(&pdev->dev);

	if (done)
		return 0;
	kfree(ours);
	return -EEXIST;
}

/**
 * personality_birth_override_clear() - end of personality_birth_override_set()
 * @pdev: the function
 *
 * Context: device_lock held.
 */
void personality_birth_override_clear(struct pci_dev *pdev)
{
	device_lock_assert(&pdev->dev);
	kfree(compat_driver_override_swap(pdev, NULL));
}

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

/**
 * personality_bound_driver_get() - the driver a function is bound to
 * @pdev: the function
 * @drv: set to the driver, its module pinned, or to NULL if there is none
 *
 * Context: may sleep while another driver operation is under way on the
 * function. The caller owes personality_driver_put().
 * Return: 0; -ENODEV if the function is gone; -EBUSY if the driver's module is
 * being unloaded; -EINTR.
 */
int personality_bound_driver_get(struct pci_dev *pdev,
				 struct device_driver **drv)
{
	struct device *dev = &pdev->dev;
	int ret;

	*drv = NULL;
	ret = lock_registered(dev);
	if (ret)
		return ret;
	if (dev->driver && !try_module_get(dev->driver->owner))
		ret = -EBUSY;
	else
		*drv = dev->driver;
	device_unlock(dev);
	return ret;
}

/**
 * personality_bound_driver_lock() - keep a driver bound
 * @pdev: the function
 * @drv: the driver
 *
 * Context: may sleep while another driver operation is under way on the
 * function. On success device_lock is held and the caller owes
 * personality_bound_driver_unlock().
 * Return: 0; -ENODEV if the function is gone; -EBUSY if @drv is not bound any
 * more; -EINTR.
 */
int personality_bound_driver_lock(struct pci_dev *pdev,
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
 * personality_bound_driver_unlock() - let the driver go again
 * @pdev: the function
 */
void personality_bound_driver_unlock(struct pci_dev *pdev)
{
	device_unlock(&pdev->dev);
}

/**
 * personality_bind() - bind a driver
 * @pdev: the function
 * @drv: the driver, pinned; driver_override names it
 *
 * Context: may sleep, as long as the driver's probe takes, and with a function that
 * is just being added up to 5 s longer; device_lock not held.
 * Return: 0 if @drv is bound, by this call or meanwhile; -EBUSY if another
 * driver is; -ENODEV if the function is gone; -EAGAIN if no driver can be bound even
 * then; the error of the probe.
 */
int personality_bind(struct pci_dev *pdev, const struct device_driver *drv)
{
	struct device *dev = &pdev->dev;
	bool ready;
	int ret;

	read_poll_timeout(compat_dev_ready_to_probe, ready,
			  ready || !device_is_registered(dev),
			  READY_POLL_US, READY_TIMEOUT_US, false, dev);
	ret = device_driver_attach(drv, dev);
	if (ret != -EBUSY)
		return ret;

	device_lock(dev);
	if (dev->driver == drv)
		ret = 0;
	device_unlock(dev);
	return ret;
}

/**
 * personality_unbind() - unbind whatever driver is bound
 * @pdev: the function
 *
 * Context: may sleep, as long as the driver's remove takes; device_lock not
 * held.
 */
void personality_unbind(struct pci_dev *pdev)
{
	device_release_driver(&pdev->dev);
}
