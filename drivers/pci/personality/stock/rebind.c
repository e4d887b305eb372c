// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: unbind and bind.
 *
 * May touch: dev->driver, under device_lock, and driver_override. No other file
 * touches the latter; the former is shadow.c's, too.
 *
 * driver_override is lent: from the moment in which all was looked at for the last time
 * it names no driver that there is, so that nobody can bind one until the unbind is
 * done; then it steers the bind (a VFIO driver matches only with it, and so does a VF's
 * driver where sriov_drivers_autoprobe is 0), and it has the user's bytes again before
 * the write returns. What a user writes meanwhile stays, and no bind is steered against
 * it.
 */
#include <linux/cleanup.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <compat/driver_override.h>
#include <compat/ready_to_probe.h>

#include "internal.h"

/* What driver_override reads while a driver is being unbound: no driver's name */
#define NO_DRIVER		"pci-personality:unbinding"

/*
 * Who is told of a function by its uevent is faster than device_add(), which is not yet
 * through with it, and than the PCI core, which has resources to assign before any driver
 * may be bound. To try meanwhile would not only fail: each probe that is deferred leaves
 * a reason behind, which is lost with the function.
 */
#define READY_POLL_US		(10 * USEC_PER_MSEC)
#define READY_TIMEOUT_US	(5 * USEC_PER_SEC)

/*
 * What is ours is known by its address. Who writes driver_override frees it, and who does
 * so twice could get that memory for his own: not if it is larger than any name.
 */
#define OVERRIDE_SIZE		SZ_1K

/* A driver is bound again in spite of so many who write driver_override in that moment */
#define REBIND_TRIES		10

/**
 * stock_override_alloc() - get ready to lend driver_override
 * @o: where the user's value will be kept
 *
 * All that is done with it afterwards cannot fail.
 *
 * Context: may sleep. On success the caller owes stock_override_return() or
 * stock_override_drop().
 * Return: 0 or -ENOMEM.
 */
int stock_override_alloc(struct stock_override *o)
{
	*o = (struct stock_override) {
		.current_name = kzalloc(OVERRIDE_SIZE, GFP_KERNEL),
		.next_name = kzalloc(OVERRIDE_SIZE, GFP_KERNEL),
		.spare_name = kzalloc(OVERRIDE_SIZE, GFP_KERNEL),
	};
	if (o->current_name && o->next_name && o->spare_name)
		return 0;
	kfree(o->current_name);
	kfree(o->next_name);
	kfree(o->spare_name);
	return -ENOMEM;
}

/* Put @name in; once a user has written another value meanwhile, that stays */
static void override_set(struct pci_dev *pdev, struct stock_override *o,
			 const char *name)
{
	device_lock_assert(&pdev->dev);

	if (o->lost)
		return;
	strscpy(o->next_name, name, PERSONALITY_NAME_LEN);
	if (!o->lent) {
		o->saved = compat_driver_override_swap(pdev, o->next_name);
		o->lent = true;
	} else if (!compat_driver_override_cmpxchg(pdev, o->current_name,
						   o->next_name)) {
		/* Who wrote it has freed ours */
		o->current_name = NULL;
		o->lost = true;
		return;
	}
	swap(o->current_name, o->next_name);
}

/* Forget what was lent: what a user has written meanwhile is lent next, and given back */
static bool override_start_anew(struct stock_override *o)
{
	if (!o->spare_name)
		o->spare_name = kzalloc(OVERRIDE_SIZE, GFP_KERNEL);
	if (!o->spare_name)
		return false;
	kfree(o->saved);
	o->saved = NULL;
	swap(o->current_name, o->spare_name);
	o->lent = false;
	o->lost = false;
	return true;
}

/* Is what was set for the last bind there still? */
static bool override_is_ours(struct pci_dev *pdev, struct stock_override *o)
{
	bool ours;

	device_lock(&pdev->dev);
	ours = !o->lost && compat_driver_override_cmpxchg(pdev, o->current_name,
							  o->current_name);
	if (!ours && !o->lost) {
		o->current_name = NULL;
		o->lost = true;
	}
	device_unlock(&pdev->dev);
	return ours;
}

static void override_steer(struct pci_dev *pdev, struct stock_override *o,
			   const char *name)
{
	device_lock(&pdev->dev);
	override_set(pdev, o, name);
	device_unlock(&pdev->dev);
}

