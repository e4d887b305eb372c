// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: unbind and bind.
 *
 * May touch: which driver is bound, and, between an unbind and the next bind, which one
 * may be (&pci_dev.only_driver). driver_override is the user's, and only read.
 */
#include <linux/cleanup.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../pci.h"
#include "internal.h"

/* The only driver that may be bound while one is being unbound: none has this name */
#define NO_DRIVER		"pci-personality:unbinding"

/*
 * Who is told of a function by its uevent is faster than device_add(), which is not yet
 * through with it, and than the PCI core, which has resources to assign before any driver
 * may be bound.
 */
#define READY_POLL_US		(10 * USEC_PER_MSEC)
#define READY_TIMEOUT_US	(5 * USEC_PER_SEC)

/**
 * pcore_override_alloc() - get ready for a rebinding
 * @o: what the rebinding says of who may be bound
 *
 * Return: 0.
 */
int pcore_override_alloc(struct pcore_override *o)
{
	*o = (struct pcore_override) { };
	return 0;
}

/* Of names that live as long as the rebinding */
static void let_only(struct pci_dev *pdev, struct pcore_override *o, const char *name)
{
	const char *before = pci_only_driver_swap(pdev, name);

	if (!o->lent)
		o->saved = before;
	o->lent = true;
}

/**
 * pcore_override_return() - end of pcore_override_alloc()
 * @pdev: the function
 * @o: from pcore_override_alloc()
 *
 * Context: any; takes a spinlock.
 */
void pcore_override_return(struct pci_dev *pdev, struct pcore_override *o)
{
	if (o->lent)
		pci_only_driver_swap(pdev, o->saved);
	*o = (struct pcore_override) { };
}

/**
 * pcore_override_drop() - pcore_override_return(), and a driver_override goes with its driver
 * @pdev: the function
 * @o: from pcore_override_alloc()
 * @name: the driver's name: if this is the user's driver_override, leave none
 *
 * Context: may sleep; device_lock not held.
 */
void pcore_override_drop(struct pci_dev *pdev, struct pcore_override *o, const char *name)
{
	char override[PERSONALITY_NAME_LEN];

	pcore_override_return(pdev, o);
	if (pcore_override_read(pdev, override) && !strcmp(override, name))
		device_set_driver_override(&pdev->dev, NULL);
}

/**
 * pcore_override_read() - what the user has set
 * @pdev: the function
 * @name: where it goes, PERSONALITY_NAME_LEN bytes; empty if there is none
 *
 * Context: any; takes a spinlock.
 * Return: true if it is as long as a driver's name may be.
 */
bool pcore_override_read(struct pci_dev *pdev, char *name)
{
	guard(spinlock)(&pdev->dev.driver_override.lock);
	return strscpy(name, pdev->dev.driver_override.name ?: "", PERSONALITY_NAME_LEN) >= 0;
}

/**
 * pcore_override_ignore() - look for drivers as if there were no driver_override
 * @pdev: the function
 * @fn: what looks
 * @data: for @fn
 *
 * Context: may sleep if @fn does; device_lock not held, but around @fn.
 */
void pcore_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data), void *data)
{
	guard(device)(&pdev->dev);
	WRITE_ONCE(pdev->override_ignored, true);
	fn(pdev, data);
	WRITE_ONCE(pdev->override_ignored, false);
}

/**
 * pcore_birth_override_set() - let a new function be bound to one driver only
 * @pdev: the function, which no driver can be bound to yet
 * @name: the driver's name, or that of no driver
 *
 * Context: may sleep. pcore_birth_override_clear() is owed.
 * Return: the string that was set; or an ERR_PTR(): -EBUSY if the user has set a
 * driver_override, or there is one already; -ENOMEM.
 */
const char *pcore_birth_override_set(struct pci_dev *pdev, const char *name)
{
	const char *ours = kstrdup(name, GFP_KERNEL);

	if (!ours)
		return ERR_PTR(-ENOMEM);
	if (!device_has_driver_override(&pdev->dev) &&
	    pci_only_driver_cmpxchg(pdev, NULL, ours))
		return ours;
	kfree(ours);
	return ERR_PTR(-EBUSY);
}

