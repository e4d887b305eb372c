// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: VFs that are born in the VFIO personality.
 *
 * May touch: a VF between its birth and its first bind. Its native driver never
 * sees it: driver_override steers the first bind, and is taken back after it.
 */
#include <linux/cleanup.h>
#include <linux/pci.h>

#include "personality.h"

/* What the VFs of a PF will be matched by; their subsystem is their vendor's */
static struct pci_device_id vf_ids(struct pci_dev *pf)
{
	int pos = pci_find_ext_capability(pf, PCI_EXT_CAP_ID_SRIOV);
	struct pci_device_id id = personality_ids(pf);
	u16 device = 0;

	pci_read_config_word(pf, pos + PCI_SRIOV_VF_DID, &device);
	id.device = device;
	return id;
}

/**
 * personality_vfs_use_vfio() - choose the personality of VFs yet to come
 * @pf: the PF
 * @on: true for VFIO, false for their native drivers
 *
 * VFs that exist stay as they are.
 *
 * Context: sleeps until modprobe is done.
 * Return: 0.
 */
int personality_vfs_use_vfio(struct personality *pf, bool on)
{
	struct pci_device_id id = vf_ids(pf->pdev);

	/* Now: when a VF is born, the PF's device_lock is held */
	if (on)
		personality_load_vfio_ids(&id);

	guard(spinlock)(&pf->lock);
	pf->vfs_use_vfio = on;
	return 0;
}

static bool wants_vfio(struct pci_dev *vf)
{
	struct personality *pf;
	bool wanted;

	if (!vf->is_virtfn)
		return false;
	pf = personality_get(pci_physfn(vf));
	if (!pf)
		return false;
	scoped_guard(spinlock, &pf->lock)
		wanted = pf->vfs_use_vfio;
	personality_put(pf);
	return wanted;
}

/**
 * personality_vf_added() - decide on a new function's first driver
 * @vf: the function; nothing happens unless it is a VF that shall use VFIO
 *
 * Context: before the driver core looks for a driver; may sleep; device_lock of
 * the PF held, of the VF not.
 */
void personality_vf_added(struct personality *vf)
{
	struct device_driver *drv;
	int ret = -ENOENT;

	if (!wants_vfio(vf->pdev))
		return;

	drv = personality_match_vfio(vf->pdev);
	if (drv)
		ret = personality_birth_override_set(vf->pdev, drv->name);
	personality_driver_put(drv);
	if (ret) {
		pci_warn(vf->pdev, "is not born in the VFIO personality: %pe\n",
			 ERR_PTR(ret));
		return;
	}
	guard(spinlock)(&vf->lock);
	vf->born_vfio = true;
}

/**
 * personality_vf_settled() - a function's first bind is over
 * @vf: the function; nothing happens unless personality_vf_added() steered it
 *
 * Context: device_lock held.
 */
void personality_vf_settled(struct personality *vf)
{
	bool born_vfio;

	scoped_guard(spinlock, &vf->lock) {
		born_vfio = vf->born_vfio;
		vf->born_vfio = false;
	}
	if (born_vfio)
		personality_birth_override_clear(vf->pdev);
}
