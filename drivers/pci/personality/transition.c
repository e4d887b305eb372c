// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the transitions.
 *
 * May touch: the state of a function, through rebind.c and group.c. The states
 * and the lock order are in personality.h.
 *
 * A transition checks and loads all that it can before its first side effect.
 * From then on every failure is rolled back with what was pinned beforehand.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>

#include "personality.h"

/**
 * struct transition - one write's way
 * @p: the function
 * @pdev: the same
 * @group: its IOMMU group, locked
 * @report: stages and errors
 * @from: the driver bound at the start, pinned, NULL if none
 * @to: the driver to bind, pinned, NULL if none
 * @method: what @from offers for VFIO, if it was asked
 * @missing: the driver to go back to cannot be had
 * @override: the user's driver_override while ours steers
 */
struct transition {
	struct personality *p;
	struct pci_dev *pdev;
	struct personality_group *group;
	struct personality_report report;
	struct device_driver *from;
	struct device_driver *to;
	struct personality_method method;
	bool missing;
	struct personality_override override;
};

#define fail(t, error, ...) \
	personality_report_fail(&(t)->report, error, __VA_ARGS__)

static int fail_memory(struct transition *t)
{
	return fail(t, -ENOMEM, "out of memory; try again");
}

static void stage(struct transition *t, enum personality_stage stage)
{
	personality_report_stage(&t->report, stage);
}

/*
 * A bridge forwards what other functions do, so no user can have it. Type 0
 * functions of the subclass "other" are endpoints in spite of their class.
 */
static bool is_bridge(struct pci_dev *pdev)
{
	return pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE &&
	       pdev->class >> 8 != PCI_CLASS_BRIDGE_OTHER;
}

static void set_runtime_auto(struct pci_dev *pdev, bool runtime_auto)
{
	if (runtime_auto)
		pm_runtime_allow(&pdev->dev);
	else
		pm_runtime_forbid(&pdev->dev);
}

static int check_vfs(struct transition *t)
{
	int vfs = pci_num_vf(t->pdev);

	if (vfs)
		return fail(t, -EBUSY,
			    "%d VFs are enabled; write 0 to sriov_numvfs first",
			    vfs);
	return 0;
}

static int fail_bound_driver(struct transition *t, int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ENODEV:
		return fail(t, error, "the function has been removed");
	case -EINTR:
		return fail(t, error, "interrupted while another driver operation was under way");
	default:
		return fail(t, error, "the bound driver is being unbound or unloaded; try again");
	}
}

/* Pin the bound driver, if there is one, and if no VF depends on it */
static int get_without_vfs(struct transition *t)
{
	int ret = check_vfs(t);

	if (ret)
		return ret;
	ret = personality_bound_driver_get(t->pdev, &t->from);
	return fail_bound_driver(t, ret);
}

static int remember_origin(struct transition *t,
			   struct personality_origin *origin)
{
	const char *driver = t->from ? t->from->name : "";
	const char *module = t->from && t->from->owner ?
			     module_name(t->from->owner) : "";

	origin->known = true;
	origin->runtime_auto = t->pdev->dev.power.runtime_auto;
	if (strscpy(origin->driver, driver) < 0 ||
	    strscpy(origin->module, module) < 0)
		return fail(t, -ENAMETOOLONG,
			    "the bound driver's name is too long to be remembered; unbind it first");
	return 0;
}

/* Bind t's pinned VFIO driver @drv, and see that it does what it is for */
static int bind_vfio(struct transition *t, struct device_driver *drv)
{
	int ret = personality_bind(t->pdev, drv);

	if (ret)
		return fail(t, ret, "driver %s refused the function; dmesg may say why",
			    drv->name);
	if (personality_vfio_present(t->pdev, NULL, 0))
		return 0;
	personality_unbind(t->pdev);
	return fail(t, -ENODEV,
		    "driver %s registers no VFIO device; write another to personality/vfio_driver",
		    drv->name);
}

static void set_broken(struct transition *t, const char *driver)
{
	/* What has been pulled out is not broken */
	if (!device_is_registered(&t->pdev->dev))
		return;

	pci_err(t->pdev,
		"driver %s could not be bound again; the function has none now, bind one by hand\n",
		driver);
	guard(spinlock)(&t->p->lock);
	t->p->broken = true;
}

