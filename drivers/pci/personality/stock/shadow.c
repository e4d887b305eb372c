// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: the shadow of a bound driver.
 *
 * May touch: drvdata and pdev->driver of a function whose driver stays bound
 * while it is in another personality, and dev->driver for as long as said below.
 * No other file does.
 *
 * The PCI core calls a driver through pdev->driver: remove, shutdown, error and
 * reset callbacks, sriov_configure. While the function is in another
 * personality, its drvdata is not the driver's, and none of these may reach it.
 * So pdev->driver points to a shadow then, a driver that has the personality's
 * callbacks and none besides: a callback that is not named here cannot be called.
 * dev->driver stays: unbind compares it, the driver core's lists depend on it. What
 * is called through dev->driver, power management, is what shim.c is for; a driver
 * with callbacks that nobody can stand before is refused.
 *
 * The kernel reads pdev->driver without a lock, in /proc/bus/pci/devices for one, and
 * then its name. So a function keeps the memory of its shadow for good, and what is
 * given back at last waits for whoever may have been preempted while he looked.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pci-personality.h>
#include <linux/pm_runtime.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include <compat/driver_callbacks.h>

#include "internal.h"

/**
 * struct stock_shadow - what stands in for a bound driver
 * @role: whose it is
 * @retired: in @retired, when the function is gone
 * @driver: what the PCI core sees
 * @name: @driver's; the driver may be gone when somebody reads it
 * @pinned: this module cannot be unloaded
 * @native: what it would see otherwise
 * @native_drvdata: drvdata of the latter
 * @hidden: the stubs are there, the driver's attributes are not
 * @stubs: empty groups in place of the driver's named attribute groups, which
 *	the driver core removes by name when the driver is unbound
 * @stub_list: the same for sysfs, with a NULL at the end
 */
struct stock_shadow {
	struct stock_role role;
	struct list_head retired;
	struct pci_driver driver;
	char name[PERSONALITY_NAME_LEN];
	bool pinned;
	struct pci_driver *native;
	void *native_drvdata;
	bool hidden;
	struct attribute_group *stubs;
	const struct attribute_group **stub_list;
};

static struct attribute *no_attrs[] = { NULL };

static void shadow_remove(struct pci_dev *pdev);

static struct stock_shadow *shadow_by(struct stock_role *role)
{
	return container_of(role, struct stock_shadow, role);
}

static struct stock_shadow *shadow_prepared(struct pci_dev *pdev)
{
	return shadow_by(stock_role_prepared(pdev));
}

/* The shadow in place, if any. Safe where the driver itself could be called */
static struct stock_shadow *shadow_of(struct pci_dev *pdev)
{
	struct pci_driver *driver = READ_ONCE(pdev->driver);

	if (!driver || driver->remove != shadow_remove)
		return NULL;
	return container_of(driver, struct stock_shadow, driver);
}

void *pci_personality_get_drvdata(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_of(pdev);

	return shadow ? shadow->native_drvdata : pci_get_drvdata(pdev);
}
EXPORT_SYMBOL_GPL(pci_personality_get_drvdata);

/**
 * stock_shadow_pm() - whose power management a function needs now
 * @pdev: the function, bound
 * @native: set to the struct pci_driver that is bound
 *
 * Context: any; from a power management callback.
 * Return: the callbacks of the personality, NULL if it has none or if there is
 * no shadow in place; *@native is NULL in the first case.
 */
const struct dev_pm_ops *stock_shadow_pm(struct pci_dev *pdev,
					 struct pci_driver **native)
{
	struct stock_shadow *shadow = shadow_of(pdev);

	if (shadow && READ_ONCE(shadow->role.prepared)) {
		*native = NULL;
		return shadow->driver.driver.pm;
	}
	*native = shadow ? shadow->native : READ_ONCE(pdev->driver);
	return NULL;
}

static int stubs_create(struct stock_shadow *shadow, struct device *dev)
{
	const struct attribute_group * const *groups = dev->driver->dev_groups;
	size_t n = 0, named = 0;

	while (groups && groups[n])
		n++;
	shadow->stubs = kcalloc(n + 1, sizeof(*shadow->stubs), GFP_KERNEL);
	shadow->stub_list = kcalloc(n + 1, sizeof(*shadow->stub_list),
				    GFP_KERNEL);
	if (!shadow->stubs || !shadow->stub_list)
		return -ENOMEM;

	for (; n; n--) {
		if (!groups[n - 1]->name)
			continue;
		shadow->stubs[named].name = groups[n - 1]->name;
		shadow->stubs[named].attrs = no_attrs;
		shadow->stub_list[named] = &shadow->stubs[named];
		named++;
	}
	return 0;
}

/* Take the driver's attributes out of sysfs, which would find foreign drvdata */
static int hide_attrs(struct stock_shadow *shadow, struct device *dev)
{
	int ret;

	sysfs_remove_groups(&dev->kobj, dev->driver->dev_groups);
	ret = sysfs_create_groups(&dev->kobj, shadow->stub_list);
	shadow->hidden = !ret;
	return ret;
}

