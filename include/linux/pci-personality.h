/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personalities of a PCI function, as its driver sees them.
 *
 * A driver that can do more with a function than its native service offers one
 * const table of operations per class of personality. The driver stays bound
 * throughout; see docs/driver-api/pci-personality.rst.
 */
#ifndef _LINUX_PCI_PERSONALITY_H
#define _LINUX_PCI_PERSONALITY_H

#include <linux/device.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>

/**
 * struct pci_vfio_ops - the VFIO personality of a driver's functions
 * @enable_vfio: stop the native function and register a vfio_device for it.
 *	After an error the function is native, as if nothing had happened.
 * @disable_vfio: unregister the vfio_device and start the native function
 *	again. After an error, -EBUSY above all, the function is still in its
 *	VFIO personality. Must not wait for a VFIO user.
 * @ids: the functions that have the personality, of those that the driver binds; NULL if
 *	all have it. For any other, a VFIO driver is bound instead, where the user left
 *	the choice open. Of several operations for one driver, those with the most
 *	specific id count: a device says more than a subsystem, that more than a vendor,
 *	and that more than a class.
 * @vf_birth: the VFs that can begin in VFIO, since the driver's probe begins with
 *	pci_personality_birth(); or NULL. @enable_vfio is called with a function that was not
 *	probed, then: its drvdata is NULL, which is_visible() of the driver's attributes
 *	meets, too. It has to put a shadow in place, as vfio_pci_personality_enable()
 *	does: that keeps the driver's remove off a function that it has never seen. The
 *	first @disable_vfio has the driver probe it.
 *
 * Both are called with device_lock held and the driver bound, and may sleep.
 * vfio_pci_personality_enable() and vfio_pci_personality_disable() do most of
 * the work.
 */
struct pci_vfio_ops {
	int (*enable_vfio)(struct pci_dev *pdev);
	int (*disable_vfio)(struct pci_dev *pdev);
	const struct pci_device_id *ids;
	const struct pci_device_id *vf_birth;
};

/**
 * struct pci_personality_ops - the personalities a driver offers
 * @vfio: the VFIO personality, or NULL
 *
 * Each class has a type of its own, so that one cannot be taken for another.
 */
struct pci_personality_ops {
	const struct pci_vfio_ops *vfio;
};

int __pci_personality_register_ops(const char *driver_name,
				   const struct pci_personality_ops *ops,
				   struct module *owner);
void pci_personality_unregister_ops(const char *driver_name,
				    const struct pci_personality_ops *ops);

/**
 * pci_personality_register_ops() - offer personalities for a driver's functions
 * @driver_name: name of the struct pci_driver, which need not be registered
 * @ops: the operations, const and there until they are unregistered
 *
 * For a module of its own beside the driver, which is loaded when use_vfio is
 * written, if it says one of MODULE_ALIAS_PCI_PERSONALITY_VFIO() and the like. The
 * module cannot be unloaded while a function is in a personality of its. There may be
 * several for one driver, which need not know of any; see &pci_vfio_ops.ids.
 *
 * Context: may sleep. The caller owes pci_personality_unregister_ops().
 * Return: 0; -EEXIST if others have an id that matches the same functions and is as
 * specific, with the reason in the log; -EINVAL; -ENOMEM.
 */
#define pci_personality_register_ops(driver_name, ops) \
	__pci_personality_register_ops(driver_name, ops, THIS_MODULE)

/*
 * The modules to be loaded for a function are asked for by an alias: this, the bound
 * driver's name, and ":v..d..sv..sd..bc..sc..i.." with the ids in hexadecimal, 4 and 2
 * digits long. personality/modalias shows the whole; the kernel asks for parts of it, see
 * drivers/pci/personality/loader.c. There is room for 11 letters of the driver's name
 * where the subsystem counts, for 12 where the class does, for 23 with the device, and
 * for 33 without ids.
 */
#define PCI_PERSONALITY_VFIO_ALIAS "pci-personality-vfio:"

/* The module is for all functions of @driver, or for some in its table of ids */
#define MODULE_ALIAS_PCI_PERSONALITY_VFIO(driver) \
	MODULE_ALIAS(PCI_PERSONALITY_VFIO_ALIAS driver ":*")

/*
 * The module is for these functions of @driver. The ids are written as they are in the
 * alias, in 4 capital digits and without 0x: 1AF4, 1041; those of the class in 2.
 */
