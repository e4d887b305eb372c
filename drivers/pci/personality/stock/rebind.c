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
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <compat/driver_override.h>

#include "internal.h"

/* What driver_override reads while a driver is being unbound: no driver's name */
#define NO_DRIVER		"pci-personality:unbinding"

/*
 * What is ours is known by its address. Who writes driver_override frees it, and who does
 * so twice could get that memory for his own: not if it is larger than any name.
 */
#define OVERRIDE_SIZE		SZ_1K

/* A driver is bound again in spite of so many who write driver_override in that moment */
#define REBIND_TRIES		10

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

int stock_override_steer(struct pci_dev *pdev, struct stock_override *o, const char *name)
{
	guard(device)(&pdev->dev);
	override_set(pdev, o, name);
	return o->lost ? -EBUSY : 0;
}

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

void stock_override_drop(struct pci_dev *pdev,
			 struct stock_override *o, const char *name)
{
	if (o->saved && !strcmp(o->saved, name)) {
		kfree(o->saved);
		o->saved = NULL;
	}
	stock_override_return(pdev, o);
}

bool stock_override_read(struct pci_dev *pdev, char *name)
{
	bool fits;

	device_lock(&pdev->dev);
	fits = compat_driver_override_copy(pdev, name, PERSONALITY_NAME_LEN);
	device_unlock(&pdev->dev);
	return fits;
}

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

void stock_birth_override_clear(struct pci_dev *pdev, const char *ours)
{
	device_lock_assert(&pdev->dev);
	if (compat_driver_override_cmpxchg(pdev, ours, NULL))
		kfree(ours);
}

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

		ret = stock_attach(pdev, drv);
		if (!ret || ret == -EBUSY || override_is_ours(pdev, o))
			break;
	}
	return ret;
}

bool stock_was_forestalled(struct stock_function *sf, struct stock_override *o)
{
	bool unbound;

	device_lock(&sf->pdev->dev);
	unbound = stock_is_unbound(sf);
	device_unlock(&sf->pdev->dev);
	return !unbound || !override_is_ours(sf->pdev, o);
}

/*
 * The driver core takes device_lock by itself to unbind. For the microseconds in which
 * the lock is free before, driver_override names no driver, so that none can be bound in
 * the place of @drv, and sriov_numvfs makes no VFs. Who unbinds @drv himself in that
 * moment has unbound it, for both.
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
