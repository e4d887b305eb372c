// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: the role of a function whose driver stays bound.
 *
 * May touch: &pci_dev.role, and whether a bound driver's attributes are shown.
 *
 * While a function is in another personality, the PCI core finds what to call by its role,
 * struct pci_dev_role: power management, error and reset callbacks, sriov_configure; and
 * nothing of the driver but its remove, before which the role ends.
 */
#include <linux/cleanup.h>
#include <linux/pci-personality.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct pcore_shadow - a function's role, and whose it is
 * @role: what the PCI core sees
 * @prepared: from pci_personality_shadow_prepare() to its end
 * @ops: of the personality
 * @priv: of the personality
 */
struct pcore_shadow {
	struct pci_dev_role role;
	bool prepared;
	const struct pci_personality_shadow_ops *ops;
	void *priv;
};

/* Of a function that has no personality at the moment */
static const struct pci_personality_shadow_ops nothing = { };

/* The role that was prepared, in place or not. Under device_lock */
static struct pcore_shadow *shadow_prepared(struct pci_dev *pdev)
{
	struct pcore_function *sf = pcore_get(pdev);
	struct pcore_shadow *shadow = NULL;

	pci_personality_assert_locked(pdev);
	if (sf && sf->shadow && sf->shadow->prepared)
		shadow = sf->shadow;
	pcore_put(sf);
	return shadow;
}

/**
 * pci_personality_get_drvdata() - drvdata of the function's driver
 * @pdev: the function
 *
 * Return: what the driver set.
 */
void *pci_personality_get_drvdata(struct pci_dev *pdev)
{
	return pci_get_drvdata(pdev);
}
EXPORT_SYMBOL_GPL(pci_personality_get_drvdata);

/*
 * Unbind, hot-unplug, rmmod of the driver. The personality ends first, then the
 * driver removes a function that is stopped and its own again, if it ever was.
 */
static bool role_leave(struct pci_dev *pdev)
{
	struct pcore_function *sf = pcore_get(pdev);
	bool unprobed = false;

	pci_personality_assert_locked(pdev);
	if (sf->shadow->ops->leave)
		sf->shadow->ops->leave(pdev);
	WRITE_ONCE(pdev->role, NULL);
	/* A probe that was left out leaves nothing to remove */
	swap(sf->unprobed, unprobed);
	pcore_put(sf);
	return !unprobed;
}

static void set_ops(struct pcore_shadow *shadow,
		    const struct pci_personality_shadow_ops *ops, void *priv)
{
	shadow->ops = ops;
	shadow->priv = priv;
	shadow->role.err_handler = ops->err_handler;
	shadow->role.sriov_configure = ops->sriov_configure;
	shadow->role.pm = ops->pm;
}

static struct pcore_shadow *shadow_reserve(struct pcore_function *sf)
{
	if (sf->shadow)
		return sf->shadow;
	sf->shadow = kzalloc_obj(*sf->shadow);
	if (sf->shadow)
		sf->shadow->role.leave = role_leave;
	return sf->shadow;
}

/* Callbacks of a driver that the driver core calls without asking the PCI core */
static const char *unreachable_by_role(const struct device_driver *drv)
{
	if (drv->coredump)
		return "coredump";
	if (drv->sync_state)
		return "sync_state";
	return NULL;
}

/**
 * pci_personality_shadow_prepare() - get ready to give a function a role
 * @pdev: the function
 * @ops: what happens meanwhile; const
 * @priv: for pci_personality_shadow_priv()
 *
 * Takes the driver's attributes out of sysfs; those of a driver that is being
 * bound, as soon as it is. A function that is broken is prepared, and has no callbacks,
 * already.
 *
 * Context: device_lock held, a driver bound; may sleep. On success the caller
 * owes pci_personality_shadow_finish().
 * Return: 0; -EBUSY if it has a role already; -ENODEV if the switch does not
 * know the function; -EOPNOTSUPP if the driver has a callback that would reach it
 * all the same; -ENOMEM. After an error nothing has changed.
 */
int pci_personality_shadow_prepare(struct pci_dev *pdev,
				   const struct pci_personality_shadow_ops *ops,
				   void *priv)
{
	const char *callback = unreachable_by_role(pdev->dev.driver);
	struct pcore_function *sf = pcore_get(pdev);
	int ret = -EBUSY;

	pci_personality_assert_locked(pdev);
	if (!sf)
		return -ENODEV;
	if (callback) {
		pci_err(pdev, "driver %s has a %s callback, which the kernel calls whatever personality a function is in\n",
			pdev->dev.driver->name, callback);
		ret = -EOPNOTSUPP;
	} else if (pci_personality_is_broken(pdev)) {
		set_ops(sf->shadow, ops, priv);
		WRITE_ONCE(pdev->role, NULL);
		pcore_note_broken(sf, false);
		ret = 0;
	} else if (!shadow_reserve(sf)) {
		ret = -ENOMEM;
	} else if (!sf->shadow->prepared) {
		set_ops(sf->shadow, ops, priv);
		sf->shadow->prepared = true;
		/* There are none yet while the driver is being bound */
		if (!sf->unprobed)
			device_driver_groups_hide(&pdev->dev);
		ret = 0;
	}
	pcore_put(sf);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_prepare);