static struct device_driver *find_or_load_driver(const char *name,
						 const char *module)
{
	struct device_driver *drv = personality_driver_find(name);

	if (drv)
		return drv;
	personality_load_named(module);
	return personality_driver_find(name);
}

static int find_vfio_driver(struct transition *t, const char *wanted)
{
	if (!strcmp(wanted, "bound") && !t->from)
		return fail(t, -EOPNOTSUPP,
			    "no driver is bound; write auto to personality/vfio_driver");
	if (!strcmp(wanted, "bound"))
		return fail(t, -EOPNOTSUPP,
			    "%s offers no VFIO personality; write auto to personality/vfio_driver",
			    t->from->name);

	if (!strcmp(wanted, "auto")) {
		personality_load_vfio(t->pdev);
		t->to = personality_match_vfio(t->pdev);
		if (!t->to)
			return fail(t, -ENOENT,
				    "no VFIO driver could be loaded; is vfio-pci installed?");
		return 0;
	}

	t->to = find_or_load_driver(wanted, wanted);
	if (!t->to)
		return fail(t, -ENOENT,
			    "there is no driver %s; load its module, or write another to personality/vfio_driver",
			    wanted);
	/* VFIO cannot have a group while a driver uses the kernel's DMA domain */
	if (t->to == t->from || !to_pci_driver(t->to)->driver_managed_dma)
		return fail(t, -ENODEV,
			    "driver %s is not one for VFIO; write another to personality/vfio_driver",
			    wanted);
	return 0;
}

static void warn_of_native_sibling(struct transition *t)
{
	struct pci_dev *sibling =
		personality_group_native_sibling(t->group, t->pdev);

	if (!sibling)
		return;
	pci_warn(t->pdev,
		 "its IOMMU group cannot be used until %s has left its native driver, too\n",
		 pci_name(sibling));
	pci_dev_put(sibling);
}

/* As personality_bound_driver_lock(); sriov_numvfs takes device_lock as well */
static int lock_without_vfs(struct transition *t)
{
	int ret = personality_bound_driver_lock(t->pdev, t->from);

	if (ret)
		return fail_bound_driver(t, ret);
	ret = check_vfs(t);
	if (ret)
		personality_bound_driver_unlock(t->pdev);
	return ret;
}

/* The bound driver's own way. -EOPNOTSUPP, not reported, if it has none */
static int enable_by_method(struct transition *t)
{
	struct personality *p = t->p;
	int ret;

	if (!t->from || !personality_method_get(t->from, &t->method))
		return -EOPNOTSUPP;

	stage(t, PERSONALITY_METHOD);
	ret = lock_without_vfs(t);
	if (ret)
		return ret;
	ret = t->method.vfio->enable_vfio(t->pdev);
	if (!ret) {
		guard(spinlock)(&p->lock);
		swap(p->method, t->method);
	}
	personality_bound_driver_unlock(t->pdev);

	if (ret && ret != -EOPNOTSUPP)
		return fail(t, ret,
			    "driver %s could not enter its VFIO personality; dmesg may say why",
			    t->from->name);
	return ret;
}

static int disable_by_method(struct transition *t)
{
	struct personality *p = t->p;
	int ret;

	stage(t, PERSONALITY_METHOD);
	ret = lock_without_vfs(t);
	if (ret)
		return ret;
	/* Unbound and bound again meanwhile, it is not in VFIO any more */
	ret = p->method.vfio ? p->method.vfio->disable_vfio(t->pdev) : 0;
	if (!personality_vfio_present(t->pdev, NULL, 0)) {
		guard(spinlock)(&p->lock);
		swap(p->method, t->method);
	}
	personality_bound_driver_unlock(t->pdev);

	if (ret == -EBUSY)
		return fail(t, ret,
			    "a VFIO user owns the function or its IOMMU group; stop that program or virtual machine first; if there is none, dmesg may say what the driver lacks");
	if (ret)
		return fail(t, ret,
			    "driver %s could not leave its VFIO personality; dmesg may say why",
			    t->from->name);
	return 0;
}

