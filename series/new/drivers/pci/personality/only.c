// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: which driver may be bound.
 *
 * May touch: &pci_dev.only_driver, of a function between an unbind and the next bind, and
 * &pci_dev.born_driver, before the first one. driver_override is the user's.
 */
#include <linux/slab.h>

#include "../pci.h"
#include "internal.h"

int pcore_override_alloc(struct pcore_override *o)
{
	*o = (struct pcore_override) { };
	return 0;
}

int pcore_override_steer(struct pci_dev *pdev, struct pcore_override *o, const char *name)
{
	const char *before = pci_only_driver_swap(pdev, name);

	if (!o->lent)
		o->saved = before;
	o->lent = true;
	return 0;
}

void pcore_override_return(struct pci_dev *pdev, struct pcore_override *o)
{
	if (o->lent)
		pci_only_driver_swap(pdev, o->saved);
	*o = (struct pcore_override) { };
}

const char *pcore_birth_override_set(struct pci_dev *pdev, const char *name)
{
	const char *ours = kstrdup(name, GFP_KERNEL);

	if (!ours)
		return ERR_PTR(-ENOMEM);
	if (!device_has_driver_override(&pdev->dev) &&
	    pci_born_driver_cmpxchg(pdev, NULL, ours))
		return ours;
	kfree(ours);
	return ERR_PTR(-EBUSY);
}

void pcore_birth_override_clear(struct pci_dev *pdev, const char *ours)
{
	device_lock_assert(&pdev->dev);
	pci_born_driver_cmpxchg(pdev, ours, NULL);
	kfree(ours);
}