/**
 * pci_personality_shadow_enter() - give a function its role
 * @pdev: the function, prepared and stopped
 * @drvdata: not needed: drvdata stays the driver's
 *
 * Cannot fail.
 *
 * Context: device_lock held. The caller owes pci_personality_shadow_exit().
 */
void pci_personality_shadow_enter(struct pci_dev *pdev, void *drvdata)
{
	struct pcore_shadow *shadow = shadow_prepared(pdev);

	shadow->role.pm = shadow->ops->pm;
	WRITE_ONCE(pdev->role, &shadow->role);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_enter);

/**
 * pci_personality_shadow_register() - register what the role is for
 * @pdev: the function, its role in place
 * @fn: what to call
 * @data: for @fn
 *
 * Context: device_lock held; sleeps if @fn does.
 * Return: what @fn returned.
 */
int pci_personality_shadow_register(struct pci_dev *pdev, int (*fn)(void *data), void *data)
{
	return fn(data);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_register);

/**
 * pci_personality_shadow_exit() - take the role away
 * @pdev: the function, its role in place, the personality ended
 *
 * Cannot fail.
 *
 * Context: device_lock held; may sleep: waits for a callback of the personality's
 * runtime power management that is under way.
 */
void pci_personality_shadow_exit(struct pci_dev *pdev)
{
	pm_runtime_barrier(&pdev->dev);
	WRITE_ONCE(pdev->role, NULL);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_exit);

static void shadow_drop(struct pci_dev *pdev)
{
	struct pcore_shadow *shadow = shadow_prepared(pdev);

	if (shadow)
		shadow->prepared = false;
}

/**
 * pci_personality_shadow_finish() - end of pci_personality_shadow_prepare()
 * @pdev: the function, native again, without a role
 *
 * Brings the driver's attributes back.
 *
 * Context: device_lock held; may sleep.
 * Return: 0, or -ENOMEM: then all is as after pci_personality_shadow_prepare(),
 * and pci_personality_shadow_abandon() is the way to go on without attributes.
 */
int pci_personality_shadow_finish(struct pci_dev *pdev)
{
	int ret = device_driver_groups_show(&pdev->dev);

	if (!ret)
		shadow_drop(pdev);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_finish);

/**
 * pci_personality_shadow_abandon() - finish, but leave the attributes out
 * @pdev: the function, native again, without a role
 *
 * Context: device_lock held; may sleep.
 */
void pci_personality_shadow_abandon(struct pci_dev *pdev)
{
	shadow_drop(pdev);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_abandon);

/**
 * pci_personality_set_broken() - say that a function does not work any more
 * @pdev: the function, its driver bound, but neither native nor in a personality;
 *	without a role
 *
 * For enable_vfio and disable_vfio when their own roll-back fails. If the function
 * has been prepared, it gets a role with no callbacks.
 * pci_personality_shadow_prepare() ends it, and so does unbinding the driver.
 *
 * Context: device_lock held.
 */
void pci_personality_set_broken(struct pci_dev *pdev)
{
	struct pcore_shadow *shadow = shadow_prepared(pdev);
	struct pcore_function *sf = pcore_get(pdev);

	if (shadow) {
		set_ops(shadow, &nothing, NULL);
		WRITE_ONCE(pdev->role, &shadow->role);
	}
	if (sf)
		pcore_note_broken(sf, true);
	pcore_put(sf);
}
EXPORT_SYMBOL_GPL(pci_personality_set_broken);

/**
 * pci_personality_is_broken() - has a function been stopped for good?
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: true if pci_personality_set_broken() has given it a role: what enters
 * a personality from there finds a function that need not be stopped.
 */
bool pci_personality_is_broken(struct pci_dev *pdev)
{
	struct pcore_shadow *shadow = shadow_prepared(pdev);

	return shadow && shadow->ops == &nothing;
}
EXPORT_SYMBOL_GPL(pci_personality_is_broken);

/**
 * pci_personality_shadow_priv() - the personality's own data
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: the @priv of pci_personality_shadow_prepare(), NULL if there is none.
 */
void *pci_personality_shadow_priv(struct pci_dev *pdev)
{
	struct pcore_shadow *shadow = shadow_prepared(pdev);

	return shadow ? shadow->priv : NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_priv);

/**
 * pcore_shadow_bound() - the driver of a function that was born elsewhere is bound
 * @sf: the function
 *
 * Its attributes are there now: hide them.
 *
 * Context: device_lock held; may sleep.
 */
void pcore_shadow_bound(struct pcore_function *sf)
{
	if (sf->shadow && sf->shadow->prepared)
		device_driver_groups_hide(&sf->pdev->dev);
}

/**
 * pcore_shadow_end() - the driver is unbound
 * @sf: the function; nothing happens if it had no role
 *
 * Context: device_lock held, or the function is gone.
 */
void pcore_shadow_end(struct pcore_function *sf)
{
	if (sf->shadow)
		sf->shadow->prepared = false;
}

/**
 * pcore_shadow_free() - give back the memory of a role
 * @sf: the function, which nobody switches any more
 *
 * Context: any.
 */
void pcore_shadow_free(struct pcore_function *sf)
{
	kfree(sf->shadow);
	sf->shadow = NULL;
}
