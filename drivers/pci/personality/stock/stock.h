/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch on stock kernels: what stands in for the PCI core.
 *
 * The files above this folder are what the PCI core would have of the switch. What
 * they need of it and a stock kernel lacks is imitated here, and all of that is behind
 * this header: the files above include nothing else of this folder, those in it nothing
 * of the files above. What they have to know of the switch they ask by struct stock_owner.
 * Each call says what it promises; after "Stock:" by what, and where a module cannot keep
 * it fully, for how long it does not; after "Upstream:" what in mainline would keep that
 * promise. series/mainline leaves out both, to the end of their paragraph.
 *
 * What only one file touches, here:
 *
 *   driver_override                    rebind.c
 *   drvdata, pdev->driver              shadow.c
 *   dev->driver                        shadow.c; firmware.c, of a function without a group
 *   driver.pm of a struct pci_driver   shim.c
 *   a group's DMA ownership            group.c; the bound driver's use of it is
 *                                      drivers/vfio/pci/personality/dma.c's
 *   a vfio_device, read-only           presence.c
 *   its character device               exclude.c
 *   the list of drivers on the bus     match.c
 *   request_module()                   loader.c
 *
 * The calls put these files together: swap.c is a rebinding, birth.c a VF's first bind,
 * hold.c that there is none, stock.c a function's life.
 */
#ifndef _PCI_PERSONALITY_STOCK_H
#define _PCI_PERSONALITY_STOCK_H

#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/* Driver and module names, with the final NUL (MODULE_NAME_LEN is 56) */
#define PERSONALITY_NAME_LEN	64

struct stock_group;
struct stock_role;

/**
 * struct stock_function - one function
 * @pdev: the function; a reference is held by the owner
 * @lock: protects @birth_override, @born_by_method and @hold to @hold_ender
 * @birth_override: by what this VF has been steered at birth, until its first bind
 * @born_by_method: that names a driver that shall not start its native function, as that
 *	one's probe asks; read without @lock, too
 * @hold: by what no driver is bound
 * @hold_ends: the hold ends as soon as device_lock can be had
 * @hold_ender: there is a thread that waits for that
 * @unprobed: the bound driver's probe has been left out; under device_lock. Set and
 *	cleared by the owner, cleared by an unbind
 * @taken: a driver has been bound since a rebinding last unbound one; under device_lock
 * @group_lock: protects @leaving and @shut
 * @leaving: it is about to leave its IOMMU group
 * @shut: a transition has claimed this group's DMA ownership
 * @role: what it is while its driver's function is elsewhere; kept once there was one;
 *	under device_lock
 * @cdev_fops: of the vfio_device's character device, while it cannot be opened; under
 *	the group's turn
 *
 * Upstream: some bits and a pointer in struct pci_dev.
 */
struct stock_function {
	struct pci_dev *pdev;
	spinlock_t lock;	/* birth_override, born_by_method, hold to hold_ender */
	const char *birth_override;
	bool born_by_method;
	const char *hold;
	bool hold_ends;
	bool hold_ender;
	bool unprobed;
	bool taken;
	struct mutex group_lock;	/* leaving, shut */
	bool leaving;
	struct stock_group *shut;
	struct stock_role *role;
	const struct file_operations *cdev_fops;
};

/**
 * struct stock_owner - what has to be asked of the switch
 * @get: a function's stock_function, pinned, or NULL; in any context
 * @put: let go of it; NULL is fine
 * @uses_kernel_dma: its bound driver uses the kernel's own DMA domain; in any context
 * @note_broken: it does not work any more, or does again; in any context
 *
 * Upstream: nothing; the PCI core asks itself.
 */
struct stock_owner {
	struct stock_function *(*get)(struct pci_dev *pdev);
	void (*put)(struct stock_function *sf);
	bool (*uses_kernel_dma)(struct stock_function *sf);
	void (*note_broken)(struct stock_function *sf, bool broken);
};

/*
 * The module and the functions
 */

/**
 * stock_init() - begin
 * @owner: who is asked; const
 *
 * Promises that the other calls work. Upstream: nothing.
 *
 * Context: module init; may sleep. stock_exit() is owed.
 * Return: 0 or a negative errno.
 */
int stock_init(const struct stock_owner *owner);

/**
 * stock_exit() - end of stock_init()
 *
 * Promises that nobody is left who could look at memory of the switch. Stock: though the
 * kernel's readers of pdev->driver and driver.pm hold no lock. Upstream: nothing.
 *
 * Context: module exit, every function given back; sleeps.
 */
void stock_exit(void);

/**
 * stock_function_init() - take a function
 * @sf: zeroed memory for it
 * @pdev: the function
 *
 * Context: may sleep. stock_function_free() is owed.
 */