static int enable_by_rebind(struct transition *t, const char *wanted,
			    const struct personality_origin *origin)
{
	int ret;

	stage(t, PERSONALITY_LOAD);
	ret = find_vfio_driver(t, wanted);
	if (ret)
		return ret;

	stage(t, PERSONALITY_UNBIND);
	ret = personality_override_lend(t->pdev, &t->override, t->to->name,
					t->from ? t->from->name : NULL);
	if (ret)
		return fail_memory(t);
	if (t->from)
		personality_unbind(t->pdev);
	scoped_guard(spinlock, &t->p->lock)
		t->p->origin = *origin;

	stage(t, PERSONALITY_BIND);
	ret = bind_vfio(t, t->to);
	if (ret) {
		stage(t, PERSONALITY_ROLLBACK);
		personality_override_turn(t->pdev, &t->override);
		if (t->from && personality_bind(t->pdev, t->from))
			set_broken(t, t->from->name);
		set_runtime_auto(t->pdev, origin->runtime_auto);
	}
	personality_override_return(t->pdev, &t->override);
	return ret;
}

static int to_vfio(struct transition *t)
{
	struct personality_origin origin;
	char wanted[PERSONALITY_NAME_LEN];
	int ret;

	if (is_bridge(t->pdev))
		return fail(t, -EOPNOTSUPP, "it is a bridge, which has no VFIO personality");
	ret = get_without_vfs(t);
	if (ret)
		return ret;
	ret = remember_origin(t, &origin);
	if (ret)
		return ret;

	scoped_guard(spinlock, &t->p->lock) {
		strscpy(wanted, t->p->vfio_driver);
		/* From broken, 0 shall still lead where the function came from */
		if (t->p->broken && t->p->origin.known && !t->from)
			origin = t->p->origin;
	}

	stage(t, PERSONALITY_LOAD);
	ret = -EOPNOTSUPP;
	if (!strcmp(wanted, "auto") || !strcmp(wanted, "bound"))
		ret = enable_by_method(t);
	if (ret == -EOPNOTSUPP)
		ret = enable_by_rebind(t, wanted, &origin);
	if (!ret)
		warn_of_native_sibling(t);
	return ret;
}

/* Unknown origin: someone else bound the VFIO driver. Do as the kernel does */
static int find_usual_driver(struct transition *t)
{
	int ret;

	personality_load_native(t->pdev);

	/* An override that names the VFIO driver came with it and goes with it */
	ret = personality_override_lend(t->pdev, &t->override, NULL, NULL);
	if (ret)
		return fail_memory(t);
	t->to = t->override.saved ?
		personality_driver_find(t->override.saved) : NULL;
	if (!t->to || to_pci_driver(t->to)->driver_managed_dma) {
		personality_driver_put(t->to);
		t->to = personality_match_native(t->pdev);
	}
	personality_override_return(t->pdev, &t->override);
	return 0;
}

static int find_native_driver(struct transition *t,
			      const struct personality_origin *origin)
{
	/* Broken with a driver bound: bind that driver anew */
	if (t->from && t->report.from == PERSONALITY_BROKEN) {
		__module_get(t->from->owner);
		t->to = t->from;
		return 0;
	}
	if (!origin->known)
		return find_usual_driver(t);
	if (!origin->driver[0])
		return 0;

	t->to = find_or_load_driver(origin->driver, origin->module[0] ?
				    origin->module : origin->driver);
	t->missing = !t->to;
	return 0;
}

static int fail_held(struct transition *t)
{
	return fail(t, -EBUSY,
		    "a VFIO user holds the function; stop that program or virtual machine first");
}

static int check_users(struct transition *t)
{
	return personality_vfio_held(t->pdev) ? fail_held(t) : 0;
}

/* After this no user can get at the function any more */
static int shut_users_out(struct transition *t)
{
	int ret = personality_group_shut(t->group, t->p);

	if (ret == -ENODEV)
		return fail(t, ret, "the function has been removed");
	/* A function that gets no driver does not care who owns its group */
	if (ret && t->to)
		return fail(t, ret,
			    "a VFIO user owns the IOMMU group; stop that program or virtual machine first");
	ret = pci_personality_exclude_users(t->pdev);
	return ret ? fail_held(t) : 0;
}