/**
 * stock_override_return() - give driver_override back as it was
 * @pdev: the function
 * @o: from stock_override_alloc(), lent or not
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_override_return(struct pci_dev *pdev,
			   struct stock_override *o)
{
	bool returned = false;

	if (o->lent && !o->lost) {
		device_lock(&pdev->dev);
		returned = compat_driver_override_cmpxchg(pdev, o->current_name,
							  o->saved);
		device_unlock(&pdev->dev);
		if (!returned)
			o->current_name = NULL;
	}
	if (!returned)
		kfree(o->saved);
	kfree(o->current_name);
	kfree(o->next_name);
	kfree(o->spare_name);
	*o = (struct stock_override) { };
}

/**
 * stock_override_drop() - give driver_override back, but for one value
 * @pdev: the function
 * @o: from stock_override_alloc()
 * @name: if this is what it was, leave none
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_override_drop(struct pci_dev *pdev,
			 struct stock_override *o, const char *name)
{
	if (o->saved && !strcmp(o->saved, name)) {
		kfree(o->saved);
		o->saved = NULL;
	}
	stock_override_return(pdev, o);
}

/**
 * stock_override_read() - what the user has set
 * @pdev: the function
 * @name: where it goes, PERSONALITY_NAME_LEN bytes; empty if there is none
 *
 * Context: may sleep; device_lock not held.
 * Return: true if it is as long as a driver's name may be.
 */
bool stock_override_read(struct pci_dev *pdev, char *name)
{
	bool fits;

	device_lock(&pdev->dev);
	fits = compat_driver_override_copy(pdev, name, PERSONALITY_NAME_LEN);
	device_unlock(&pdev->dev);
	return fits;
}

/**
 * stock_override_ignore() - do something as if there were no driver_override
 * @pdev: the function
 * @fn: what to do
 * @data: for @fn
 *
 * What a user writes meanwhile stays.
 *
 * Context: may sleep if @fn does; device_lock not held, but around @fn.
 */
void stock_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data),
			   void *data)
{
	const char *saved;

	device_lock(&pdev->dev);
	saved = compat_driver_override_swap(pdev, NULL);
	fn(pdev, data);
	if (!compat_driver_override_cmpxchg(pdev, NULL, saved))
		kfree(saved);
	device_unlock(&pdev->dev);
}

/**
 * stock_birth_override_set() - steer the first bind of a new function
 * @pdev: the function, which no driver can be bound to yet
 * @name: the driver's name
 *
 * Context: may sleep; device_lock not held. stock_birth_override_clear()
 * is owed after the bind.
 * Return: the string that was set; or an ERR_PTR(): -EBUSY if there is an override already,
 * -ENOMEM.
 */
const char *stock_birth_override_set(struct pci_dev *pdev,
				     const char *name)
{
	char *ours = kzalloc(OVERRIDE_SIZE, GFP_KERNEL);
	bool done;

	if (!ours)
		return ERR_PTR(-ENOMEM);
	strscpy(ours, name, PERSONALITY_NAME_LEN);

	device_lock(&pdev->dev);
	done = compat_driver_override_cmpxchg(pdev, NULL, ours);
	device_unlock(&pdev->dev);

	if (done)
		return ours;
	kfree(ours);
	return ERR_PTR(-EBUSY);
}

/**
 * stock_birth_override_clear() - end of stock_birth_override_set()
 * @pdev: the function
 * @ours: what that returned; what a user has written since stays
 *
 * Context: device_lock held.
 */
void stock_birth_override_clear(struct pci_dev *pdev, const char *ours)
{
	device_lock_assert(&pdev->dev);
	if (compat_driver_override_cmpxchg(pdev, ours, NULL))
		kfree(ours);
}

static int attach(struct pci_dev *pdev, const struct device_driver *drv)
{
	struct device *dev = &pdev->dev;
	int ret = device_driver_attach(drv, dev);

	if (ret != -EBUSY)
		return ret;

	device_lock(dev);
	if (dev->driver == drv)
		ret = 0;
	device_unlock(dev);
	return ret;
}

/* The bus says by match() whether it lets a driver be bound yet */
static bool may_be_bound(struct device *dev, const struct device_driver *drv)
{
	return compat_dev_ready_to_probe(dev) && drv->bus->match(dev, drv) > 0;
}

