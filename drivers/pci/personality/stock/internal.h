/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch on stock kernels: what the files of its lower half share.
 *
 * Stock: what is here is so in mainline as well, where most of the files are the same and
 * the others have a counterpart, in series/new; what has none is in form.h.
 *
 * The lock order is in ../personality.h.
 */
#ifndef _PCI_PERSONALITY_STOCK_INTERNAL_H
#define _PCI_PERSONALITY_STOCK_INTERNAL_H

#include <linux/pci-personality.h>

#include "stock.h"

/* More drivers with one id than the kernel has for any */
#define STOCK_DRIVERS	16

/**
 * struct stock_drivers - several drivers, pinned
 * @count: how many
 * @driver: the drivers; NULL where one was taken out
 */
struct stock_drivers {
	unsigned int count;
	struct device_driver *driver[STOCK_DRIVERS];
};

/**
 * struct stock_role - what a function is while its driver's own is elsewhere
 * @prepared: from pci_personality_shadow_prepare() to its end
 * @ops: of the personality
 * @priv: of the personality
 */
struct stock_role {
	bool prepared;
	const struct pci_personality_shadow_ops *ops;
	void *priv;
};

#include "form.h"

/* stock.c: a function's life; who is asked */
struct stock_function *stock_get(struct pci_dev *pdev);
void stock_put(struct stock_function *sf);
bool stock_uses_kernel_dma(struct stock_function *sf);
void stock_note_broken(struct stock_function *sf, bool broken);

/* bound.c: which driver is bound */
int stock_look_bound(struct pci_dev *pdev, const struct device_driver *drv);
bool stock_is_unbound(const struct stock_function *sf);

/* match.c: which driver serves a personality */
struct device_driver *stock_driver_find(const char *name);
struct device_driver *stock_match_vfio(struct pci_dev *pdev);
void stock_drivers_put(struct stock_drivers *drivers);
struct device_driver *stock_drivers_take(struct stock_drivers *drivers, unsigned int i);
bool stock_driver_is_vfio(const struct device_driver *drv);
void stock_match_native(struct pci_dev *pdev, struct stock_drivers *drivers);
void stock_match_ids(const struct pci_device_id *ids, struct stock_drivers *drivers);

/* loader.c: asks for modules */
int stock_loader_init(void);
void stock_loader_exit(void);
void stock_load_vfio_ids(const struct pci_device_id *id);
void stock_load_vfio(struct pci_dev *pdev);
void stock_load_native_ids(const struct pci_device_id *id);
void stock_load_native(struct pci_dev *pdev);
bool stock_may_load_named(void);
void stock_load_named(const char *name);

/* group.c: IOMMU groups: turn-taking, DMA ownership, siblings */
int stock_group_shut(struct stock_group *group, struct stock_function *sf);
void stock_group_open(struct stock_group *group, struct stock_function *sf);
void stock_group_leave(struct stock_function *sf);

/* presence.c: a function's vfio_device */
struct vfio_device *stock_vfio_get(struct pci_dev *pdev);
void stock_vfio_put(struct vfio_device *vdev);

/* birth.c: a VF's first bind */
void stock_birth_settle(struct stock_function *sf);

/* bind.c: binds */
int stock_attach(struct pci_dev *pdev, const struct device_driver *drv);
int stock_bind(struct pci_dev *pdev, const struct device_driver *drv,
	       struct stock_override *o);

/* role.c: a function whose driver stays bound while it is elsewhere */
struct stock_role *stock_role_prepared(struct pci_dev *pdev);

/*
 * What the PCI core calls in the place of a bound driver's callbacks
 */

/**
 * stock_shadow_reserve() - see to it that there is memory for a role
 * @sf: the function
 *
 * Context: device_lock held; may sleep.
 * Return: 0, with &stock_function.role set, now or before; -ENOMEM.
 */
int stock_shadow_reserve(struct stock_function *sf);

/**
 * stock_shadow_prepare() - get ready to put a role in place, and hide the driver's attributes
 * @sf: the function, not prepared; stock_shadow_reserve() was called
 * @ops: what happens meanwhile
 * @priv: of whose these are
 *
 * Context: device_lock held, a driver bound; may sleep. stock_shadow_end() is owed.
 * Return: 0, with &stock_role.prepared set; or -ENOMEM, with nothing changed.
 */
int stock_shadow_prepare(struct stock_function *sf,
			 const struct pci_personality_shadow_ops *ops, void *priv);

/**
 * stock_shadow_set_ops() - change what happens while a role is in place
 * @role: the role
 * @ops: what happens meanwhile
 * @priv: of whose these are
 *
 * Context: device_lock held.
 */
void stock_shadow_set_ops(struct stock_role *role,
			  const struct pci_personality_shadow_ops *ops, void *priv);

/**
 * stock_shadow_lift() - have the PCI core find the driver again
 * @pdev: the function
 * @role: its role, which stays prepared
 *
 * Context: device_lock held.
 */
void stock_shadow_lift(struct pci_dev *pdev, struct stock_role *role);

/**
 * stock_shadow_bound() - the driver of a function that was born elsewhere is bound
 * @sf: the function
 *
 * Its attributes are there now: hide them.
 *
 * Context: device_lock held; may sleep.
 */
