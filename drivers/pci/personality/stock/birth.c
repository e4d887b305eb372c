// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: the first bind of a VF that begins in VFIO.
 *
 * May touch: which driver may be bound to a VF between its birth and its first bind.
 */
#include <linux/cleanup.h>
#include <linux/pci.h>

#include "internal.h"

/* What the VFs of a PF will be matched by; their subsystem is their vendor's */
static struct pci_device_id vf_ids(struct pci_dev *pf)
{
	int pos = pci_find_ext_capability(pf, PCI_EXT_CAP_ID_SRIOV);
	struct pci_device_id id = stock_ids(pf);
	u16 device = 0;

	pci_read_config_word(pf, pos + PCI_SRIOV_VF_DID, &device);
	id.device = device;
	return id;
}

void stock_birth_load(struct pci_dev *pf, const char *named)
{
	struct pci_device_id id = vf_ids(pf);
	struct stock_drivers natives = { };
	unsigned int i;

	/* Who chooses anew may have installed something */
	stock_load_forget();
	stock_load_vfio_ids(&id);
	stock_load_native_ids(&id);
	stock_match_ids(&id, &natives);
	for (i = 0; i < natives.count; i++)
		stock_load_method(natives.driver[i], &id, false);
	stock_drivers_put(&natives);
	if (named)
		stock_load_named(named);
	if (!stock_load_backend())
		pci_warn(pf, "VFIO's module vfio_iommu_type1 cannot be loaded; nobody could use VFs in VFIO\n");
}

/* The native driver of a VF, if it need not start its native function first */
static struct device_driver *
match_method(struct pci_dev *vf,
	     bool (*can)(struct pci_dev *vf, const struct device_driver *drv))
{
	struct pci_device_id id = stock_ids(vf);
	struct stock_drivers natives = { };
	struct device_driver *found = NULL;
	unsigned int i;

	stock_match_ids(&id, &natives);
	for (i = 0; i < natives.count && !found; i++)
		if (can(vf, natives.driver[i]))
			found = stock_drivers_take(&natives, i);
	stock_drivers_put(&natives);
	return found;
}

bool stock_birth_steer(struct stock_function *sf,
		       bool (*can)(struct pci_dev *vf, const struct device_driver *drv))
{
	struct device_driver *drv = match_method(sf->pdev, can);
	const char *override = NULL;
	bool by_method = drv;

	if (!drv)
		drv = stock_match_vfio(sf->pdev);
	if (drv)
		override = stock_birth_override_set(sf->pdev, drv->name);
	stock_driver_put(drv);
	if (IS_ERR_OR_NULL(override))
		return false;
	guard(spinlock)(&sf->lock);
	sf->birth_override = override;
	WRITE_ONCE(sf->born_by_method, by_method);
	return true;
}

void stock_birth_settle(struct stock_function *sf)
{
	const char *override;

	scoped_guard(spinlock, &sf->lock) {
		override = sf->birth_override;
		sf->birth_override = NULL;
		WRITE_ONCE(sf->born_by_method, false);
	}
	if (override)
		stock_birth_override_clear(sf->pdev, override);
}

static void set_by_method(struct stock_function *sf, bool by_method)
{
	guard(spinlock)(&sf->lock);
	WRITE_ONCE(sf->born_by_method, by_method);
}

int stock_birth_now(struct stock_function *sf,
		    bool (*can)(struct pci_dev *vf, const struct device_driver *drv))
{
	struct device_driver *drv = match_method(sf->pdev, can);
	struct stock_override override;
	int ret;

	if (!drv)
		return 1;
	ret = stock_override_alloc(&override);
	if (ret)
		goto out_put;
	set_by_method(sf, true);
	ret = stock_bind(sf->pdev, drv, &override);
	set_by_method(sf, false);
	stock_override_return(sf->pdev, &override);
out_put:
	stock_driver_put(drv);
	return ret;
}