/**
 * stock_bind() - bind a driver
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: lent by stock_unbind(); names @drv afterwards
 *
 * Context: may sleep, as long as the driver's probe takes, and with a function that
 * is just being added up to 5 s longer; device_lock not held.
 * Return: 0 if @drv is bound, by this call or meanwhile; -EBUSY if another
 * driver is, or driver_override names another by now; -ENODEV if the function is gone;
 * -EAGAIN if the PCI core lets no driver be bound even then; the error of the probe.
 */
int stock_bind(struct pci_dev *pdev, const struct device_driver *drv,
	       struct stock_override *o)
{
	struct device *dev = &pdev->dev;
	bool ready;

	override_steer(pdev, o, drv->name);
	if (o->lost)
		return -EBUSY;
	read_poll_timeout(may_be_bound, ready, ready || !device_is_registered(dev),
			  READY_POLL_US, READY_TIMEOUT_US, false, dev, drv);
	return ready ? attach(pdev, drv) : -EAGAIN;
}

/**
 * stock_bind_again() - bind the driver that was bound before
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: lent by stock_unbind(); names @drv afterwards, even if a user has written
 *	another meanwhile, which would not have unbound @drv
 *
 * Context: may sleep, as long as the driver's probe takes; device_lock not held.
 * Return: as stock_bind().
 */
int stock_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct stock_override *o)
{
	int tries, ret;

	for (tries = 0; tries < REBIND_TRIES; tries++) {
		device_lock(&pdev->dev);
		override_set(pdev, o, drv->name);
		if (o->lost && override_start_anew(o))
			override_set(pdev, o, drv->name);
		device_unlock(&pdev->dev);

		ret = attach(pdev, drv);
		if (!ret || ret == -EBUSY || override_is_ours(pdev, o))
			break;
	}
	return ret;
}

/**
 * stock_was_forestalled() - is an -EBUSY of stock_bind() somebody else's doing?
 * @sf: the function
 * @o: what was lent for the bind
 *
 * Context: may sleep while another driver operation is under way; device_lock not held.
 * Return: true if another driver has been bound since stock_unbind(), or driver_override
 * was written; false if the driver's own probe said so.
 */
bool stock_was_forestalled(struct stock_function *sf, struct stock_override *o)
{
	bool unbound;

	device_lock(&sf->pdev->dev);
	unbound = stock_is_unbound(sf);
	device_unlock(&sf->pdev->dev);
	return !unbound || !override_is_ours(sf->pdev, o);
}

/**
 * stock_unbind() - unbind the driver that has been looked at, and no other
 * @sf: the function
 * @drv: the driver, NULL if there was none
 * @o: from stock_override_alloc(), or lent; names no driver afterwards, even if
 *	nothing was unbound
 * @look: a last look under device_lock, at whatever must not have changed; returns 0 or
 *	the error to end with. NULL if there is nothing to look at
 * @data: for @look
 *
 * The driver core takes device_lock by itself to unbind. For the microseconds in which
 * the lock is free before, driver_override names no driver, so that none can be bound in
 * the place of @drv, and sriov_numvfs makes no VFs. Who unbinds @drv himself in that
 * moment has unbound it, for both.
 *
 * Context: may sleep, as long as the driver's remove takes; device_lock not held.
 * Return: 0; -ENODEV if the function is gone; -EBUSY if another driver is bound; -EINTR;
 * -ENOMEM; the error of @look. After an error @o is as it was.
 */
int stock_unbind(struct stock_function *sf, const struct device_driver *drv,
		 struct stock_override *o,
		 int (*look)(void *data), void *data)
{
	struct pci_dev *pdev = sf->pdev;
	int ret = stock_driver_lock(pdev, drv);

	if (ret)
		return ret;
	if (look)
		ret = look(data);
	if (!ret && pdev->is_physfn)
		ret = stock_shadow_reserve(sf);
	if (!ret) {
		/* What a VF's birth has set is not what the user has */
		stock_birth_settle(sf);
		override_set(pdev, o, NO_DRIVER);
		sf->taken = false;
		if (pdev->is_physfn)
			stock_shadow_leaving(sf);
	}
	device_unlock(&pdev->dev);

	if (!ret && drv)
		device_release_driver(&pdev->dev);
	return ret;
}
