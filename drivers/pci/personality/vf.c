// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: VFs that are born in the VFIO personality.
 *
 * May touch: a VF between its birth and its first bind, which driver_override
 * steers; it is taken back after it.
 *
 * A native driver with a VFIO personality of its own is bound, if it can be born
 * with (vf_birth): the first thing its probe does is to ask whether it shall probe
 * at all. If not, it enters its VFIO personality from there, so that a failure is
 * one of the probe, and what the driver core makes of it is right. Any other
 * native driver never sees the function: a VFIO driver is bound.
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

/* All that may be bound to the VFs, whichever it will be */
static void load_drivers(struct pci_dev *pf)
{
	struct pci_device_id id = vf_ids(pf);
	struct device_driver *drv;

	/* Who chooses anew may have installed something */
	personality_load_forget();
	personality_load_vfio_ids(&id);
	personality_load_native_ids(&id);
	drv = personality_match_ids(&id);
	if (drv)
		personality_load_method(drv);
	personality_driver_put(drv);
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
	/* Now: when a VF is born, the PF's device_lock is held */
	if (on)
		load_drivers(pf->pdev);

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
	/* VFIO itself captures the VFs of a PF that it has, for good */
	if (personality_vfio_present(pci_physfn(vf), NULL, 0))
		return false;
	pf = personality_get(pci_physfn(vf));
	if (!pf)
		return false;
	scoped_guard(spinlock, &pf->lock)
		wanted = pf->vfs_use_vfio;
	personality_put(pf);
	return wanted;
}

/* The native driver of a VF, if it need not start its native function first */
static struct device_driver *match_method(struct pci_dev *vf)
{
	struct pci_device_id id = personality_ids(vf);
	struct device_driver *drv = personality_match_ids(&id);
	struct personality_method method;
	bool birth = false;

	if (drv && personality_method_find(drv, &method)) {
		birth = pci_match_id(method.vfio->vf_birth, vf);
		personality_method_put(&method);
	}
	if (birth)
		return drv;
	personality_driver_put(drv);
	return NULL;
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
	bool by_method;
	int ret = -ENOENT;

	if (!wants_vfio(vf->pdev))
		return;

	drv = match_method(vf->pdev);
	by_method = drv;
	if (!drv)
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
	vf->born_by_method = by_method;
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
		vf->born_by_method = false;
	}
	if (born_vfio)
		personality_birth_override_clear(vf->pdev);
}

static bool born_by_method(struct personality *p)
{
	guard(spinlock)(&p->lock);
	return p->born_by_method;
}

static int enter_vfio(struct personality *p)
{
	struct personality_method method;
	int ret;

	if (!personality_method_find(p->pdev->dev.driver, &method))
		return -ENOENT;
	p->unprobed = true;
	ret = method.vfio->enable_vfio(p->pdev);
	if (ret) {
		p->unprobed = false;
		personality_method_put(&method);
		return ret;
	}
	guard(spinlock)(&p->lock);
	p->method = method;
	return 0;
}

static int birth(struct personality *p)
{
	struct personality_report report = { };
	int ret;

	personality_report_start(&report, p, true);
	personality_report_stage(&report, PERSONALITY_METHOD);
	ret = enter_vfio(p);
	if (ret)
		personality_report_fail(&report, ret,
					"driver %s could not begin in its VFIO personality; dmesg may say why",
					p->pdev->dev.driver->name);
	personality_report_end(&report);
	return ret;
}

/**
 * __pci_personality_birth() - see pci_personality_birth()
 * @pdev: the function, being probed
 * @ret: what the probe has to return, if anything was done
 *
 * Context: the driver's probe, device_lock held; may sleep.
 * Return: true if the function has begun in VFIO, or failed to.
 */
bool __pci_personality_birth(struct pci_dev *pdev, int *ret)
{
	struct personality *p = personality_get(pdev);
	bool born = p && born_by_method(p);

	device_lock_assert(&pdev->dev);
	if (born)
		*ret = birth(p);
	personality_put(p);
	return born;
}
EXPORT_SYMBOL_GPL(__pci_personality_birth);
