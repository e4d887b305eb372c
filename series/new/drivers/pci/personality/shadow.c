// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: what the PCI core finds in the place of a bound driver's callbacks.
 *
 * May touch: &pci_dev.role, and whether a bound driver's attributes are shown.
 *
 * While a function is in another personality, the PCI core finds what to call by its role,
 * struct pci_dev_role: power management, error and reset callbacks, sriov_configure; and
 * nothing of the driver but its remove, before which the role ends. drvdata stays the
 * driver's.
 */
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct pcore_shadow - a function's role
 * @role: whose it is
 * @callbacks: what the PCI core sees
 */
struct pcore_shadow {
	struct pcore_role role;
	struct pci_dev_role callbacks;
};

static struct pcore_shadow *shadow_by(struct pcore_role *role)
{
	return container_of(role, struct pcore_shadow, role);
}

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
	if (sf->role->ops->leave)
		sf->role->ops->leave(pdev);
	WRITE_ONCE(pdev->role, NULL);
	/* A probe that was left out leaves nothing to remove */
	swap(sf->unprobed, unprobed);
	pcore_put(sf);
	return !unprobed;
}

int pcore_shadow_reserve(struct pcore_function *sf)
{
	struct pcore_shadow *shadow;

	if (sf->role)
		return 0;
	shadow = kzalloc_obj(*shadow);
	if (!shadow)
		return -ENOMEM;
	shadow->callbacks.leave = role_leave;
	sf->role = &shadow->role;
	return 0;
}

void pcore_shadow_set_ops(struct pcore_role *role,
			  const struct pci_personality_shadow_ops *ops, void *priv)
{
	struct pci_dev_role *callbacks = &shadow_by(role)->callbacks;

	role->ops = ops;
	role->priv = priv;
	callbacks->err_handler = ops->err_handler;
	callbacks->sriov_configure = ops->sriov_configure;
	callbacks->pm = ops->pm;
}

int pcore_shadow_prepare(struct pcore_function *sf,
			 const struct pci_personality_shadow_ops *ops, void *priv)
{
	pcore_shadow_set_ops(sf->role, ops, priv);
	sf->role->prepared = true;
	/* There are none yet while the driver is being bound */
	if (!sf->unprobed)
		device_driver_groups_hide(&sf->pdev->dev);
	return 0;
}

void pcore_shadow_lift(struct pci_dev *pdev, struct pcore_role *role)
{
	WRITE_ONCE(pdev->role, NULL);
}

void pci_personality_shadow_enter(struct pci_dev *pdev, void *drvdata)
{
	WRITE_ONCE(pdev->role, &shadow_by(pcore_role_prepared(pdev))->callbacks);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_enter);

int pci_personality_shadow_register(struct pci_dev *pdev, int (*fn)(void *data), void *data)
{
	return fn(data);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_register);

void pci_personality_shadow_exit(struct pci_dev *pdev)
{
	pm_runtime_barrier(&pdev->dev);
	WRITE_ONCE(pdev->role, NULL);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_exit);

int pci_personality_shadow_finish(struct pci_dev *pdev)
{
	int ret = device_driver_groups_show(&pdev->dev);

	if (!ret)
		pci_personality_shadow_abandon(pdev);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_finish);

void pcore_shadow_bound(struct pcore_function *sf)
{
	if (sf->role && sf->role->prepared)
		device_driver_groups_hide(&sf->pdev->dev);
}

void pcore_shadow_end(struct pcore_function *sf)
{
	if (sf->role)
		sf->role->prepared = false;
}

void pcore_shadow_free(struct pcore_function *sf)
{
	if (sf->role)
		kfree(shadow_by(sf->role));
	sf->role = NULL;
}