static int to_native(struct transition *t)
{
	struct personality_origin origin;
	int ret;

	scoped_guard(spinlock, &t->p->lock)
		origin = t->p->origin;

	ret = check_users(t);
	if (ret)
		return ret;
	ret = get_without_vfs(t);
	if (ret)
		return ret;

	if (t->p->method.vfio)
		return disable_by_method(t);

	stage(t, PERSONALITY_LOAD);
	ret = find_native_driver(t, &origin);
	if (ret)
		return ret;

	stage(t, PERSONALITY_CHECK);
	ret = shut_users_out(t);
	if (ret)
		goto out_open;

	stage(t, PERSONALITY_UNBIND);
	ret = personality_override_lend(t->pdev, &t->override,
					t->to ? t->to->name : NULL,
					t->from ? t->from->name : NULL);
	if (ret) {
		fail_memory(t);
		goto out_open;
	}
	if (t->from)
		personality_unbind(t->pdev);
	personality_group_open(t->group, t->p);

	stage(t, PERSONALITY_BIND);
	ret = t->to ? personality_bind(t->pdev, t->to) : 0;
	if (ret)
		goto out_rollback;

	if (origin.known)
		set_runtime_auto(t->pdev, origin.runtime_auto);
	if (origin.known || !t->from)
		personality_override_return(t->pdev, &t->override);
	else
		personality_override_drop(t->pdev, &t->override, t->from->name);
	scoped_guard(spinlock, &t->p->lock)
		t->p->origin.known = false;
	if (t->missing)
		return fail(t, -ENOENT,
			    "driver %s is gone and its module cannot be loaded; the function has no driver now",
			    origin.driver);
	return 0;

out_rollback:
	fail(t, ret, "driver %s refused the function; dmesg may say why",
	     t->to->name);
	stage(t, PERSONALITY_ROLLBACK);
	personality_override_turn(t->pdev, &t->override);
	if (!t->from || t->from == t->to || bind_vfio(t, t->from))
		set_broken(t, t->from ? t->from->name : t->to->name);
	personality_override_return(t->pdev, &t->override);
	return ret;

out_open:
	personality_admit_users(t->p);
	personality_group_open(t->group, t->p);
	return ret;
}

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

static int run(struct transition *t)
{
	struct personality *p = t->p;
	int ret;

	t->report.from = personality_state(p);
	scoped_guard(spinlock, &p->lock)
		p->switching = true;
	ret = t->report.to_vfio ? to_vfio(t) : to_native(t);
	scoped_guard(spinlock, &p->lock) {
		p->switching = false;
		if (!ret)
			p->broken = false;
	}
	/* What was not there may be installed before the next try */
	if (ret)
		personality_load_forget();

	personality_method_put(&t->method);
	personality_driver_put(t->from);
	personality_driver_put(t->to);

	/* Whatever the core said of a function that went away meanwhile */
	if (ret && !device_is_registered(&t->pdev->dev))
		return -ENODEV;
	return ret;
}

static int fail_group(struct transition *t, int error)
{
	if (error == -ENOMEM)
		return fail_memory(t);
	/* One that is removed leaves its group before it loses its attributes */
	scoped_guard(mutex, &t->p->attr_lock) {
		if (t->p->leaving)
			return fail_bound_driver(t, -ENODEV);
	}
	return fail(t, error,
		    "it is in no IOMMU group; switch the IOMMU on in the firmware and on the kernel command line");
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
 * -EOPNOTSUPP: no IOMMU group, or a bridge, or what vfio_driver demands;
 * -ENOENT: no such driver, see also below;
 * -ENODEV: the function is gone, or the driver is none for VFIO;
 * -EINTR: a signal came before anything was done;
 * or what a driver's probe returned.
 * Not as it was: after -ENOENT on the way back the function is unbound, and if
 * the roll-back fails it is broken.
 */
int personality_switch(struct personality *p, bool to_vfio)
{
	struct transition t = { .p = p, .pdev = p->pdev };
	int ret = 0;

	personality_report_start(&t.report, p, to_vfio);
	t.group = personality_group_get(t.pdev);
	if (IS_ERR(t.group)) {
		if (holds_already(p, to_vfio))
			return 0;
		ret = fail_group(&t, PTR_ERR(t.group));
		personality_report_end(&t.report);
		return ret;
	}

	ret = personality_group_lock(t.group);
	if (ret)
		goto out_put;
	if (!holds_already(p, to_vfio)) {
		ret = run(&t);
		personality_report_end(&t.report);
	}
	personality_group_unlock(t.group);
out_put:
	personality_group_put(t.group);
	return ret;
}
