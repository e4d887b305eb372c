// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the shadow of a bound driver.
 *
 * May touch: drvdata and pdev->driver of a function whose driver stays bound
 * while it is in another personality, and dev->driver for as long as said below.
 * No other file does.
 *
 * The PCI core calls a driver through pdev->driver: remove, shutdown, error and
 * reset callbacks, sriov_configure. While the function is in another
 * personality, its drvdata is not the driver's, and none of these may reach it.
 * So pdev->driver points to a shadow then, a copy of the driver with the
 * personality's callbacks. dev->driver stays: unbind compares it, the driver
 * core's lists depend on it. What is called through dev->driver, power
 * management, is what shim.c is for.
 */
#include <linux/cleanup.h>
#include <linux/pci-personality.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "personality.h"

/**
 * struct personality_shadow - what stands in for a bound driver
 * @driver: what the PCI core sees
 * @native: what it would see otherwise
 * @native_drvdata: drvdata of the latter
 * @ops: of the personality
 * @priv: of the personality
 * @hidden: the stubs are there, the driver's attributes are not
 * @stubs: empty groups in place of the driver's named attribute groups, which
 *	the driver core removes by name when the driver is unbound
 * @stub_list: the same for sysfs, with a NULL at the end
 */
struct personality_shadow {
	struct pci_driver driver;
	struct pci_driver *native;
	void *native_drvdata;
	const struct pci_personality_shadow_ops *ops;
	void *priv;
	bool hidden;
	struct attribute_group *stubs;
	const struct attribute_group **stub_list;
};

static struct attribute *no_attrs[] = { NULL };

static void shadow_remove(struct pci_dev *pdev);

/* The shadow in place, if any. Safe where the driver itself could be called */
static struct personality_shadow *shadow_of(struct pci_dev *pdev)
{
	struct pci_driver *driver = READ_ONCE(pdev->driver);

	if (!driver || driver->remove != shadow_remove)
		return NULL;
	return container_of(driver, struct personality_shadow, driver);
}

/* The shadow that was prepared, in place or not. Under device_lock */
static struct personality_shadow *shadow_prepared(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);
	struct personality_shadow *shadow = NULL;

	device_lock_assert(&pdev->dev);
	if (p)
		shadow = p->shadow;
	personality_put(p);
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
	struct personality_shadow *shadow = shadow_of(pdev);

	return shadow ? shadow->native_drvdata : pci_get_drvdata(pdev);
}
EXPORT_SYMBOL_GPL(pci_personality_get_drvdata);

/**
 * personality_shadow_pm() - whose power management a function needs now
 * @pdev: the function, bound
 * @native: set to the struct pci_driver that is bound
 *
 * Context: any; from a power management callback.
 * Return: the callbacks of the personality, NULL if it has none or if there is
 * no shadow in place; *@native is NULL in the first case.
 */
const struct dev_pm_ops *personality_shadow_pm(struct pci_dev *pdev,
					       struct pci_driver **native)
{
	struct personality_shadow *shadow = shadow_of(pdev);

	if (shadow) {
		*native = NULL;
		return shadow->driver.driver.pm;
	}
	*native = READ_ONCE(pdev->driver);
	return NULL;
}

static int stubs_create(struct personality_shadow *shadow, struct device *dev)
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
static int hide_attrs(struct personality_shadow *shadow, struct device *dev)
{
	int ret;

	sysfs_remove_groups(&dev->kobj, dev->driver->dev_groups);
	ret = sysfs_create_groups(&dev->kobj, shadow->stub_list);
	shadow->hidden = !ret;
	return ret;
}

static void shadow_free(struct personality_shadow *shadow)
{
	kfree(shadow->stub_list);
	kfree(shadow->stubs);
	kfree(shadow);
}

/**
 * pci_personality_shadow_prepare() - get ready to shadow a bound driver
 * @pdev: the function
 * @ops: what happens meanwhile; const
 * @priv: for pci_personality_shadow_priv()
 *
 * Takes the driver's attributes out of sysfs; those of a driver that is being
 * bound, as soon as it is.
 *
 * Context: device_lock held, a driver bound; may sleep. On success the caller
 * owes pci_personality_shadow_finish().
 * Return: 0; -EBUSY if there is a shadow already; -ENODEV if the switch does not
 * know the function; -ENOMEM. After an error nothing has changed.
 */