void stock_function_init(struct stock_function *sf, struct pci_dev *pdev);

/**
 * stock_function_free() - give a function back
 * @sf: the function, which nobody switches any more; its memory may go at once
 *
 * Context: any; takes a spinlock.
 */
void stock_function_free(struct stock_function *sf);

/**
 * stock_function_end() - the switch lets go of a function
 * @sf: the function, which is gone, or in a personality that it stays in
 *
 * Promises that nothing of a role or of a first bind is left. Upstream: nothing.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_function_end(struct stock_function *sf);

/**
 * stock_function_leave() - a function is about to leave its IOMMU group
 * @sf: the function
 *
 * Promises that the group is not claimed on its behalf from here on; a VFIO user that
 * comes in through that gap is asked to go, as at every removal. Upstream: the same,
 * or nothing is claimed, since a vfio_device can be closed to new users
 * (vfio_device_exclude_users()).
 *
 * Context: bus notifier; may sleep, waits for no driver and no user.
 */
void stock_function_leave(struct stock_function *sf);

/**
 * stock_function_bound() - a driver was bound to a function, or is no more
 * @sf: the function
 * @bound: it was
 *
 * Promises that a driver whose probe was left out (&stock_function.unprobed) shows no
 * attributes, that nothing is left of the role of any other, and that what steered a VF's
 * first bind is gone. Upstream: the driver core hides a driver's groups itself
 * (device_driver_groups_hide()), and a function's role ends in pci_device_remove().
 *
 * Context: device_lock held, or the function is gone; may sleep.
 */
void stock_function_bound(struct stock_function *sf, bool bound);

/*
 * What VFIO shows
 */

/**
 * struct stock_vfio - what VFIO shows of a function
 * @present: a vfio_device is registered for it, whoever did so
 * @held: somebody has that open: to unregister it would have to wait for him
 * @name: of that one, "vfio0"; empty if there is none
 * @children: how many vfio_devices there are beside the native function, which its driver
 *	serves, whoever made them
 */
struct stock_vfio {
	bool present;
	bool held;
	char name[16];
	unsigned int children;
};

/**
 * stock_vfio_look() - look at a function from VFIO's side
 * @pdev: the function
 *
 * Promises the truth of the moment, no more: somebody may open it the next. That nobody
 * does is what pci_personality_exclude_users() promises. Stock: without a symbol of VFIO's.
 * Upstream: a bit that vfio_pci_core sets, a number that VFIO counts where the devices are
 * registered, and vfio_device_exclude_users().
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: what is seen.
 */
struct stock_vfio stock_vfio_look(struct pci_dev *pdev);

/*
 * IOMMU groups
 */

/**
 * stock_turn_begin() - wait for a function's turn in its IOMMU group
 * @pdev: the function
 *
 * Promises that no other function of the group is in transition until stock_turn_end().
 * Stock: where the firmware tells function by function which IOMMU it has, as on arm64,
 * and Linux before 6.15 has not asked yet, it is asked here, by what a probe begins with.
 * Upstream: device_lock is turn enough, as nothing of the group is claimed.
 *
 * Context: sleeps as long as another function of the group is in transition; takes
 * device_lock.
 * Return: the group; -EOPNOTSUPP if the function is in none; -ENOMEM; -EINTR if a signal
 * came first.
 */
struct stock_group *stock_turn_begin(struct pci_dev *pdev);

/**
 * stock_turn_end() - end of stock_turn_begin()
 * @group: the group
 *
 * Context: may sleep.
 */
void stock_turn_end(struct stock_group *group);

/**
 * stock_native_sibling() - find who else keeps VFIO users out of a group
 * @group: the group
 * @pdev: the function to leave out, or NULL for none
 *
 * Promises the truth of the moment. Upstream: user space's to look for.
 *
 * Context: may sleep.
 * Return: a function of the group whose bound driver uses the kernel's own DMA
 * domain, to be given back with pci_dev_put(), or NULL.
 */
struct pci_dev *stock_native_sibling(struct stock_group *group, struct pci_dev *pdev);

/*
 * The bound driver
 */

/**
 * stock_driver_get() - the driver a function is bound to
 * @pdev: the function
 * @drv: set to the driver, its module pinned, or to NULL if there is none
 *
 * Promises that the driver does not go away while modules are loaded; it may be unbound.
 * Upstream: no modules are loaded but the driver's own half, under a reference to the
 * driver.
 *
 * Context: may sleep while another driver operation is under way on the function. The
 * caller owes stock_driver_put().
 * Return: 0; -ENODEV if the function is gone; -EBUSY if the driver's module is
 * being unloaded; -ENAMETOOLONG if its name has more than PERSONALITY_NAME_LEN bytes;
 * -EINTR.
 */
