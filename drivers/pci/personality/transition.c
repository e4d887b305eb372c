// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the transitions.
 *
 * May touch: the state of a function, through transition_method.c and
 * transition_rebind.c. The states and the lock order are in personality.h.
 *
 * A transition checks and loads all that it can before its first side effect. What was
 * checked is looked at again under device_lock, after the last module has been loaded.
 */
#include <linux/cleanup.h>
#include <linux/module.h>

#include "transition.h"

/*
 * A bridge forwards what other functions do, so no user can have it. Type 0
 * functions of the subclass "other" are endpoints in spite of their class.
 */
static bool is_bridge(struct pci_dev *pdev)
{
	return pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE &&
	       pdev->class >> 8 != PCI_CLASS_BRIDGE_OTHER;
}

/**
 * transition_check_vfs() - a function that others are made of stays as it is: a PF with VFs,
 * the parent of vfio_devices
 * @t: the transition
 *
 * Context: any; what it says holds as long as device_lock is held.
 * Return: 0 or -EBUSY, reported.
 */
int transition_check_vfs(struct transition *t)
{
	unsigned int children = stock_vfio_look(t->pdev).children;
	int vfs = pci_num_vf(t->pdev);

	if (vfs)
		return fail(t, -EBUSY,
			    "%d VFs are enabled; write 0 to sriov_numvfs first",
			    vfs);
	if (children)
		return fail(t, -EBUSY,
			    "%u vfio_devices are live beside its native function; write 0 to live of each in /sys/kernel/config/vfio/%s first",
			    children, pci_name(t->pdev));
	return 0;
}

/**
 * transition_fail_held() - say that a function whose vfio_device is open stays as it is
 * @t: the transition
 *
 * Context: any.
 * Return: -EBUSY, reported.
 */
int transition_fail_held(struct transition *t)
{
	return fail(t, -EBUSY,
		    "a VFIO user holds the function; stop that program or virtual machine first");
}

/**
 * transition_fail_bound_driver() - say what is the matter with the bound driver
 * @t: the transition
 * @error: of stock_driver_get() or _lock(), or 0
 *
 * Context: any.
 * Return: @error, reported if it is one.
 */
int transition_fail_bound_driver(struct transition *t, int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ENODEV:
		return fail(t, error, "the function has been removed");
	case -EINTR:
		return fail(t, error, "interrupted while another driver operation was under way");
	case -ENAMETOOLONG:
		return fail(t, error,
			    "the bound driver's name is too long to be remembered; unbind it first");
	default:
		return fail(t, error,
			    "the driver that was bound is being unbound or unloaded, or another one has been bound; try again");
	}
}

/**
 * transition_load_backend() - see to it that a user can map memory for DMA
 * @t: the transition
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 * Return: 0 or -ENOENT, reported.
 */
int transition_load_backend(struct transition *t)
{
	if (stock_load_backend())
		return 0;
	return fail(t, -ENOENT,
		    "VFIO's module vfio_iommu_type1 cannot be loaded, without which nobody could use the function; see what modprobe vfio_iommu_type1 says");
}

/* Pin the bound driver, if there is one, and if no VF depends on it */
static int get_without_vfs(struct transition *t)
{
	int ret = transition_check_vfs(t);

	if (ret)
		return ret;
	ret = stock_driver_get(t->pdev, &t->from);
	return transition_fail_bound_driver(t, ret);
}

static void remember_origin(struct transition *t,
			    struct stock_origin *origin)
{
	const char *driver = t->from ? t->from->name : "";
	const char *module = t->from && t->from->owner ?
			     module_name(t->from->owner) : "";

	origin->known = true;
	origin->runtime_auto = t->pdev->dev.power.runtime_auto;
	strscpy(origin->driver, driver);
	strscpy(origin->module, module);
}

static void warn_of_native_sibling(struct transition *t)
{
	struct pci_dev *sibling =
		stock_native_sibling(t->group, t->pdev);

	if (!sibling)
		return;
	pci_warn(t->pdev,
		 "its IOMMU group cannot be used until %s has left its native driver, too\n",
		 pci_name(sibling));
	pci_dev_put(sibling);
}

/*
 * Asked twice: whoever's bind or unbind was under way the first time has been waited for
 * the second time, and is not to be done again, or undone.
 */
static bool holds_already(struct personality *p, bool vfio)
{
	switch (personality_state(p)) {
	case PERSONALITY_VFIO:
	case PERSONALITY_VFIO_REBOUND:
		return vfio;
	case PERSONALITY_BROKEN:
		return false;
	default:
		return !vfio;
	}
}