#define MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE(driver, vendor, device) \
	MODULE_ALIAS(PCI_PERSONALITY_VFIO_ALIAS driver ":v" #vendor "d" #device "*")

#define MODULE_ALIAS_PCI_PERSONALITY_VFIO_SUBSYSTEM(driver, vendor, device,	\
						    subvendor, subdevice)	\
	MODULE_ALIAS(PCI_PERSONALITY_VFIO_ALIAS driver ":v" #vendor "d" #device	\
		     "sv" #subvendor "sd" #subdevice "*")

#define MODULE_ALIAS_PCI_PERSONALITY_VFIO_CLASS(driver, base, sub, interface)	\
	MODULE_ALIAS(PCI_PERSONALITY_VFIO_ALIAS driver ":v*d*sv*sd*bc" #base	\
		     "sc" #sub "i" #interface "*")

/**
 * pci_personality_register_driver() - register a driver with its personalities
 * @drv: the driver
 * @ops: its operations, const and there as long as @drv
 *
 * Context: may sleep. The caller owes pci_personality_unregister_driver().
 * Return: 0, or the error of pci_personality_register_ops() or
 * pci_register_driver(), with nothing registered.
 */
#define pci_personality_register_driver(drv, ops) \
	__pci_personality_register_driver(drv, ops, THIS_MODULE, KBUILD_MODNAME)

static inline int
__pci_personality_register_driver(struct pci_driver *drv,
				  const struct pci_personality_ops *ops,
				  struct module *owner, const char *mod_name)
{
	int ret = __pci_personality_register_ops(drv->name, ops, owner);

	if (ret)
		return ret;
	ret = __pci_register_driver(drv, owner, mod_name);
	if (ret)
		pci_personality_unregister_ops(drv->name, ops);
	return ret;
}

/**
 * pci_personality_unregister_driver() - reverse pci_personality_register_driver()
 * @drv: the driver
 * @ops: its operations
 *
 * Functions that are in another personality leave it first, then the driver's
 * remove runs.
 *
 * Context: may sleep; waits for the users of a vfio_device.
 */
static inline void
pci_personality_unregister_driver(struct pci_driver *drv,
				  const struct pci_personality_ops *ops)
{
	pci_unregister_driver(drv);
	pci_personality_unregister_ops(drv->name, ops);
}

/* For a driver whose module does nothing else in init and exit */
#define module_pci_personality_driver(drv, ops) \
	module_driver(drv, pci_personality_register_driver, \
		      pci_personality_unregister_driver, ops)

/**
 * pci_personality_assert_locked() - device_lock is held for us
 * @pdev: the function
 *
 * As device_lock_assert(), but also where a driver is probed: the PCI core may do
 * that in a worker, on the node of the function, while who holds the lock waits.
 */
static inline void pci_personality_assert_locked(struct pci_dev *pdev)
{
	lockdep_assert(mutex_is_locked(&pdev->dev.mutex));
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
void *pci_personality_get_drvdata(struct pci_dev *pdev);

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
void pci_personality_set_broken(struct pci_dev *pdev);

/**
 * pci_personality_is_broken() - has a function been stopped for good?
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: true if pci_personality_set_broken() has put a shadow in place: what enters
 * a personality from there finds a function that need not be stopped.
 */
bool pci_personality_is_broken(struct pci_dev *pdev);

/**
 * pci_personality_exclude_users() - let nobody open a function's vfio_device
 * @pdev: the function; nothing happens if it has no vfio_device
 *
 * For disable_vfio, when it has the DMA ownership. The next vfio_device of the
 * function is a new one, and not concerned.
 *
 * Context: device_lock held; may sleep.
 * Return: 0: unregistering the vfio_device will not wait for a user. -EBUSY if
 * somebody has it open: nothing changed.
 */
int pci_personality_exclude_users(struct pci_dev *pdev);

bool __pci_personality_birth(struct pci_dev *pdev, int *ret);

/**
 * pci_personality_birth() - shall this function begin in VFIO?
 * @pdev: the function, being probed
 * @ret: what the probe has to return then
 *
 * The first thing that the probe of a driver with &pci_vfio_ops.vf_birth does. If
 * so, it has entered its VFIO personality by the driver's enable_vfio, or failed
 * to: the probe does nothing but return. It is called for good by the first
 * disable_vfio.
 *
 * The driver does not depend on the switch by this: where the switch is not
 * loaded, nothing is born.
 *
 * Context: the driver's probe.
 * Return: true for a new VF of a PF whose vfs_use_vfio is set.
 */
static inline bool pci_personality_birth(struct pci_dev *pdev, int *ret)
{
	bool (*birth)(struct pci_dev *pdev, int *ret) =
		symbol_get(__pci_personality_birth);
	bool born;

	if (!birth)
		return false;
	born = birth(pdev, ret);
	symbol_put(__pci_personality_birth);
	return born;
}

/*
 * For modules that implement a class of personality, such as
 * vfio-pci-personality: a shadow stands between the PCI core and the driver.
 */

/**
 * struct pci_personality_shadow_ops - what happens to a shadowed function
 * @leave: the driver is being unbound: end the personality, and call
 *	pci_personality_shadow_exit(). Returns 0 if the function has the kernel's
 *	DMA domain again, or an error if its group is in a user's hands.
 * @err_handler: PCI error and reset callbacks meanwhile, or NULL
 * @sriov_configure: meanwhile, or NULL
 * @pm: power management meanwhile, or NULL if pci_personality_shadow_register() catches it
 */
struct pci_personality_shadow_ops {
	int (*leave)(struct pci_dev *pdev);
	const struct pci_error_handlers *err_handler;
	int (*sriov_configure)(struct pci_dev *pdev, int num_vfs);
	const struct dev_pm_ops *pm;
};

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
				   void *priv);

/**
 * pci_personality_shadow_enter() - put the shadow in place
 * @pdev: the function, prepared and stopped
 * @drvdata: the personality's drvdata, as far as that is not left to the driver
 *
 * Cannot fail.
 *
 * Context: device_lock held. The caller owes pci_personality_shadow_exit().
 */
void pci_personality_shadow_enter(struct pci_dev *pdev, void *drvdata);

/**
 * pci_personality_shadow_register() - register what the shadow is for
 * @pdev: the function, its shadow in place
 * @fn: what to call. Stock: it may write to the bound driver, as
 *	vfio_pci_core_register_device() does, which sets the power management of all of
 *	its functions: the shadow is bound meanwhile, and catches that.
 * @data: for @fn
 *
 * Context: device_lock held; sleeps if @fn does.
 * Return: what @fn returned.
 */
int pci_personality_shadow_register(struct pci_dev *pdev,
				    int (*fn)(void *data), void *data);

/**
 * pci_personality_shadow_exit() - take the shadow away
 * @pdev: the function, its shadow in place, the personality ended
 *
 * The driver's drvdata is in place again. Cannot fail.
 *
 * Context: device_lock held; may sleep: waits for a callback of the personality's
 * runtime power management that is under way.
 */
void pci_personality_shadow_exit(struct pci_dev *pdev);

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
int pci_personality_shadow_finish(struct pci_dev *pdev);

/**
 * pci_personality_shadow_abandon() - finish, but leave the attributes out
 * @pdev: the function, native again, its shadow not in place
 *
 * Context: device_lock held; may sleep.
 */
void pci_personality_shadow_abandon(struct pci_dev *pdev);

/**
 * pci_personality_shadow_priv() - the personality's own data
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: the @priv of pci_personality_shadow_prepare(), NULL without a shadow.
 */
void *pci_personality_shadow_priv(struct pci_dev *pdev);

/*
 * For what keeps VFs for VFIO and brings them into it one by one, such as vfio-provider-vf.
 */
int pci_personality_vf_reserve(struct pci_dev *pf, unsigned int index);
void pci_personality_vf_unreserve(struct pci_dev *pf, unsigned int index);
struct pci_dev *pci_personality_vf_get(struct pci_dev *pf, unsigned int index);
bool pci_personality_vf_in_vfio(struct pci_dev *vf);
bool pci_personality_vf_is_free(struct pci_dev *vf);
int pci_personality_vf_enter(struct pci_dev *vf, char *why, size_t size);
int pci_personality_vf_leave(struct pci_dev *vf, char *why, size_t size);

bool pci_personality_unprobed(struct pci_dev *pdev);
int pci_personality_probe(struct pci_dev *pdev);

#endif /* _LINUX_PCI_PERSONALITY_H */
