// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: unbind a driver and bind another, as one step.
 *
 * May touch: which driver is bound, through rebind.c. All drivers that could be needed
 * are found, loaded and pinned before the first side effect; from then on every failure
 * is rolled back. What somebody else binds meanwhile stays bound.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>

#include "internal.h"

/**
 * struct swap - a rebinding under way
 * @r: as it was asked for
 * @sf: the function
 * @pdev: the same
 * @from: the driver bound at the start, pinned, NULL if none
 * @to: the drivers to bind, pinned, the first that takes the function; none if it shall
 *	have none
 * @missing: the driver to go back to cannot be had
 * @override: the user's driver_override while ours steers
 */
struct swap {
	struct stock_rebind *r;
	struct stock_function *sf;
	struct pci_dev *pdev;
	struct device_driver *from;
	struct stock_drivers to;
	bool missing;
	struct stock_override override;
};

static __printf(3, 4) int fail(struct swap *t, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	error = t->r->ops->fail(t->r, error, fmt, args);
	va_end(args);
	return error;
}

static int fail_memory(struct swap *t)
{
	return fail(t, -ENOMEM, "out of memory; try again");
}

static void stage(struct swap *t, enum stock_stage stage)
{
	t->r->ops->stage(t->r, stage);
}

static void set_runtime_auto(struct pci_dev *pdev, bool runtime_auto)
{
	if (runtime_auto)
		pm_runtime_allow(&pdev->dev);
	else
		pm_runtime_forbid(&pdev->dev);
}

static int fail_bind(struct swap *t, int error,
		     const struct device_driver *drv)
{
	if (error == -EBUSY && stock_was_forestalled(t->sf, &t->override))
		return fail(t, error,
			    "another driver was bound, or driver_override was written, before driver %s could be bound",
			    drv->name);
	if (error == -EAGAIN)
		return fail(t, error,
			    "driver %s could not be bound yet: the kernel is not through with adding the function, or waits for what the driver needs; try again",
			    drv->name);
	return fail(t, error, "driver %s refused the function; dmesg may say why",
		    drv->name);
}

static int fail_unbind(struct swap *t, int error)
{
	if (error == -ENOMEM)
		return fail_memory(t);
	return t->r->ops->fail_bound_driver(t->r, error);
}

/*
 * Where a rebinding ends that was not successful. One that somebody else has bound is
 * neither broken nor on its way back.
 */
static bool end_unbound(struct swap *t, bool broken)
{
	bool unbound;

	device_lock(&t->pdev->dev);
	unbound = stock_is_unbound(t->sf);
	t->r->ops->ended(t->r, unbound, broken);
	device_unlock(&t->pdev->dev);
	return unbound;
}

static void set_broken(struct swap *t, const char *driver)
{
	/* What has been pulled out is not broken, nor what somebody else has bound */
	if (end_unbound(t, true))
		pci_err(t->pdev,
			"driver %s could not be bound again; the function has none now, bind one by hand\n",
			driver);
}

static struct device_driver *first(struct swap *t)
{
	return t->to.count ? t->to.driver[0] : NULL;
}

static void set_first(struct swap *t, struct device_driver *drv)
{
	t->to.driver[0] = drv;
	t->to.count = drv ? 1 : 0;
}

static int fail_unbound_since(struct swap *t, const struct device_driver *drv)
{
	return fail(t, -EBUSY,
		    "driver %s was bound, and somebody has unbound it again", drv->name);
}

/* A VFIO driver that is bound must have registered a vfio_device */
static int expect_vfio(struct swap *t, struct device_driver *drv)
{
	int vfio = stock_look_bound(t->pdev, drv);

	if (vfio < 0)
		return fail_unbound_since(t, drv);
	if (vfio)
		return 0;
	stock_unbind(t->sf, drv, &t->override, NULL, NULL);
	return fail(t, -ENODEV,
		    "driver %s registers no VFIO device; write another to personality/vfio_driver",
		    drv->name);
}

static int bind_vfio(struct swap *t, struct device_driver *drv)
{
	int ret = stock_bind(t->pdev, drv, &t->override);

	return ret ? fail_bind(t, ret, drv) : expect_vfio(t, drv);
}

