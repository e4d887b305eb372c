// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: power management of a driver with shadows.
 *
 * May touch: driver.pm of a struct pci_driver, while one of its functions has a
 * shadow. No other file does.
 *
 * Power management is called through dev->driver, which a driver's functions
 * share. The shim has the same callbacks as the driver's own and passes each
 * call on: to the driver for its native functions, to the personality for the
 * others, for which a missing callback means the PCI core's default.
 *
 * The kernel reads driver.pm without a lock, more than once for a callback. So a shim
 * stays when its last user has gone, for the next one, until the module goes.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct shim - stands before a driver's power management
 * @node: in @shims
 * @driver: the driver
 * @native: its own callbacks
 * @pm: the ones in their place
 * @users: how many functions of the driver have a shadow; if there are none, the driver
 *	may be gone, and another one be in its place
 */
struct shim {
	struct list_head node;
	struct pci_driver *driver;
	const struct dev_pm_ops *native;
	struct dev_pm_ops pm;
	unsigned int users;
};

static LIST_HEAD(shims);
static DEFINE_MUTEX(shims_mutex);	/* who comes and goes */
static DEFINE_SPINLOCK(shims_lock);	/* the list, for the callbacks */

static const struct dev_pm_ops *native_pm(struct pci_driver *driver)
{
	struct shim *shim;

	guard(spinlock_irqsave)(&shims_lock);
	list_for_each_entry(shim, &shims, node)
		if (shim->driver == driver && shim->users)
			return shim->native;
	return driver->driver.pm;
}

static const struct dev_pm_ops *pm_of(struct device *dev)
{
	struct pci_driver *native;
	const struct dev_pm_ops *pm;

	pm = stock_shadow_pm(to_pci_dev(dev), &native);
	return native ? native_pm(native) : pm;
}

#define SHIM(callback)							\
static int shim_##callback(struct device *dev)				\
{									\
	const struct dev_pm_ops *pm = pm_of(dev);			\
									\
	return pm && pm->callback ? pm->callback(dev) : 0;		\
}

SHIM(prepare)
SHIM(suspend)
SHIM(resume)
SHIM(freeze)
SHIM(thaw)
SHIM(poweroff)
SHIM(restore)
SHIM(suspend_late)
SHIM(resume_early)
SHIM(freeze_late)
SHIM(thaw_early)
SHIM(poweroff_late)
SHIM(restore_early)
SHIM(suspend_noirq)
SHIM(resume_noirq)
SHIM(freeze_noirq)
SHIM(thaw_noirq)
SHIM(poweroff_noirq)
SHIM(restore_noirq)
SHIM(runtime_suspend)
SHIM(runtime_resume)
SHIM(runtime_idle)

static void shim_complete(struct device *dev)
{
	const struct dev_pm_ops *pm = pm_of(dev);

	if (pm && pm->complete)
		pm->complete(dev);
}

static void shim_fill(struct shim *shim)
{
	const struct dev_pm_ops *native = shim->native;

#define FILL(callback) \
	(shim->pm.callback = native->callback ? shim_##callback : NULL)
	FILL(prepare);
	FILL(complete);
	FILL(suspend);
	FILL(resume);
	FILL(freeze);
	FILL(thaw);
	FILL(poweroff);
	FILL(restore);
	FILL(suspend_late);
	FILL(resume_early);
	FILL(freeze_late);
	FILL(thaw_early);
	FILL(poweroff_late);
	FILL(restore_early);
	FILL(suspend_noirq);
	FILL(resume_noirq);
	FILL(freeze_noirq);
	FILL(thaw_noirq);
	FILL(poweroff_noirq);
	FILL(restore_noirq);
	FILL(runtime_idle);
#undef FILL
	/* VFIO has these two; to the PCI core, 0 is as good as none */
	shim->pm.runtime_suspend = shim_runtime_suspend;
	shim->pm.runtime_resume = shim_runtime_resume;
}

static struct shim *shim_find(const struct pci_driver *driver)
{
	struct shim *shim;

	lockdep_assert_held(&shims_mutex);

	list_for_each_entry(shim, &shims, node)
		if (shim->driver == driver)
			return shim;
	return NULL;
}

static struct shim *shim_create(struct pci_driver *driver)
{
	struct shim *shim = kzalloc(sizeof(*shim), GFP_KERNEL);

	if (!shim)
		return NULL;
	shim->driver = driver;
	scoped_guard(spinlock_irqsave, &shims_lock)
		list_add(&shim->node, &shims);
	return shim;
}

/**
 * stock_shim_get() - stand before a driver's power management
 * @driver: the driver
 *
 * A driver without power management of its own is left alone: any would change
 * what the PCI core does for its functions.
 *
 * Context: may sleep. The caller owes stock_shim_put().
 * Return: 0 or -ENOMEM.
 */
int stock_shim_get(struct pci_driver *driver)
{
	struct shim *shim;

	guard(mutex)(&shims_mutex);
	shim = shim_find(driver);
	if (shim && shim->users) {
		shim->users++;
		return 0;
	}
	if (!driver->driver.pm)
		return 0;
	if (!shim) {
		shim = shim_create(driver);
		if (!shim)
			return -ENOMEM;
	}
	scoped_guard(spinlock_irqsave, &shims_lock) {
		shim->native = driver->driver.pm;
		shim->users = 1;
	}
	shim_fill(shim);
	WRITE_ONCE(driver->driver.pm, &shim->pm);
	return 0;
}

/* Wait until no callback of a function runs. A pending idle check comes again */
static int wait_for_callbacks(struct device *dev, void *data)
{
	pm_runtime_get_noresume(dev);
	pm_runtime_barrier(dev);
	pm_runtime_put(dev);
	return 0;
}

/**
 * stock_shim_put() - give a driver its power management back
 * @driver: the driver
 *
 * Context: may sleep: waits for the callbacks that run. System sleep is none of
 * them, it begins by freezing the writer of use_vfio.
 */
void stock_shim_put(struct pci_driver *driver)
{
	struct shim *shim;

	guard(mutex)(&shims_mutex);
	shim = shim_find(driver);
	if (!shim || !shim->users)
		return;
	if (shim->users == 1) {
		WRITE_ONCE(driver->driver.pm, shim->native);
		/* Fails only where its callback does */
		if (driver_for_each_device(&driver->driver, NULL, NULL,
					   wait_for_callbacks))
			return;
	}
	scoped_guard(spinlock_irqsave, &shims_lock)
		shim->users--;
}

/**
 * stock_shims_free() - forget all shims
 *
 * Context: module exit, after stock_shadows_exit().
 */
void stock_shims_free(void)
{
	struct shim *shim, *next;

	list_for_each_entry_safe(shim, next, &shims, node)
		kfree(shim);
}
