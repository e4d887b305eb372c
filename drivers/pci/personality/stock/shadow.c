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
 * @retired: in @retired, when the function is gone
 * @driver: what the PCI core sees
 * @name: @driver's; the driver may be gone when somebody reads it
 * @prepared: from pci_personality_shadow_prepare() to its end
 * @pinned: this module cannot be unloaded
 * @native: what it would see otherwise
 * @native_drvdata: drvdata of the latter
 * @ops: of the personality
 * @priv: of the personality
 * @hidden: the stubs are there, the driver's attributes are not
 * @stubs: empty groups in place of the driver's named attribute groups, which
 *	the driver core removes by name when the driver is unbound
 * @stub_list: the same for sysfs, with a NULL at the end
 */
struct stock_shadow {
	struct list_head retired;
	struct pci_driver driver;
	char name[PERSONALITY_NAME_LEN];
	bool prepared;
	bool pinned;
	struct pci_driver *native;
	void *native_drvdata;
	const struct pci_personality_shadow_ops *ops;
	void *priv;
	bool hidden;
	struct attribute_group *stubs;
	const struct attribute_group **stub_list;
};

static struct attribute *no_attrs[] = { NULL };

/* Of a function that has no personality at the moment */
static const struct pci_personality_shadow_ops nothing = { };

static void shadow_remove(struct pci_dev *pdev);

/* The shadow in place, if any. Safe where the driver itself could be called */
static struct stock_shadow *shadow_of(struct pci_dev *pdev)
{
	struct pci_driver *driver = READ_ONCE(pdev->driver);

	if (!driver || driver->remove != shadow_remove)
		return NULL;
	return container_of(driver, struct stock_shadow, driver);
}

/* The shadow that was prepared, in place or not. Under device_lock */
static struct stock_shadow *shadow_prepared(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);
	struct stock_shadow *shadow = NULL;

	pci_personality_assert_locked(pdev);
	if (sf && sf->shadow && sf->shadow->prepared)
		shadow = sf->shadow;
	stock_put(sf);
	return shadow;
}