int stock_driver_get(struct pci_dev *pdev, struct device_driver **drv);

/**
 * stock_driver_put() - end of stock_driver_get()
 * @drv: the driver; NULL is fine
 *
 * Context: any.
 */
void stock_driver_put(struct device_driver *drv);

/**
 * stock_driver_lock() - keep a driver bound
 * @pdev: the function
 * @drv: the driver
 *
 * Promises, fully, that no one binds or unbinds until device_unlock(). Upstream: the
 * same.
 *
 * Context: may sleep while another driver operation is under way on the function. On
 * success device_lock is held.
 * Return: 0; -ENODEV if the function is gone; -EBUSY if @drv is not bound any
 * more; -EINTR.
 */
int stock_driver_lock(struct pci_dev *pdev, const struct device_driver *drv);

/**
 * struct stock_origin - what a transition to VFIO left behind
 * @known: the rest is valid; false when someone else bound the VFIO driver
 * @driver: the driver that was bound, empty if none was
 * @module: the module of @driver, empty if it was built in
 * @runtime_auto: power/control read "auto"
 */
struct stock_origin {
	bool known;
	char driver[PERSONALITY_NAME_LEN];
	char module[PERSONALITY_NAME_LEN];
	bool runtime_auto;
};

/*
 * Modules
 */

/**
 * stock_load_method() - load what brings a driver's operations
 * @drv: the driver, pinned
 * @id: vendor, device, subvendor, subdevice and class of a function
 * @found: there are some already, so that only more specific ones could be missing:
 *	they are asked for once, and again after stock_load_forget()
 *
 * Promises that what modprobe has for this driver and these ids has been asked for, as
 * far as it fits into a request: see loader.c. Upstream: request_module() in the one
 * place where the PCI core looks for a driver's operations.
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_load_method(const struct device_driver *drv, const struct pci_device_id *id,
		       bool found);

/**
 * stock_load_backend() - load what VFIO works with the IOMMU by
 *
 * VFIO asks modprobe for it when it is itself loaded by modprobe, and never if it is
 * built in or was loaded otherwise. Upstream: VFIO asks for it when it is opened.
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 * Return: true if there is one now, or if users can do without.
 */
bool stock_load_backend(void);

/**
 * stock_load_forget() - ask modprobe anew next time
 *
 * Upstream: nothing; requests are not remembered.
 *
 * Context: any.
 */
void stock_load_forget(void);

/*
 * Another driver
 */

/* The stages of a rebinding */
enum stock_stage {
	STOCK_CHECK,
	STOCK_UNBIND,
	STOCK_BIND,
	STOCK_ROLLBACK,
};

struct stock_rebind;

/**
 * struct stock_rebind_ops - what a rebinding asks and tells its caller
 * @stage: the next stage begins
 * @fail: an error, and what happened and what to do; returns what users may see of it
 * @fail_held: the same, of a vfio_device that is open; returns -EBUSY
 * @fail_bound_driver: the same, of an error of stock_driver_get() or _lock(); returns it
 * @prepare: the VFIO driver is there: see to what else its users need, before anything
 *	is unbound. Returns 0, or an error that has been told
 * @look: a last look under device_lock at what must not have changed. Returns 0, or an
 *	error that has been told
 * @left: the function has been unbound, to be bound to a VFIO driver
 * @ended: a rebinding is over that was not successful, under device_lock; the function
 *	has no driver, and that is not what was asked for, or somebody else has bound one
 */
struct stock_rebind_ops {
	void (*stage)(struct stock_rebind *r, enum stock_stage stage);
	int (*fail)(struct stock_rebind *r, int error, const char *fmt,
		    va_list args) __printf(3, 0);
	int (*fail_held)(struct stock_rebind *r);
	int (*fail_bound_driver)(struct stock_rebind *r, int error);
	int (*prepare)(struct stock_rebind *r);
	int (*look)(struct stock_rebind *r);
	void (*left)(struct stock_rebind *r);
	void (*ended)(struct stock_rebind *r, bool unbound, bool broken);
};

/**
 * struct stock_rebind - a rebinding
 * @sf: the function
 * @group: its IOMMU group, whose turn it is
 * @from: the bound driver, pinned, or NULL
 * @broken: the function is broken, be a driver bound or not
 * @wanted: on the way to VFIO, "auto", "bound" or a driver's name
 * @origin: where the way back leads
 * @ops: who is told; const
 */
struct stock_rebind {
	struct stock_function *sf;
	struct stock_group *group;
	struct device_driver *from;
	bool broken;
	const char *wanted;
	const struct stock_origin *origin;
	const struct stock_rebind_ops *ops;
};

