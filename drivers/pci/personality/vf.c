// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: VFs that are born in the VFIO personality.
 *
 * May touch: whether a VF begins in VFIO. stock_birth_steer() has its first driver bound.
 *
 * A native driver with a VFIO personality of its own is bound, if it can be born
 * with (vf_birth): the first thing its probe does is to ask whether it shall probe
 * at all. If not, it enters its VFIO personality from there, so that a failure is
 * one of the probe, and what the driver core makes of it is right. Any other
 * native driver never sees the function: a VFIO driver is bound.
 */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "personality.h"

/**
 * struct loading - drivers that are being loaded for the VFs of a PF
 * @ref: one of who loads, one of who waits
 * @pf: the PF
 * @named: a driver to be loaded by its name besides; empty for none
 * @done: nothing is left to load
 */
struct loading {
	struct kref ref;
	struct personality *pf;
	char named[PERSONALITY_NAME_LEN];
	bool done;
};

static DECLARE_WAIT_QUEUE_HEAD(loading_ends);

static void loading_free(struct kref *ref)
{
	struct loading *l = container_of(ref, struct loading, ref);

	personality_put(l->pf);
	kfree(l);
}

static int load(void *data)
{
	struct loading *l = data;

	stock_birth_load(l->pf->pdev, l->named[0] ? l->named : NULL);
	WRITE_ONCE(l->done, true);
	wake_up_all(&loading_ends);
	kref_put(&l->ref, loading_free);
	module_put_and_kthread_exit(0);
	return 0;
}

static bool wants_named(struct personality *vf, char *name)
{
	guard(spinlock)(&vf->lock);
	strscpy(name, vf->vfio_driver, PERSONALITY_NAME_LEN);
	return !personality_wants_method(name);
}

static struct loading *start_loading(struct personality *pf, struct personality *vf)
{
	struct loading *l = kzalloc(sizeof(*l), GFP_KERNEL);
	struct task_struct *task;

	if (!l)
		return ERR_PTR(-ENOMEM);
	kref_init(&l->ref);
	kref_get(&pf->ref);
	l->pf = pf;
	/* The thread could load anything: whether the writer may is asked here */
	if (!vf || !wants_named(vf, l->named) || !capable(CAP_SYS_MODULE))
		l->named[0] = '\0';

	/* The thread outlives the write, if it has to */
	__module_get(THIS_MODULE);
	kref_get(&l->ref);
	task = kthread_run(load, l, "personality/%s", pci_name(pf->pdev));
	if (IS_ERR(task)) {
		kref_put(&l->ref, loading_free);
		kref_put(&l->ref, loading_free);
		module_put(THIS_MODULE);
		return ERR_CAST(task);
	}
	return l;
}

static bool leaves(struct personality *pf, struct personality *vf)
{
	return READ_ONCE(pf->leaving) || (vf && READ_ONCE(vf->leaving));
}

/**
 * personality_vfs_load() - load all that VFs of a function may be bound to
 * @pf: the PF
 * @vf: one of them, for what its vfio_driver names; or NULL
 *
 * Who removes the PF waits for what was written, perhaps with locks that a module wants
 * as it is loaded: so the write does not wait for modprobe then.
 *
 * Context: sleeps until modprobe is done, or the PF or @vf is removed.
 * Return: 0; -ENODEV if one of them is removed; -EINTR if the caller is killed; -ENOMEM.
 */
int personality_vfs_load(struct personality *pf, struct personality *vf)
{
	struct loading *l = start_loading(pf, vf);
	int ret;

	if (IS_ERR(l))
		return PTR_ERR(l);
	ret = wait_event_killable(loading_ends, READ_ONCE(l->done) || leaves(pf, vf));
	if (!READ_ONCE(l->done))
		ret = leaves(pf, vf) ? -ENODEV : -EINTR;
	kref_put(&l->ref, loading_free);
	return ret;
}

/**
 * personality_vfs_leave() - who waits for the drivers of VFs shall look who leaves
 * @p: a PF or a VF, which is about to be removed
 *
 * Context: any.
 */
void personality_vfs_leave(struct personality *p)
{
	wake_up_all(&loading_ends);
}

/**
 * personality_vfs_use_vfio() - choose the personality of VFs yet to come
 * @pf: the PF
 * @on: true for VFIO, false for their native drivers
 *
 * VFs that exist stay as they are.
 *
 * Context: sleeps until modprobe is done, or the PF is removed.
 * Return: 0; -ENODEV if the PF is removed; -EINTR if the writer is killed; -ENOMEM.
 */
int personality_vfs_use_vfio(struct personality *pf, bool on)
{
	int ret;

	/* Now: when a VF is born, the PF's device_lock is held */
	if (on) {
		ret = personality_vfs_load(pf, NULL);
		if (ret)
			return ret;
	}

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
	if (stock_vfio_look(pci_physfn(vf)).present)
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
 * personality_vf_can_be_born_with() - can a driver have a VF that it has never probed?
 * @vf: the VF
 * @drv: one of its native drivers
 *
 * Context: may sleep.
 * Return: true if its VFIO personality can be the first thing of it.
 */
bool personality_vf_can_be_born_with(struct pci_dev *vf, const struct device_driver *drv)
{
	struct personality_method method;
	bool birth;

	if (!personality_method_find(vf, drv, &method))
		return false;
	birth = pci_match_id(method.vfio->vf_birth, vf);
	personality_method_put(&method);
	return birth;
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
	if (personality_vf_hold_reserved(vf))
		return;
	if (!wants_vfio(vf->pdev) ||
	    stock_birth_steer(&vf->stock, personality_vf_can_be_born_with))
		return;
	pci_warn(vf->pdev, "is not born in the VFIO personality: there is no driver for it, no memory, or a driver_override already\n");
}

static int enter_vfio(struct personality *p)
{
	struct personality_method method;
	int ret;

	if (!personality_method_find(p->pdev, p->pdev->dev.driver, &method))
		return -ENOENT;
	p->stock.unprobed = true;
	ret = personality_user_error(method.vfio->enable_vfio(p->pdev));
	if (!ret && !stock_vfio_look(p->pdev).present)
		ret = -EIO;
	if (ret)
		p->stock.unprobed = false;
	else
		scoped_guard(spinlock, &p->lock)
			swap(p->method, method);
	personality_method_put(&method);
	return ret;
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
	bool born;

	pci_personality_assert_locked(pdev);
	/* Not by a driver that somebody has chosen since: that one is to probe */
	born = p && READ_ONCE(p->stock.born_by_method) &&
	       personality_vf_can_be_born_with(pdev, pdev->dev.driver);
	if (born)
		*ret = birth(p);
	personality_put(p);
	return born;
}
EXPORT_SYMBOL_GPL(__pci_personality_birth);