static int to_vfio(struct transition *t)
{
	struct stock_origin origin;
	char wanted[PERSONALITY_NAME_LEN];
	int ret;

	if (is_bridge(t->pdev))
		return fail(t, -EOPNOTSUPP, "it is a bridge, which has no VFIO personality");
	ret = get_without_vfs(t);
	if (ret)
		return ret;
	if (holds_already(t->p, true))
		return 0;
	remember_origin(t, &origin);

	scoped_guard(spinlock, &t->p->lock) {
		strscpy(wanted, t->p->vfio_driver);
		/* From broken, 0 shall still lead where the function came from */
		if (t->p->broken && t->p->origin.known && !t->from)
			origin = t->p->origin;
	}

	stage(t, PERSONALITY_LOAD);
	ret = 1;
	if (personality_wants_method(wanted))
		ret = transition_enable_by_method(t);
	if (ret > 0)
		ret = transition_enable_by_rebind(t, wanted, &origin);
	if (!ret)
		warn_of_native_sibling(t);
	return ret;
}

static int to_native(struct transition *t)
{
	int ret;

	if (stock_vfio_look(t->pdev).held)
		return transition_fail_held(t);
	ret = get_without_vfs(t);
	if (ret)
		return ret;
	if (holds_already(t->p, false))
		return 0;
	if (t->release)
		return transition_release_by_rebind(t);
	if (t->p->method.vfio)
		return transition_disable_by_method(t);

	stage(t, PERSONALITY_LOAD);
	return transition_disable_by_rebind(t);
}

static int run(struct transition *t)
{
	struct personality *p = t->p;
	int ret;

	t->report.from = personality_state(p);
	scoped_guard(spinlock, &p->lock)
		p->switching = true;
	ret = personality_user_error(t->report.to_vfio ? to_vfio(t) :
						       to_native(t));
	scoped_guard(spinlock, &p->lock)
		p->switching = false;
	if (!ret)
		personality_note_broken(p, false);
	/* What was not there may be installed before the next try */
	if (ret)
		stock_load_forget();

	personality_method_put(&t->method);
	stock_driver_put(t->from);

	/* Whatever the core said of a function that went away meanwhile */
	if (ret && !device_is_registered(&t->pdev->dev))
		return -ENODEV;
	return ret;
}

static int fail_group(struct transition *t, int error)
{
	if (error == -ENOMEM)
		return fail_memory(t);
	if (error == -EINTR)
		return fail(t, error,
			    "a signal came while another function of the IOMMU group was switched; nothing was done");
	/* One that is removed leaves its group before it loses its attributes */
	if (READ_ONCE(t->p->leaving))
		return transition_fail_bound_driver(t, -ENODEV);
	return fail(t, error,
		    "it is in no IOMMU group; switch the IOMMU on in the firmware and on the kernel command line");
}

static int take_turn(struct personality *p, bool to_vfio, bool release)
{
	struct transition t = { .p = p, .pdev = p->pdev, .release = release };
	int ret = 0;

	personality_report_start(&t.report, p, to_vfio);
	t.group = stock_turn_begin(t.pdev);
	if (IS_ERR(t.group)) {
		if (PTR_ERR(t.group) != -EINTR && holds_already(p, to_vfio))
			return 0;
		ret = fail_group(&t, PTR_ERR(t.group));
		personality_report_end(&t.report);
		return ret;
	}

	if (!holds_already(p, to_vfio)) {
		ret = run(&t);
		personality_report_end(&t.report);
	}
	stock_turn_end(t.group);
	return ret;
}

/**
 * personality_switch() - bring a function into a personality
 * @p: the function
 * @to_vfio: true for the VFIO personality, false for the way back
 *
 * Context: process context; sleeps as long as module loading, the drivers'
 * remove and probe and the group's other transitions take. Never waits for a
 * VFIO user. No lock of the function may be held, nor an active reference to
 * one of its attributes.
 * Return: 0 if the function is in the personality, by this call or before;
 * otherwise it is as it was, and last_error says more:
 * -EBUSY: a user, or a VF, is in the way;
 * -EOPNOTSUPP: no IOMMU group, or a bridge, or a driver that may not be unbound, or what
 * vfio_driver demands;
 * -ENOENT: no such driver, see also below; or no module for VFIO's use of the IOMMU;
 * -ENODEV: the function is gone, or the driver is none for VFIO;
 * -EAGAIN: no driver can be bound yet;
 * -EINTR: a signal came before anything was done;
 * -EIO: a driver says other than what VFIO shows;
 * or what a driver's probe or method returned.
 * Not as it was: after -ENOENT on the way back the function is unbound, and if
 * the roll-back fails it is broken.
 */
int personality_switch(struct personality *p, bool to_vfio)
{
	return take_turn(p, to_vfio, false);
}

/**
 * personality_release() - have a function that is in VFIO bound to nothing
 * @p: the function; nothing happens if it is not in VFIO
 *
 * Context: as personality_switch().
 * Return: as personality_switch() for the way back.
 */
int personality_release(struct personality *p)
{
	return take_turn(p, false, true);
}