/**
 * stock_rebind_to_vfio() - give a function to VFIO by another driver
 * @r: the rebinding
 *
 * Promises that the best VFIO driver, or the one that is wanted, is bound and has
 * registered a vfio_device, or that all is as it was: the driver, driver_override byte
 * for byte, power/control. All that could be missing is loaded before the unbind; what
 * @r->ops->look has seen under device_lock holds until then. Stock: but for the
 * microseconds in which the driver core takes that lock itself, when driver_override keeps
 * others from binding, and a PF makes no VFs. Who unbinds the driver himself in that moment
 * has unbound it for both. Upstream: device_release_driver_locked(), under the same
 * device_lock; or no rebinding at all, and the choice is user space's.
 *
 * Context: the group's turn; device_lock not held; sleeps for modprobe and the drivers'
 * remove and probe.
 * Return: 0 or a negative errno, which has been told.
 */
int stock_rebind_to_vfio(struct stock_rebind *r);

/**
 * stock_rebind_to_native() - give a function back by another driver
 * @r: the rebinding
 *
 * The same in the other direction, to where @r->origin says, or, if that is unknown, to
 * the driver that the kernel would choose. Promises besides that no VFIO user is waited
 * for. Stock: that holds but where the group cannot be claimed, in noiommu mode or beside
 * native siblings: there a user can still come in, in the same microseconds. Upstream:
 * device_release_driver_locked(), and vfio_device_exclude_users().
 *
 * Context: as stock_rebind_to_vfio().
 * Return: 0 or a negative errno, which has been told; -ENOENT also if the function has
 * been left without a driver, as the one to go back to is gone.
 */
int stock_rebind_to_native(struct stock_rebind *r);

/*
 * VFs that begin in VFIO
 */

/**
 * stock_birth_load() - load all that may be bound to the VFs of a PF
 * @pf: the PF
 * @named: a driver that is wished besides, which the writer may load; or NULL
 *
 * Promises that nothing need be loaded while the PF's device_lock is held. Upstream: the
 * same, for the driver's own half.
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_birth_load(struct pci_dev *pf, const char *named);

/**
 * stock_birth_steer() - decide on a new VF's first driver
 * @sf: the VF
 * @can: can a VF be born with this native driver?
 *
 * Promises that the VF is bound to a native driver that it can be born with, or else to
 * the best VFIO driver, by whatever asks the driver core to bind it first. Stock: its
 * driver_override reads that driver's name until then. Upstream: local_pci_probe() looks
 * at a bit.
 *
 * Context: before the driver core looks for a driver; may sleep; device_lock of the PF
 * held, of the VF not.
 * Return: true, or false if there is no driver or no memory, or a driver_override
 * already.
 */
bool stock_birth_steer(struct stock_function *sf,
		       bool (*can)(struct pci_dev *vf, const struct device_driver *drv));

/**
 * stock_birth_now() - have a VF begin by a native driver that it can be born with
 * @sf: the VF, without a driver
 * @can: as for stock_birth_steer()
 *
 * Promises that the native function never starts, and that driver_override is as it was
 * afterwards. Upstream: device_driver_attach() with the bit set.
 *
 * Context: the group's turn; may sleep as long as the probe takes; device_lock not held.
 * Return: 0; 1 if there is no such driver, with nothing done; a negative errno of the bind.
 */
int stock_birth_now(struct stock_function *sf,
		    bool (*can)(struct pci_dev *vf, const struct device_driver *drv));

/**
 * stock_hold() - let no driver be bound to a function
 * @sf: the function
 *
 * Promises that none is, whatever comes, but by a transition. Stock: or by who writes
 * driver_override, which is what keeps others off. Upstream: a bit that the bus's match
 * looks at.
 *
 * Context: may sleep; device_lock not held.
 * Return: 0, now or before; -EBUSY if there is a driver_override already; -ENOMEM.
 */
int stock_hold(struct stock_function *sf);

/**
 * stock_hold_end() - end of stock_hold()
 * @sf: the function, held or not
 *
 * If another driver operation is under way, such as an unbind that waits for a user, it
 * ends a moment after that.
 *
 * Context: may sleep, a second at most; device_lock not held.
 */
void stock_hold_end(struct stock_function *sf);

/**
 * stock_ids() - what a function is matched by
 * @pdev: the function
 *
 * Return: its ids, with the class in @class.
 */
static inline struct pci_device_id stock_ids(const struct pci_dev *pdev)
{
	return (struct pci_device_id) {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subvendor = pdev->subsystem_vendor,
		.subdevice = pdev->subsystem_device,
		.class = pdev->class,
	};
}

#endif /* _PCI_PERSONALITY_STOCK_H */