/**
 * pci_personality_get_drvdata() - drvdata of the function's driver
 * @pdev: the function
 *
 * What pci_get_drvdata() returns while the function is native, and what it would
 * return if it were while it is not. For a driver's callbacks and attributes.
 *
 * Context: any in which the driver knows that it is bound and that no transition
 * is under way: its own callbacks, device_lock held, or work it cancels when it
 * stops the native function.
 * Return: what the driver set.
 */
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

	if (shadow && READ_ONCE(shadow->prepared)) {
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

/* Memory for a shadow: the function's, until it is removed */
static int shadow_reserve(struct stock_function *sf)
{
	struct stock_shadow *shadow;

	if (sf->shadow)
		return 0;
	shadow = kzalloc(sizeof(*shadow), GFP_KERNEL);
	if (!shadow)
		return -ENOMEM;
	shadow->driver.name = shadow->name;
	shadow->driver.driver.name = shadow->name;
	shadow->driver.driver.bus = &pci_bus_type;
	shadow->driver.remove = shadow_remove;
	sf->shadow = shadow;
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

/* Callbacks of a driver that the core reaches past any shadow */
static const char *unshadowable(const struct device_driver *drv)
{
	if (drv->coredump)
		return "coredump";
	if (drv->sync_state)
		return "sync_state";
	return NULL;
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
	struct stock_shadow *shadow = sf->shadow;

	if (!shadow || !shadow->pinned || shadow->prepared ||
	    sf->pdev->dev.driver == &shadow->driver.driver)
		return;
	shadow->pinned = false;
	module_put(THIS_MODULE);
}

/* Undo what prepare did, but for the driver's attributes */
static void shadow_release(struct stock_function *sf)
{
	struct stock_shadow *shadow = sf->shadow;

	if (!shadow || !shadow->prepared)
		return;
	stock_shim_put(shadow->native);
	kfree(shadow->stub_list);
	kfree(shadow->stubs);
	shadow->stub_list = NULL;
	shadow->stubs = NULL;
	shadow->hidden = false;
	shadow->prepared = false;
	shadow_unpin(sf);
}

static void shadow_set_ops(struct stock_shadow *shadow,
			   const struct pci_personality_shadow_ops *ops, void *priv)
{
	shadow->ops = ops;
	shadow->priv = priv;
	shadow->driver.err_handler = ops->err_handler;
	shadow->driver.sriov_configure = ops->sriov_configure;
	shadow->driver.driver.pm = ops->pm;
}

static int shadow_prepare(struct stock_function *sf,
			  const struct pci_personality_shadow_ops *ops,
			  void *priv)
{
	struct device *dev = &sf->pdev->dev;
	struct pci_driver *native = to_pci_driver(dev->driver);
	struct stock_shadow *shadow = sf->shadow;
	int ret;

	shadow_build(shadow, native);
	shadow_set_ops(shadow, ops, priv);
	shadow->driver.driver_managed_dma = true;

	ret = stock_shim_get(native);
	if (ret)
		return ret;
	shadow_pin(shadow);
	shadow->prepared = true;
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
 * pci_personality_shadow_prepare() - get ready to shadow a bound driver
 * @pdev: the function
 * @ops: what happens meanwhile; const
 * @priv: for pci_personality_shadow_priv()
 *
 * Takes the driver's attributes out of sysfs; those of a driver that is being
 * bound, as soon as it is. The switch cannot be unloaded from here on. A function that
 * is broken is prepared, and has no callbacks, already.
 *
 * Context: device_lock held, a driver bound; may sleep. On success the caller
 * owes pci_personality_shadow_finish().
 * Return: 0; -EBUSY if there is a shadow already; -ENODEV if the switch does not
 * know the function; -EOPNOTSUPP if the driver has a callback that would reach it
 * all the same; -ENOMEM. After an error nothing has changed.
 */
int pci_personality_shadow_prepare(struct pci_dev *pdev,
				   const struct pci_personality_shadow_ops *ops,
				   void *priv)
{
	struct stock_function *sf = stock_get(pdev);
	const char *callback = unshadowable(pdev->dev.driver);
	int ret = -EBUSY;

	pci_personality_assert_locked(pdev);
	if (!sf)
		return -ENODEV;
	if (callback) {
		pci_err(pdev, "driver %s has a %s callback, which the kernel calls whatever personality a function is in\n",
			pdev->dev.driver->name, callback);
		ret = -EOPNOTSUPP;
		goto out_put;
	}
	/* What an unbind has left, if nobody was told of its end */
	if (!shadow_of(pdev))
		shadow_release(sf);
	shadow_unpin(sf);
	if (pci_personality_is_broken(pdev)) {
		shadow_set_ops(sf->shadow, ops, priv);
		WRITE_ONCE(pdev->driver, sf->shadow->native);
		stock_note_broken(sf, false);
		ret = 0;
	} else if (!sf->shadow || !sf->shadow->prepared) {
		ret = shadow_reserve(sf) ?: shadow_prepare(sf, ops, priv);
	}
out_put:
	stock_put(sf);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_prepare);

/**
 * pci_personality_shadow_enter() - put the shadow in place
 * @pdev: the function, prepared and stopped
 * @drvdata: the personality's drvdata
 *
 * Cannot fail.
 *
 * Context: device_lock held. The caller owes pci_personality_shadow_exit().
 */
void pci_personality_shadow_enter(struct pci_dev *pdev, void *drvdata)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	shadow->native_drvdata = pci_get_drvdata(pdev);
	pci_set_drvdata(pdev, drvdata);
	WRITE_ONCE(pdev->driver, &shadow->driver);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_enter);

/**
 * pci_personality_shadow_register() - call what writes to the bound driver
 * @pdev: the function, its shadow in place
 * @fn: what to call, vfio_pci_core_register_device() for one: it sets the bound
 *	driver's power management for all of the driver's functions
 * @data: for @fn
 *
 * The shadow is bound for the duration of @fn and catches that.
 *
 * Context: device_lock held; sleeps if @fn does.
 * Return: what @fn returned.
 */
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

/**
 * pci_personality_shadow_exit() - take the shadow away
 * @pdev: the function, its shadow in place, the personality ended
 *
 * The driver's drvdata is in place again. Cannot fail.
 *
 * Context: device_lock held; may sleep: waits for a callback of the personality's
 * runtime power management that is under way.
 */
void pci_personality_shadow_exit(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	pm_runtime_barrier(&pdev->dev);
	WRITE_ONCE(pdev->driver, shadow->native);
	pci_set_drvdata(pdev, shadow->native_drvdata);
	shadow->driver.driver.pm = NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_exit);

static void shadow_drop(struct pci_dev *pdev)
{
	struct stock_function *sf = stock_get(pdev);

	pci_personality_assert_locked(pdev);
	shadow_release(sf);
	stock_put(sf);
}

/**
 * pci_personality_shadow_finish() - end of pci_personality_shadow_prepare()
 * @pdev: the function, native again, its shadow not in place
 *
 * Brings the driver's attributes back.
 *
 * Context: device_lock held; may sleep.
 * Return: 0, or -ENOMEM: then all is as after pci_personality_shadow_prepare(),
 * and pci_personality_shadow_abandon() is the way to go on without attributes.
 */
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
	shadow_drop(pdev);
	return 0;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_finish);

/**
 * pci_personality_shadow_abandon() - finish, but leave the attributes out
 * @pdev: the function, native again, its shadow not in place
 *
 * Context: device_lock held; may sleep.
 */
void pci_personality_shadow_abandon(struct pci_dev *pdev)
{
	shadow_drop(pdev);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_abandon);

/**
 * pci_personality_set_broken() - say that a function does not work any more
 * @pdev: the function, its driver bound, but neither native nor in a personality;
 *	its shadow not in place
 *
 * For enable_vfio and disable_vfio when their own roll-back fails. If the function
 * has been prepared for a shadow, that goes in place with no callback but remove: the
 * PCI core's resets, error recovery, power management and shutdown do not reach the
 * driver, whose function is stopped, and pci_personality_shadow_priv() is NULL.
 * pci_personality_shadow_prepare() ends it, and so does unbinding the driver.
 *
 * Context: device_lock held.
 */
void pci_personality_set_broken(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);
	struct stock_function *sf = stock_get(pdev);

	if (shadow) {
		shadow_set_ops(shadow, &nothing, NULL);
		shadow->native_drvdata = pci_get_drvdata(pdev);
		WRITE_ONCE(pdev->driver, &shadow->driver);
	}
	if (sf)
		stock_note_broken(sf, true);
	stock_put(sf);
}
EXPORT_SYMBOL_GPL(pci_personality_set_broken);