void stock_shadow_bound(struct stock_function *sf);

/**
 * stock_shadow_end() - end of stock_shadow_prepare(), but for the driver's attributes
 * @sf: the function; nothing happens if it was not prepared
 *
 * Context: device_lock held, or the function is gone; may sleep.
 */
void stock_shadow_end(struct stock_function *sf);

/**
 * stock_shadow_free() - give back the memory of a role
 * @sf: the function, which nobody switches any more
 *
 * Context: any; takes a spinlock.
 */
void stock_shadow_free(struct stock_function *sf);

/*
 * Who may be bound
 */

/**
 * stock_override_alloc() - get ready to say who may be bound
 * @o: where what is said is kept
 *
 * All that is done with it afterwards cannot fail.
 *
 * Context: may sleep. On success the caller owes stock_override_return() or
 * stock_override_drop().
 * Return: 0 or -ENOMEM.
 */
int stock_override_alloc(struct stock_override *o);

/**
 * stock_override_steer() - let no other driver be bound
 * @pdev: the function
 * @o: from stock_override_alloc()
 * @name: the driver's name, there as long as @o
 *
 * Context: may sleep; device_lock not held.
 * Return: 0; -EBUSY if the user wants another by now.
 */
int stock_override_steer(struct pci_dev *pdev, struct stock_override *o, const char *name);

/**
 * stock_override_return() - let be bound who could be before
 * @pdev: the function
 * @o: from stock_override_alloc(), whether or not something was said by it
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_override_return(struct pci_dev *pdev, struct stock_override *o);

/**
 * stock_birth_override_set() - let a new function be bound to one driver only
 * @pdev: the function, which no driver can be bound to yet
 * @name: the driver's name, or one that no driver has
 *
 * Context: may sleep; device_lock not held. stock_birth_override_clear() is owed after
 * the bind.
 * Return: the string that was set; or an ERR_PTR(): -EBUSY if there is a driver_override
 * already, -ENOMEM.
 */
const char *stock_birth_override_set(struct pci_dev *pdev, const char *name);

/**
 * stock_birth_override_clear() - end of stock_birth_override_set()
 * @pdev: the function
 * @ours: what that returned; what a user has written since stays
 *
 * Context: device_lock held.
 */
void stock_birth_override_clear(struct pci_dev *pdev, const char *ours);

/*
 * Another driver
 */

/**
 * stock_override_drop() - stock_override_return(), but for one driver_override
 * @pdev: the function
 * @o: from stock_override_alloc()
 * @name: if this is what the user's driver_override is, leave none
 *
 * Cannot fail.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_override_drop(struct pci_dev *pdev, struct stock_override *o, const char *name);

/**
 * stock_override_read() - what the user has set
 * @pdev: the function
 * @name: where it goes, PERSONALITY_NAME_LEN bytes; empty if there is none
 *
 * Context: may sleep; device_lock not held.
 * Return: true if it is as long as a driver's name may be.
 */
bool stock_override_read(struct pci_dev *pdev, char *name);

/**
 * stock_override_ignore() - look for drivers as if there were no driver_override
 * @pdev: the function
 * @fn: what looks
 * @data: for @fn
 *
 * Context: may sleep if @fn does; device_lock not held, but around @fn.
 */
void stock_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data), void *data);

/**
 * stock_bind_again() - bind the driver that was bound before
 * @pdev: the function
 * @drv: the driver, pinned
 * @o: of the rebinding; no other than @drv can be bound afterwards, even if a user has
 *	written another driver_override meanwhile, which would not have unbound @drv
 *
 * Context: may sleep, as long as the driver's probe takes; device_lock not held.
 * Return: as stock_bind().
 */
int stock_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct stock_override *o);

/**
 * stock_was_forestalled() - is an -EBUSY of stock_bind() somebody else's doing?
 * @sf: the function
 * @o: of the rebinding
 *
 * Context: may sleep while another driver operation is under way; device_lock not held.
 * Return: true if another driver has been bound since stock_unbind(), or the user wants
 * another; false if the driver's own probe said so.
 */
bool stock_was_forestalled(struct stock_function *sf, struct stock_override *o);

/**
 * stock_unbind() - unbind the driver that has been looked at, and no other
 * @sf: the function
 * @drv: the driver, NULL if there was none
 * @o: of the rebinding; no driver can be bound afterwards, even if nothing was unbound
 * @look: a last look under device_lock, at whatever must not have changed; returns 0 or
 *	the error to end with. NULL if there is nothing to look at
 * @data: for @look
 *
 * Context: may sleep, as long as the driver's remove takes; device_lock not held.
 * Return: 0; -ENODEV if the function is gone; -EBUSY if another driver is bound; -EINTR;
 * -ENOMEM; the error of @look. After an error @o is as it was.
 */
int stock_unbind(struct stock_function *sf, const struct device_driver *drv,
		 struct stock_override *o, int (*look)(void *data), void *data);

/**
 * stock_admit_users() - end of pci_personality_exclude_users()
 * @sf: the function; nothing happens if its vfio_device is gone or a new one
 *
 * Context: the function's transition under way; may sleep; device_lock not held.
 */
void stock_admit_users(struct stock_function *sf);

#endif /* _PCI_PERSONALITY_STOCK_INTERNAL_H */
