// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: transitions by unbinding a driver and binding another.
 *
 * May touch: which driver is bound, through rebind.c. All drivers that could be needed
 * are found, loaded and pinned before the first side effect; from then on every failure
 * is rolled back. What somebody else binds meanwhile stays bound.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>

#include "transition.h"

static void set_runtime_auto(struct pci_dev *pdev, bool runtime_auto)
{
	if (runtime_auto)
		pm_runtime_allow(&pdev->dev);
	else
		pm_runtime_forbid(&pdev->dev);
}

static int fail_bind(struct transition *t, int error,
		     const struct device_driver *drv)
{
	switch (error) {
	case -EBUSY:
		return fail(t, error,
			    "another driver was bound, or driver_override was written, before driver %s could be bound",
			    drv->name);
	case -EAGAIN:
		return fail(t, error,
			    "driver %s could not be bound yet: the kernel is not through with adding the function, or waits for what the driver needs; try again",
			    drv->name);
	default:
		return fail(t, error,
			    "driver %s refused the function; dmesg may say why",
			    drv->name);
	}
}

static int fail_unbind(struct transition *t, int error)
{
	if (error == -ENOMEM)
		return fail_memory(t);
	return transition_fail_bound_driver(t, error);
}

static void set_broken(struct transition *t, const char *driver)
{
	/* What has been pulled out is not broken, nor what somebody else has bound */
	if (personality_end_unbound(t->p, true))
		pci_err(t->pdev,
			"driver %s could not be bound again; the function has none now, bind one by hand\n",
			driver);
}

static struct device_driver *first(struct transition *t)
{
	return t->to.count ? t->to.driver[0] : NULL;
}

static void set_first(struct transition *t, struct device_driver *drv)
{
	t->to.driver[0] = drv;
	t->to.count = drv ? 1 : 0;
}

static int fail_unbound_since(struct transition *t, const struct device_driver *drv)
{
	return fail(t, -EBUSY,
		    "driver %s was bound, and somebody has unbound it again", drv->name);
}

/* A VFIO driver that is bound must have registered a vfio_device */
static int expect_vfio(struct transition *t, struct device_driver *drv)
{
	int vfio = personality_look_bound(t->pdev, drv);

	if (vfio < 0)
		return fail_unbound_since(t, drv);
	if (vfio)
		return 0;
	personality_unbind(t->p, drv, &t->override, NULL, NULL);
	return fail(t, -ENODEV,
		    "driver %s registers no VFIO device; write another to personality/vfio_driver",
		    drv->name);
}

static int bind_vfio(struct transition *t, struct device_driver *drv)
{
	int ret = personality_bind(t->pdev, drv, &t->override);

	return ret ? fail_bind(t, ret, drv) : expect_vfio(t, drv);
}

static int fail_no_driver(struct transition *t, const char *name)
{
	if (!personality_may_load_named())
		return fail(t, -ENOENT,
			    "driver %s is not loaded, and to load a module by its name takes CAP_SYS_MODULE; load it first, or write another to personality/vfio_driver",
			    name);
	return fail(t, -ENOENT,
		    "there is no driver %s; load its module, or write another to personality/vfio_driver",
		    name);
}

static int find_named_vfio_driver(struct transition *t, const char *wanted)
{
	struct device_driver *drv = personality_driver_find(wanted);

	if (!drv) {
		personality_load_vfio(t->pdev);
		drv = personality_driver_find(wanted);
	}
	if (!drv) {
		personality_load_named(wanted);
		drv = personality_driver_find(wanted);
	}
	if (!drv)
		return fail_no_driver(t, wanted);
	set_first(t, drv);
	/* VFIO cannot have a group while a driver uses the kernel's DMA domain */
	if (drv == t->from || !to_pci_driver(drv)->driver_managed_dma)
		return fail(t, -ENODEV,
			    "driver %s is not one for VFIO; write another to personality/vfio_driver",
			    wanted);
	return 0;
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
	if (strcmp(wanted, "auto"))
		return find_named_vfio_driver(t, wanted);

	personality_load_vfio(t->pdev);
	set_first(t, personality_match_vfio(t->pdev));
	if (!first(t))
		return fail(t, -ENOENT,
			    "no VFIO driver could be loaded; is vfio-pci installed?");
	return 0;
}

