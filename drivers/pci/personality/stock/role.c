// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: a function whose driver stays bound while it is
 * in another personality.
 *
 * May touch: which personality's operations count for it, and whether it is broken. Whom
 * the PCI core finds meanwhile in the driver's place is shadow.c's.
 */
#include <linux/cleanup.h>
#include <linux/pci-personality.h>

#include "internal.h"

/* Of a function that has no personality at the moment */
static const struct pci_personality_shadow_ops nothing = { };

/**
 * stock_role_prepared() - the role that was prepared, in place or not
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: the role, or NULL.
 */
struct stock_role *stock_role_prepared(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);
	struct stock_role *role = NULL;

	pci_personality_assert_locked(pdev);
	if (sf && sf->role && sf->role->prepared)
		role = sf->role;
	stock_put(sf);
	return role;
}

/* Callbacks of a driver that the driver core calls without asking the PCI core */
static const char *unavoidable(const struct device_driver *drv)
{
	if (drv->coredump)
		return "coredump";
	if (drv->sync_state)
		return "sync_state";
	return NULL;
}

static int prepare(struct stock_function *sf, const struct pci_personality_shadow_ops *ops,
		   void *priv)
{
	struct pci_dev *pdev = sf->pdev;
	const char *callback = unavoidable(pdev->dev.driver);

	if (callback) {
		pci_err(pdev, "driver %s has a %s callback, which the kernel calls whatever personality a function is in\n",
			pdev->dev.driver->name, callback);
		return -EOPNOTSUPP;
	}
	stock_shadow_tidy(sf);
	if (pci_personality_is_broken(pdev)) {
		stock_shadow_set_ops(sf->role, ops, priv);
		stock_shadow_lift(pdev, sf->role);
		stock_note_broken(sf, false);
		return 0;
	}
	if (sf->role && sf->role->prepared)
		return -EBUSY;
	return stock_shadow_reserve(sf) ?: stock_shadow_prepare(sf, ops, priv);
}

int pci_personality_shadow_prepare(struct pci_dev *pdev,
				   const struct pci_personality_shadow_ops *ops,
				   void *priv)
{
	struct stock_function *sf = stock_get(pdev);
	int ret = sf ? prepare(sf, ops, priv) : -ENODEV;

	pci_personality_assert_locked(pdev);
	stock_put(sf);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_prepare);

void pci_personality_shadow_abandon(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);

	pci_personality_assert_locked(pdev);
	if (sf)
		stock_shadow_end(sf);
	stock_put(sf);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_abandon);

void pci_personality_set_broken(struct pci_dev *pdev)
{
	struct stock_role *role = stock_role_prepared(pdev);
	struct stock_function *sf = stock_get(pdev);

	if (role) {
		stock_shadow_set_ops(role, &nothing, NULL);
		pci_personality_shadow_enter(pdev, pci_get_drvdata(pdev));
	}
	if (sf)
		stock_note_broken(sf, true);
	stock_put(sf);
}
EXPORT_SYMBOL_GPL(pci_personality_set_broken);

bool pci_personality_is_broken(struct pci_dev *pdev)
{
	struct stock_role *role = stock_role_prepared(pdev);

	return role && role->ops == &nothing;
}
EXPORT_SYMBOL_GPL(pci_personality_is_broken);

void *pci_personality_shadow_priv(struct pci_dev *pdev)
{
	struct stock_role *role = stock_role_prepared(pdev);

	return role ? role->priv : NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_priv);