/**
 * pcore_birth_override_clear() - end of pcore_birth_override_set()
 * @pdev: the function
 * @ours: what that returned
 *
 * Context: device_lock held.
 */
void pcore_birth_override_clear(struct pci_dev *pdev, const char *ours)
{
	device_lock_assert(&pdev->dev);
	pci_only_driver_cmpxchg(pdev, ours, NULL);
	kfree(ours);
}

/* The bus says by match() whether it lets a driver be bound yet */
static bool may_be_bound(struct device *dev, const struct device_driver *drv)
{
	return dev_ready_to_probe(dev) && drv->bus->match(dev, drv) > 0;
}

static int attach(struct pci_dev *pdev, const struct device_driver *drv)
{
	int ret = device_driver_attach(drv, &pdev->dev);

	if (ret != -EBUSY)
		return ret;
	guard(device)(&pdev->dev);
	return pdev->dev.driver == drv ? 0 : ret;
}

/**
 * pcore_bind() - bind a driver
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: of the rebinding; no other than @drv can be bound afterwards
 *
 * Context: may sleep, as long as the driver's probe takes, and with a function that
 * is just being added up to 5 s longer; device_lock not held.
 * Return: 0 if @drv is bound, by this call or meanwhile; -EBUSY if another driver is;
 * -ENODEV if the function is gone; -EAGAIN if the PCI core lets no driver be bound even
 * then; the error of the probe.
 */
int pcore_bind(struct pci_dev *pdev, const struct device_driver *drv, struct pcore_override *o)
{
	struct device *dev = &pdev->dev;
	bool ready;

	let_only(pdev, o, drv->name);
	read_poll_timeout(may_be_bound, ready, ready || !device_is_registered(dev),
			  READY_POLL_US, READY_TIMEOUT_US, false, dev, drv);
	return ready ? attach(pdev, drv) : -EAGAIN;
}

/**
 * pcore_bind_again() - bind the driver that was bound before
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: of the rebinding; no other than @drv can be bound afterwards
 *
 * Context: may sleep, as long as the driver's probe takes; device_lock not held.
 * Return: as pcore_bind().
 */
int pcore_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct pcore_override *o)
{
	let_only(pdev, o, drv->name);
	return attach(pdev, drv);
}

/**
 * pcore_was_forestalled() - is an -EBUSY of pcore_bind() somebody else's doing?
 * @sf: the function
 * @o: of the rebinding
 *
 * Context: may sleep while another driver operation is under way; device_lock not held.
 * Return: true if another driver has been bound since pcore_unbind(); false if the driver's
 * own probe said so.
 */
bool pcore_was_forestalled(struct pcore_function *sf, struct pcore_override *o)
{
	guard(device)(&sf->pdev->dev);
	return !pcore_is_unbound(sf);
}

/**
 * pcore_unbind() - unbind the driver that has been looked at, and no other
 * @sf: the function
 * @drv: the driver, NULL if there was none
 * @o: of the rebinding; no driver can be bound afterwards
 * @look: a last look under device_lock, at whatever must not have changed; returns 0 or
 *	the error to end with. NULL if there is nothing to look at
 * @data: for @look
 *
 * One device_lock is held from @look to the end of the unbind. (Where devices depend on
 * this one by a device link, the driver core gives it up for as long as it unbinds those.)
 *
 * Context: may sleep, as long as the driver's remove takes; device_lock not held.
 * Return: 0; -ENODEV if the function is gone; -EBUSY if another driver is bound; -EINTR;
 * the error of @look. After an error @o is as it was.
 */
int pcore_unbind(struct pcore_function *sf, const struct device_driver *drv,
		 struct pcore_override *o, int (*look)(void *data), void *data)
{
	struct pci_dev *pdev = sf->pdev;
	int ret = pcore_driver_lock(pdev, drv);

	if (ret)
		return ret;
	if (look)
		ret = look(data);
	if (!ret) {
		/* What a VF's birth has set is not what the user has */
		pcore_birth_settle(sf);
		let_only(pdev, o, NO_DRIVER);
		sf->taken = false;
		if (drv)
			device_release_driver_locked(&pdev->dev);
	}
	device_unlock(&pdev->dev);
	return ret;
}