/* A driver that its author lets nobody unbind */
static int check_unbindable(struct transition *t)
{
	if (t->from && t->from->suppress_bind_attrs)
		return fail(t, -EOPNOTSUPP,
			    "driver %s does not allow that it is unbound (suppress_bind_attrs)",
			    t->from->name);
	return 0;
}

/* Under device_lock, the last moment in which the transition can end unnoticed */
static int look_for_vfs(void *data)
{
	return transition_check_vfs(data);
}

/**
 * transition_enable_by_rebind() - into VFIO by another driver
 * @t: the transition
 * @wanted: what the user wants: "auto", "bound" or a driver's name
 * @origin: where 0 shall lead
 *
 * Context: the group's lock held; device_lock not.
 * Return: 0 or a negative errno, reported.
 */
int transition_enable_by_rebind(struct transition *t, const char *wanted,
				const struct personality_origin *origin)
{
	int ret;

	ret = check_unbindable(t) ?: find_vfio_driver(t, wanted) ?:
	      transition_load_backend(t);
	if (ret)
		return ret;
	if (personality_override_alloc(&t->override))
		return fail_memory(t);

	stage(t, PERSONALITY_UNBIND);
	ret = personality_unbind(t->p, t->from, &t->override, look_for_vfs, t);
	if (ret) {
		fail_unbind(t, ret);
		goto out_return;
	}
	scoped_guard(spinlock, &t->p->lock)
		t->p->origin = *origin;

	stage(t, PERSONALITY_BIND);
	ret = bind_vfio(t, first(t));
	if (!ret)
		goto out_return;

	stage(t, PERSONALITY_ROLLBACK);
	if (t->from &&
	    personality_bind_again(t->pdev, t->from, &t->override))
		set_broken(t, t->from->name);
	set_runtime_auto(t->pdev, origin->runtime_auto);
	/* Only who has no driver still wants to go back */
	personality_end_unbound(t->p, false);
out_return:
	personality_override_return(t->pdev, &t->override);
	return ret;
}

static void match_native(struct pci_dev *pdev, void *data)
{
	personality_match_native(pdev, data);
}

/*
 * Unknown origin: someone else bound the VFIO driver. Do as the kernel does, but for its
 * VFIO drivers: a driver_override that names one came with it and goes with it. Any
 * other is the user's wish, and nothing else will do.
 */
static int find_usual_drivers(struct transition *t)
{
	char override[PERSONALITY_NAME_LEN];
	struct device_driver *drv;
	bool fits;

	personality_load_native(t->pdev);

	fits = personality_override_read(t->pdev, override);
	if (!override[0]) {
		personality_override_ignore(t->pdev, match_native, &t->to);
		return 0;
	}
	drv = fits ? personality_driver_find(override) : NULL;
	if (!drv && fits) {
		personality_load_named(override);
		drv = personality_driver_find(override);
	}
	if (!drv)
		return fail(t, -ENOENT,
			    "driver_override names %s, which is no driver that is loaded%s; load its module, or clear driver_override",
			    override, personality_may_load_named() ? "" :
			    ", and to load a module by its name takes CAP_SYS_MODULE");
	if (drv == t->from || personality_driver_is_vfio(drv)) {
		personality_driver_put(drv);
		personality_override_ignore(t->pdev, match_native, &t->to);
	} else {
		set_first(t, drv);
	}
	return 0;
}

/* The driver that was there before: its module may have gone meanwhile */
static struct device_driver *find_or_load_native(struct transition *t,
						 const char *name,
						 const char *module)
{
	struct device_driver *drv = personality_driver_find(name);

	if (drv)
		return drv;
	personality_load_native(t->pdev);
	drv = personality_driver_find(name);
	if (drv)
		return drv;
	personality_load_named(module);
	return personality_driver_find(name);
}