static int fail_no_driver(struct swap *t, const char *name)
{
	if (!stock_may_load_named())
		return fail(t, -ENOENT,
			    "driver %s is not loaded, and to load a module by its name takes CAP_SYS_MODULE; load it first, or write another to personality/vfio_driver",
			    name);
	return fail(t, -ENOENT,
		    "there is no driver %s; load its module, or write another to personality/vfio_driver",
		    name);
}

static int find_named_vfio_driver(struct swap *t, const char *wanted)
{
	struct device_driver *drv = stock_driver_find(wanted);

	if (!drv) {
		stock_load_vfio(t->pdev);
		drv = stock_driver_find(wanted);
	}
	if (!drv) {
		stock_load_named(wanted);
		drv = stock_driver_find(wanted);
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

static int find_vfio_driver(struct swap *t, const char *wanted)
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

	stock_load_vfio(t->pdev);
	set_first(t, stock_match_vfio(t->pdev));
	if (!first(t))
		return fail(t, -ENOENT,
			    "no VFIO driver could be loaded; is vfio-pci installed?");
	return 0;
}

/* A driver that its author lets nobody unbind */
static int check_unbindable(struct swap *t)
{
	if (t->from && t->from->suppress_bind_attrs)
		return fail(t, -EOPNOTSUPP,
			    "driver %s does not allow that it is unbound (suppress_bind_attrs)",
			    t->from->name);
	return 0;
}

/* Under device_lock, the last moment in which the transition can end unnoticed */
static int look(void *data)
{
	struct swap *t = data;

	return t->r->ops->look(t->r);
}

static int to_vfio(struct swap *t)
{
	int ret;

	ret = check_unbindable(t) ?: find_vfio_driver(t, t->r->wanted) ?:
	      t->r->ops->prepare(t->r);
	if (ret)
		return ret;
	if (stock_override_alloc(&t->override))
		return fail_memory(t);

	stage(t, STOCK_UNBIND);
	ret = stock_unbind(t->sf, t->from, &t->override, look, t);
	if (ret) {
		fail_unbind(t, ret);
		goto out_return;
	}
	t->r->ops->left(t->r);

	stage(t, STOCK_BIND);
	ret = bind_vfio(t, first(t));
	if (!ret) {
		stock_display_take(t->pdev);
		goto out_return;
	}

	stage(t, STOCK_ROLLBACK);
	if (t->from && stock_bind_again(t->pdev, t->from, &t->override))
		set_broken(t, t->from->name);
	set_runtime_auto(t->pdev, t->r->origin->runtime_auto);
	/* Only who has no driver still wants to go back */
	end_unbound(t, false);
out_return:
	stock_override_return(t->pdev, &t->override);
	return ret;
}

static struct swap swap_of(struct stock_rebind *r)
{
	return (struct swap) {
		.r = r,
		.sf = r->sf,
		.pdev = r->sf->pdev,
		.from = r->from,
	};
}

int stock_rebind_to_vfio(struct stock_rebind *r)
{
	struct swap t = swap_of(r);
	int ret = to_vfio(&t);

	stock_drivers_put(&t.to);
	return ret;
}

static void match_native(struct pci_dev *pdev, void *data)
{
	stock_match_native(pdev, data);
}

/*
 * Unknown origin: someone else bound the VFIO driver. Do as the kernel does, but for its
 * VFIO drivers: a driver_override that names one came with it and goes with it. Any
 * other is the user's wish, and nothing else will do.
 */
static int find_usual_drivers(struct swap *t)
{
	char override[PERSONALITY_NAME_LEN];
	struct device_driver *drv;
	bool fits;

	stock_load_native(t->pdev);

	fits = stock_override_read(t->pdev, override);
	if (!override[0]) {
		stock_override_ignore(t->pdev, match_native, &t->to);
		return 0;
	}
	drv = fits ? stock_driver_find(override) : NULL;
	if (!drv && fits) {
		stock_load_named(override);
		drv = stock_driver_find(override);
	}
	if (!drv)
		return fail(t, -ENOENT,
			    "driver_override names %s, which is no driver that is loaded%s; load its module, or clear driver_override",
			    override, stock_may_load_named() ? "" :
			    ", and to load a module by its name takes CAP_SYS_MODULE");
	if (drv == t->from || stock_driver_is_vfio(drv)) {
		stock_driver_put(drv);
		stock_override_ignore(t->pdev, match_native, &t->to);
	} else {
		set_first(t, drv);
	}
	return 0;
}

/* The driver that was there before: its module may have gone meanwhile */
static struct device_driver *find_or_load_native(struct swap *t,
						 const char *name,
						 const char *module)
{
	struct device_driver *drv = stock_driver_find(name);

	if (drv)
		return drv;
	stock_load_native(t->pdev);
	drv = stock_driver_find(name);
	if (drv)
		return drv;
	stock_load_named(module);
	return stock_driver_find(name);
}

static int find_native_drivers(struct swap *t,
			       const struct stock_origin *origin)
{
	/* Broken with a driver bound: bind that driver anew */
	if (t->from && t->r->broken) {
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
static int shut_users_out(struct swap *t)
{
	int ret = stock_group_shut(t->r->group, t->sf);

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
static int look_for_users(void *data)
{
	struct swap *t = data;
	int ret = look(t);

	if (ret)
		return ret;
	return pci_personality_exclude_users(t->pdev) ? t->r->ops->fail_held(t->r) : 0;
}

/* The first that takes it, as the kernel does; as it does, end where another is bound */
static int bind_native(struct swap *t)
{
	struct device_driver *drv = NULL;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < t->to.count; i++) {
		drv = t->to.driver[i];
		ret = stock_bind(t->pdev, drv, &t->override);
		if (!ret || ret == -EBUSY || ret == -EAGAIN)
			break;
	}
	if (ret)
		return fail_bind(t, ret, drv);
	if (!drv)
		return 0;
	ret = stock_look_bound(t->pdev, drv);
	if (ret < 0)
		return fail_unbound_since(t, drv);
	if (ret)
		return fail(t, -EIO,
			    "driver %s has registered a VFIO device; bind another by hand",
			    drv->name);
	return 0;
}

static void roll_back_to_vfio(struct swap *t)
{
	struct device_driver *from = t->from;

	stage(t, STOCK_ROLLBACK);
	if (!from || stock_bind_again(t->pdev, from, &t->override) ||
	    (!t->r->broken && expect_vfio(t, from)))
		set_broken(t, from ? from->name : first(t)->name);
}

static int to_native(struct swap *t)
{
	const struct stock_origin *origin = t->r->origin;
	int ret;

	ret = check_unbindable(t) ?: find_native_drivers(t, origin);
	if (ret)
		return ret;
	if (stock_override_alloc(&t->override))
		return fail_memory(t);

	stage(t, STOCK_CHECK);
	ret = shut_users_out(t);
	if (ret)
		goto out_open;

	stage(t, STOCK_UNBIND);
	ret = stock_unbind(t->sf, t->from, &t->override, look_for_users, t);
	if (ret) {
		fail_unbind(t, ret);
		goto out_open;
	}
	stock_group_open(t->r->group, t->sf);

	stage(t, STOCK_BIND);
	ret = bind_native(t);
	if (ret) {
		roll_back_to_vfio(t);
		stock_override_return(t->pdev, &t->override);
		return ret;
	}

	if (origin->known)
		set_runtime_auto(t->pdev, origin->runtime_auto);
	if (origin->known || !t->from)
		stock_override_return(t->pdev, &t->override);
	else
		stock_override_drop(t->pdev, &t->override, t->from->name);
	if (t->missing)
		return fail(t, -ENOENT,
			    "driver %s is gone and its module cannot be loaded; the function has no driver now",
			    origin->driver);
	return 0;

out_open:
	stock_admit_users(t->sf);
	stock_group_open(t->r->group, t->sf);
	stock_override_return(t->pdev, &t->override);
	return ret;
}

int stock_rebind_to_native(struct stock_rebind *r)
{
	struct swap t = swap_of(r);
	int ret = to_native(&t);

	stock_drivers_put(&t.to);
	return ret;
}