int pci_personality_shadow_prepare(struct pci_dev *pdev,
				   const struct pci_personality_shadow_ops *ops,
				   void *priv)
{
	struct personality *p = personality_get(pdev);
	struct personality_shadow *shadow;
	struct device *dev = &pdev->dev;
	int ret = -EBUSY;

	device_lock_assert(dev);
	if (!p)
		return -ENODEV;
	if (p->shadow)
		goto out_put;

	ret = -ENOMEM;
	shadow = kzalloc(sizeof(*shadow), GFP_KERNEL);
	if (!shadow)
		goto out_put;
	shadow->native = to_pci_driver(dev->driver);
	shadow->ops = ops;
	shadow->priv = priv;
	ret = stubs_create(shadow, dev);
	if (ret)
		goto out_free;
	ret = personality_shim_get(shadow->native);
	if (ret)
		goto out_free;

	shadow->driver = *shadow->native;
	shadow->driver.remove = shadow_remove;
	shadow->driver.shutdown = NULL;
	shadow->driver.err_handler = ops->err_handler;
	shadow->driver.sriov_configure = ops->sriov_configure;
	shadow->driver.driver_managed_dma = true;
	shadow->driver.driver.pm = NULL;

	/* There are none yet while the driver is being bound */
	ret = p->unprobed ? 0 : hide_attrs(shadow, dev);
	if (ret)
		goto out_attrs;
	p->shadow = shadow;
	personality_put(p);
	return 0;

out_attrs:
	if (sysfs_create_groups(&dev->kobj, dev->driver->dev_groups))
		pci_warn(pdev, "the driver's attributes are lost until it is bound again\n");
	personality_shim_put(shadow->native);
out_free:
	shadow_free(shadow);
out_put:
	personality_put(p);
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
	struct personality_shadow *shadow = shadow_prepared(pdev);

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
	struct personality_shadow *shadow = shadow_prepared(pdev);
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
 * Context: device_lock held.
 */
void pci_personality_shadow_exit(struct pci_dev *pdev)
{
	struct personality_shadow *shadow = shadow_prepared(pdev);

	WRITE_ONCE(pdev->driver, shadow->native);
	pci_set_drvdata(pdev, shadow->native_drvdata);
	shadow->driver.driver.pm = NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_exit);

static void shadow_drop(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);

	device_lock_assert(&pdev->dev);
	personality_shadow_free(p);
	personality_put(p);
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
	struct personality_shadow *shadow = shadow_prepared(pdev);
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
 * @pdev: the function, its shadow not in place
 *
 * For a function that has no use for them: broken, or about to be unbound. If its
 * driver has never seen it, the shadow goes in place again and keeps the PCI core
 * off the driver until that is unbound.
 *
 * Context: device_lock held; may sleep.
 */
void pci_personality_shadow_abandon(struct pci_dev *pdev)
{
	static const struct pci_personality_shadow_ops nothing = { };
	struct personality_shadow *shadow = shadow_prepared(pdev);

	if (!pci_personality_unprobed(pdev)) {
		shadow_drop(pdev);
		return;
	}
	shadow->ops = &nothing;
	shadow->driver.err_handler = NULL;
	shadow->driver.sriov_configure = NULL;
	WRITE_ONCE(pdev->driver, &shadow->driver);
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_abandon);

/**
 * personality_shadow_bound() - the driver of a function that was born elsewhere
 *	is bound
 * @p: the function
 *
 * Its attributes are there now: hide them.
 *
 * Context: device_lock held; may sleep.
 */
void personality_shadow_bound(struct personality *p)
{
	if (p->shadow && hide_attrs(p->shadow, &p->pdev->dev))
		pci_warn(p->pdev, "the driver's attribute groups are lost\n");
}

/**
 * personality_shadow_free() - forget a shadow
 * @p: the function; nothing happens if it has none
 *
 * Context: device_lock held, the shadow in no one's way any more; may sleep.
 */
void personality_shadow_free(struct personality *p)
{
	struct personality_shadow *shadow = p->shadow;

	if (!shadow)
		return;
	p->shadow = NULL;
	personality_shim_put(shadow->native);
	shadow_free(shadow);
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
	struct personality_shadow *shadow = shadow_prepared(pdev);

	return shadow ? shadow->priv : NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_shadow_priv);

/*
 * Unbind, hot-unplug, rmmod of the driver. The personality ends first, then the
 * driver removes a function that is stopped and its own again, if it ever was.
 *
 * If the group's DMA is in a user's hands, through another function, then what
 * is left of the unbind must not release an ownership that the function does not
 * have: the shadow, which manages its own, stays bound for it. It is freed when
 * the unbind is notified.
 */
static void shadow_remove(struct pci_dev *pdev)
{
	struct personality_shadow *shadow = shadow_of(pdev);
	int ret = 0;

	device_lock_assert(&pdev->dev);

	if (shadow->ops->leave)
		ret = shadow->ops->leave(pdev);
	if (!personality_probe_forget(pdev) && shadow->native->remove)
		shadow->native->remove(pdev);
	if (ret)
		WRITE_ONCE(pdev->dev.driver, &shadow->driver.driver);
}