static int find_native_drivers(struct transition *t,
			       const struct personality_origin *origin)
{
	/* Broken with a driver bound: bind that driver anew */
	if (t->from && t->report.from == PERSONALITY_BROKEN) {
		__module_get(t->from->owner);
		set_first(t, t->from);
		return 0;
	}
	if (!origin->known)
		return find_usual_drivers(t);
	if (!origin->driver[0])
		return 0;

	set_first(t, find_or_load_native(t, origin->driver, origin->module[0] ?
					 origin->module : origin->driver));
	t->missing = !first(t);
	return 0;
}

/* After this no user can get at the function any more */
static int shut_users_out(struct transition *t)
{
	int ret = personality_group_shut(t->group, t->p);

	if (ret == -ENODEV)
		return fail(t, ret, "the function has been removed");
	if (ret == -ENOMEM)
		return fail_memory(t);
	/* A function that gets no driver does not care who owns its group */
	if (ret && first(t))
		return fail(t, ret,
			    "a VFIO user owns the IOMMU group; stop that program or virtual machine first");
	return 0;
}

/* Under device_lock: neither VFs nor users may have come since the modules were loaded */
static int look_for_vfs_and_users(void *data)
{
	struct transition *t = data;
	int ret = transition_check_vfs(t);

	if (ret)
		return ret;
	return pci_personality_exclude_users(t->pdev) ?
	       transition_fail_held(t) : 0;
}

/* The first that takes it, as the kernel does; as it does, end where another is bound */
static int bind_native(struct transition *t)
{
	struct device_driver *drv = NULL;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < t->to.count; i++) {
		drv = t->to.driver[i];
		ret = personality_bind(t->pdev, drv, &t->override);
		if (!ret || ret == -EBUSY || ret == -EAGAIN)
			break;
	}
	if (ret)
		return fail_bind(t, ret, drv);
	if (!drv)
		return 0;
	ret = personality_look_bound(t->pdev, drv);
	if (ret < 0)
		return fail_unbound_since(t, drv);
	if (ret)
		return fail(t, -EIO,
			    "driver %s has registered a VFIO device; bind another by hand",
			    drv->name);
	return 0;
}

static void roll_back_to_vfio(struct transition *t)
{
	struct device_driver *from = t->from;

	stage(t, PERSONALITY_ROLLBACK);
	if (!from || personality_bind_again(t->pdev, from, &t->override) ||
	    (t->report.from != PERSONALITY_BROKEN && expect_vfio(t, from)))
		set_broken(t, from ? from->name : first(t)->name);
}

/**
 * transition_disable_by_rebind() - out of VFIO, or out of broken, by another driver
 * @t: the transition
 *
 * Context: the group's lock held; device_lock not.
 * Return: 0 or a negative errno, reported.
 */
int transition_disable_by_rebind(struct transition *t)
{
	struct personality_origin origin;
	int ret;

	scoped_guard(spinlock, &t->p->lock)
		origin = t->p->origin;
	ret = check_unbindable(t) ?: find_native_drivers(t, &origin);
	if (ret)
		return ret;
	if (personality_override_alloc(&t->override))
		return fail_memory(t);

	stage(t, PERSONALITY_CHECK);
	ret = shut_users_out(t);
	if (ret)
		goto out_open;

	stage(t, PERSONALITY_UNBIND);
	ret = personality_unbind(t->p, t->from, &t->override,
				 look_for_vfs_and_users, t);
	if (ret) {
		fail_unbind(t, ret);
		goto out_open;
	}
	personality_group_open(t->group, t->p);

	stage(t, PERSONALITY_BIND);
	ret = bind_native(t);
	if (ret) {
		roll_back_to_vfio(t);
		personality_override_return(t->pdev, &t->override);
		return ret;
	}

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

out_open:
	personality_admit_users(t->p);
	personality_group_open(t->group, t->p);
	personality_override_return(t->pdev, &t->override);
	return ret;
}