int stock_shadow_reserve(struct stock_function *sf)
{
	struct stock_shadow *shadow;

	pci_personality_assert_locked(sf->pdev);
	if (sf->role)
		return 0;
	shadow = kzalloc(sizeof(*shadow), GFP_KERNEL);
	if (!shadow)
		return -ENOMEM;
	shadow->driver.name = shadow->name;
	shadow->driver.driver.name = shadow->name;
	shadow->driver.driver.bus = &pci_bus_type;
	shadow->driver.remove = shadow_remove;
	sf->role = &shadow->role;
	return 0;
}

/*
 * A driver that has nothing but what identifies it, and what the caller adds. The driver
 * core sees it as the bound one for moments, when it is registered and when an unbind
 * ends. Who still looks at what it was before finds a name in any case.
 */
static void shadow_build(struct stock_shadow *shadow,
			 struct pci_driver *native)
{
	struct pci_driver *driver = &shadow->driver;

	strscpy(shadow->name, native->name);
	shadow->native = native;
	driver->id_table = native->id_table;
	driver->shutdown = NULL;
	driver->driver.owner = native->driver.owner;
	driver->driver.p = native->driver.p;
	compat_driver_keep_callbacks(&driver->driver, &native->driver);
}

/* What the core points to must not be unloaded */
static void shadow_pin(struct stock_shadow *shadow)
{
	__module_get(THIS_MODULE);
	shadow->pinned = true;
}

/* But for the end of a probe that is undone, see stock_shadow_end() */
static void shadow_unpin(struct stock_function *sf)
{
	struct stock_shadow *shadow;

	if (!sf->role)
		return;
	shadow = shadow_by(sf->role);
	if (!shadow->pinned || sf->role->prepared ||
	    sf->pdev->dev.driver == &shadow->driver.driver)
		return;
	shadow->pinned = false;
	module_put(THIS_MODULE);
}

/* Undo what prepare did, but for the driver's attributes */
static void shadow_release(struct stock_function *sf)
{
	struct stock_shadow *shadow;

	if (!sf->role || !sf->role->prepared)
		return;
	shadow = shadow_by(sf->role);
	stock_shim_put(shadow->native);
	kfree(shadow->stub_list);
	kfree(shadow->stubs);
	shadow->stub_list = NULL;
	shadow->stubs = NULL;
	shadow->hidden = false;
	sf->role->prepared = false;
	shadow_unpin(sf);
}

void stock_shadow_set_ops(struct stock_role *role,
			  const struct pci_personality_shadow_ops *ops, void *priv)
{
	struct stock_shadow *shadow = shadow_by(role);

	role->ops = ops;
	role->priv = priv;
	shadow->driver.err_handler = ops->err_handler;
	shadow->driver.sriov_configure = ops->sriov_configure;
	shadow->driver.driver.pm = ops->pm;
}

int stock_shadow_prepare(struct stock_function *sf,
			 const struct pci_personality_shadow_ops *ops, void *priv)
{
	struct device *dev = &sf->pdev->dev;
	struct pci_driver *native = to_pci_driver(dev->driver);
	struct stock_shadow *shadow = shadow_by(sf->role);
	int ret;

	shadow_build(shadow, native);
	stock_shadow_set_ops(sf->role, ops, priv);
	shadow->driver.driver_managed_dma = true;

	ret = stock_shim_get(native);
	if (ret)
		return ret;
	shadow_pin(shadow);
	sf->role->prepared = true;
	ret = stubs_create(shadow, dev);
	if (ret)
		goto out_release;

	/* There are none yet while the driver is being bound */
	ret = sf->unprobed ? 0 : hide_attrs(shadow, dev);
	if (ret)
		goto out_attrs;
	return 0;

out_attrs:
	if (sysfs_create_groups(&dev->kobj, dev->driver->dev_groups))
		pci_warn(sf->pdev, "the driver's attributes are lost until it is bound again\n");
out_release:
	shadow_release(sf);
	return ret;
}

/**
 * stock_shadow_tidy() - end what an unbind has left of whose end nobody was told
 * @sf: the function
 *
 * Context: device_lock held; may sleep.
 */
void stock_shadow_tidy(struct stock_function *sf)
{
	if (!shadow_of(sf->pdev))
		shadow_release(sf);
	shadow_unpin(sf);
}

void stock_shadow_lift(struct pci_dev *pdev, struct stock_role *role)
{
	WRITE_ONCE(pdev->driver, shadow_by(role)->native);
}

void pci_personality_shadow_enter(struct pci_dev *pdev, void *drvdata)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	shadow->native_drvdata = pci_get_drvdata(pdev);
	pci_set_drvdata(pdev, drvdata);
	WRITE_ONCE(pdev->driver, &shadow->driver);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_enter);

int pci_personality_shadow_register(struct pci_dev *pdev,
				    int (*fn)(void *data), void *data)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);
	struct device *dev = &pdev->dev;
	int ret;

	WRITE_ONCE(dev->driver, &shadow->driver.driver);
	ret = fn(data);
	WRITE_ONCE(dev->driver, &shadow->native->driver);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_register);

