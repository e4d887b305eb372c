/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch on stock kernels: what the files of this folder share.
 *
 * stock.c     a function's life; who is asked
 * swap.c      a rebinding with a roll-back: choose, load, unbind, bind
 * birth.c     a VF's first bind
 * hold.c      functions that no driver is bound to
 * rebind.c    unbind, bind and driver_override; no other file touches the last
 * bound.c     which driver is bound
 * match.c     which driver serves a personality
 * loader.c    asks for modules
 * shadow.c    keeps the PCI core off a driver whose function is elsewhere
 * shim.c      does the same for power management
 * firmware.c  the IOMMU of a function that never had a driver, on arm64
 * group.c     IOMMU groups: turn-taking, DMA ownership, siblings
 * presence.c  what can be seen of VFIO without using a symbol of it
 * exclude.c   keeps new users off a vfio_device that is to go
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
 * struct stock_override - a driver_override lent to a bind
 * @current_name: what is set, in memory of ours
 * @next_name: memory for what will be set next
 * @spare_name: memory for the one that a user has freed by writing another
 * @saved: what the user had set, NULL for nothing
 * @lent: something of ours has been set
 * @lost: the user wrote another value meanwhile, which stays
 */
struct stock_override {
	char *current_name;
	char *next_name;
	char *spare_name;
	const char *saved;
	bool lent;
	bool lost;
};

/* stock.c */
struct stock_function *stock_get(struct pci_dev *pdev);
void stock_put(struct stock_function *sf);
bool stock_uses_kernel_dma(struct stock_function *sf);
void stock_note_broken(struct stock_function *sf, bool broken);

/* rebind.c */
int stock_override_alloc(struct stock_override *o);
void stock_override_return(struct pci_dev *pdev, struct stock_override *o);
void stock_override_drop(struct pci_dev *pdev, struct stock_override *o,
			 const char *name);
bool stock_override_read(struct pci_dev *pdev, char *name);
void stock_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data), void *data);
const char *stock_birth_override_set(struct pci_dev *pdev, const char *name);
void stock_birth_override_clear(struct pci_dev *pdev, const char *ours);
bool stock_was_forestalled(struct stock_function *sf, struct stock_override *o);
int stock_bind(struct pci_dev *pdev, const struct device_driver *drv,
	       struct stock_override *o);
int stock_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct stock_override *o);
int stock_unbind(struct stock_function *sf, const struct device_driver *drv,
		 struct stock_override *o, int (*look)(void *data), void *data);

/* shadow.c */
const struct dev_pm_ops *stock_shadow_pm(struct pci_dev *pdev,
					 struct pci_driver **native);
int stock_shadow_reserve(struct stock_function *sf);
void stock_shadow_leaving(struct stock_function *sf);
void stock_shadow_bound(struct stock_function *sf);
void stock_shadow_end(struct stock_function *sf);
void stock_shadow_free(struct stock_function *sf);
void stock_shadows_exit(void);

/* shim.c */
int stock_shim_get(struct pci_driver *driver);
void stock_shim_put(struct pci_driver *driver);
void stock_shims_free(void);

/* bound.c */
int stock_look_bound(struct pci_dev *pdev, const struct device_driver *drv);
bool stock_is_unbound(const struct stock_function *sf);

/* match.c */
struct device_driver *stock_driver_find(const char *name);
struct device_driver *stock_match_vfio(struct pci_dev *pdev);
void stock_drivers_put(struct stock_drivers *drivers);
struct device_driver *stock_drivers_take(struct stock_drivers *drivers, unsigned int i);
bool stock_driver_is_vfio(const struct device_driver *drv);
void stock_match_native(struct pci_dev *pdev, struct stock_drivers *drivers);
void stock_match_ids(const struct pci_device_id *ids, struct stock_drivers *drivers);

/* loader.c */
int stock_loader_init(void);
void stock_loader_exit(void);
void stock_load_vfio_ids(const struct pci_device_id *id);
void stock_load_vfio(struct pci_dev *pdev);
void stock_load_native_ids(const struct pci_device_id *id);
void stock_load_native(struct pci_dev *pdev);
void stock_load_named(const char *name);

/* firmware.c */
struct iommu_group *stock_iommu_group_ask(struct pci_dev *pdev);

/* group.c */
int stock_group_shut(struct stock_group *group, struct stock_function *sf);
void stock_group_open(struct stock_group *group, struct stock_function *sf);
void stock_group_leave(struct stock_function *sf);

/* presence.c */
struct vfio_device *stock_vfio_get(struct pci_dev *pdev);
void stock_vfio_put(struct vfio_device *vdev);

/* exclude.c */
void stock_admit_users(struct stock_function *sf);

#endif /* _PCI_PERSONALITY_STOCK_INTERNAL_H */