/**
 * pci_personality_is_broken() - has a function been stopped for good?
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: true if pci_personality_set_broken() has put a shadow in place: what enters
 * a personality from there finds a function that need not be stopped.
 */
bool pci_personality_is_broken(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	return shadow && shadow->ops == &nothing;
}
EXPORT_SYMBOL_GPL(pci_personality_is_broken);

/**
 * stock_shadow_reserve() - see to it that stock_shadow_leaving() cannot
 *	fail
 * @sf: the function
 *
 * Context: device_lock held; may sleep.
 * Return: 0 or -ENOMEM.
 */
int stock_shadow_reserve(struct stock_function *sf)
{
	device_lock_assert(&sf->pdev->dev);
	return shadow_reserve(sf);
}

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
	struct stock_shadow *shadow = sf->shadow;
	struct pci_dev *pdev = sf->pdev;
	struct pci_driver *native = pdev->driver;

	device_lock_assert(&pdev->dev);
	if (!native || shadow->prepared)
		return;
	shadow_build(shadow, native);
	shadow_set_ops(shadow, &nothing, NULL);
	shadow->native_drvdata = pci_get_drvdata(pdev);
	shadow->driver.err_handler = native->err_handler;
	shadow->driver.shutdown = native->shutdown;
	shadow->driver.driver_managed_dma = native->driver_managed_dma;
	WRITE_ONCE(pdev->driver, &shadow->driver);
}

/**
 * stock_shadow_bound() - the driver of a function that was born elsewhere
 *	is bound
 * @sf: the function
 *
 * Its attributes are there now: hide them.
 *
 * Context: device_lock held; may sleep.
 */
void stock_shadow_bound(struct stock_function *sf)
{
	struct stock_shadow *shadow = sf->shadow;

	if (shadow && shadow->prepared && hide_attrs(shadow, &sf->pdev->dev))
		pci_warn(sf->pdev, "the driver's attribute groups are lost\n");
}

/**
 * stock_shadow_end() - the driver that was shadowed is unbound
 * @sf: the function; nothing happens if it had no shadow
 *
 * A probe that was undone is told before its end, for which the shadow may be bound: the
 * module is pinned until the next bind then.
 *
 * Context: device_lock held, or the function is gone; may sleep.
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

/**
 * stock_shadow_free() - give back the memory of a shadow
 * @sf: the function, which nobody switches any more
 *
 * Context: any; takes a spinlock.
 */
void stock_shadow_free(struct stock_function *sf)
{
	if (!sf->shadow)
		return;
	scoped_guard(spinlock, &retired_lock)
		list_add(&sf->shadow->retired, &retired);
	sf->shadow = NULL;
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

/**
 * pci_personality_shadow_priv() - the personality's own data
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: the @priv of pci_personality_shadow_prepare(), NULL without a shadow.
 */
void *pci_personality_shadow_priv(struct pci_dev *pdev)
{
	struct stock_shadow *shadow = shadow_prepared(pdev);

	return shadow ? shadow->priv : NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_priv);

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

	if (shadow->ops->leave)
		ret = shadow->ops->leave(pdev);
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