void pci_personality_shadow_exit(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	pm_runtime_barrier(&pdev->dev);
	WRITE_ONCE(pdev->driver, shadow->native);
	pci_set_drvdata(pdev, shadow->native_drvdata);
	shadow->driver.driver.pm = NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_exit);

int pci_personality_shadow_finish(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);
	struct kobject *kobj = &pdev->dev.kobj;
	int ret;

	if (!shadow->hidden)
		goto out_free;
	sysfs_remove_groups(kobj, shadow->stub_list);
	ret = sysfs_create_groups(kobj, shadow->native->driver.dev_groups);
	if (ret) {
		/* What fits once fits again; if not, an unbind will complain */
		if (sysfs_create_groups(kobj, shadow->stub_list))
			pci_warn(pdev, "the driver's attribute groups are lost\n");
		return ret;
	}
out_free:
	pci_personality_shadow_abandon(pdev);
	return 0;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_finish);

static const struct pci_personality_shadow_ops no_vfs = { };

/**
 * stock_shadow_leaving() - let a PF get no VFs any more, as it is to be unbound
 * @sf: the function, its driver in its place; stock_shadow_reserve() was called
 *
 * device_lock is free for a moment before the driver core takes it to unbind. In that
 * moment sriov_numvfs finds a driver that cannot make VFs, which would be destroyed
 * with whatever uses them. All else reaches the driver, whose drvdata is in place.
 *
 * Context: device_lock held.
 */
void stock_shadow_leaving(struct stock_function *sf)
{
	struct stock_shadow *shadow = shadow_by(sf->role);
	struct pci_dev *pdev = sf->pdev;
	struct pci_driver *native = pdev->driver;

	device_lock_assert(&pdev->dev);
	if (!native || sf->role->prepared)
		return;
	shadow_build(shadow, native);
	stock_shadow_set_ops(sf->role, &no_vfs, NULL);
	shadow->native_drvdata = pci_get_drvdata(pdev);
	shadow->driver.err_handler = native->err_handler;
	shadow->driver.shutdown = native->shutdown;
	shadow->driver.driver_managed_dma = native->driver_managed_dma;
	WRITE_ONCE(pdev->driver, &shadow->driver);
}

void stock_shadow_bound(struct stock_function *sf)
{
	if (sf->role && sf->role->prepared &&
	    hide_attrs(shadow_by(sf->role), &sf->pdev->dev))
		pci_warn(sf->pdev, "the driver's attribute groups are lost\n");
}

/*
 * A probe that was undone is told before its end, for which the shadow may be bound: the
 * module is pinned until the next bind then.
 */
void stock_shadow_end(struct stock_function *sf)
{
	shadow_release(sf);
	shadow_unpin(sf);
}

static LIST_HEAD(retired);
static DEFINE_SPINLOCK(retired_lock);

/* Whoever was preempted between a look at pdev->driver and the next has slept by then */
static void free_retired(struct work_struct *work)
{
	struct stock_shadow *shadow, *next;
	LIST_HEAD(free);

	scoped_guard(spinlock, &retired_lock)
		list_splice_init(&retired, &free);
	synchronize_rcu_tasks();
	list_for_each_entry_safe(shadow, next, &free, retired)
		kfree(shadow);
}

static DECLARE_WORK(free_retired_work, free_retired);

void stock_shadow_free(struct stock_function *sf)
{
	if (!sf->role)
		return;
	scoped_guard(spinlock, &retired_lock)
		list_add(&shadow_by(sf->role)->retired, &retired);
	sf->role = NULL;
	schedule_work(&free_retired_work);
}

/**
 * stock_shadows_exit() - wait until nobody can look at a shadow
 *
 * Nor at the driver that group.c binds for a moment, nor at one of shim.c's.
 *
 * Context: module exit, all functions given back; sleeps.
 */
void stock_shadows_exit(void)
{
	flush_work(&free_retired_work);
	synchronize_rcu_tasks();
}

/*
 * Unbind, hot-unplug, rmmod of the driver. The personality ends first, then the
 * driver removes a function that is stopped and its own again, if it ever was.
 *
 * If the group's DMA is in a user's hands, through another function, then what
 * is left of the unbind must not release an ownership that the function does not
 * have: the shadow, which manages its own, stays bound for it. It ends when the unbind
 * is notified.
 */
static void shadow_remove(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_of(pdev);
	struct stock_function *sf = stock_get(pdev);
	bool unprobed = false;
	int ret = 0;

	pci_personality_assert_locked(pdev);

	if (shadow->role.ops->leave)
		ret = shadow->role.ops->leave(pdev);
	WRITE_ONCE(pdev->driver, shadow->native);
	/* A probe that was left out leaves nothing to remove */
	if (sf)
		swap(sf->unprobed, unprobed);
	stock_put(sf);
	if (!unprobed && shadow->native->remove)
		shadow->native->remove(pdev);
	if (ret)
		WRITE_ONCE(pdev->dev.driver, &shadow->driver.driver);
}
