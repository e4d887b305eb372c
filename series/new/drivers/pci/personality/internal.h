/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what its lower half shares.
 *
 * core.c      a function's life; who is asked
 * swap.c      a rebinding with a roll-back: choose, load, unbind, bind
 * birth.c     a VF's first bind
 * hold.c      functions that no driver is bound to
 * rebind.c    unbind and bind
 * bound.c     which driver is bound
 * match.c     which driver serves a personality
 * loader.c    asks for modules
 * role.c      the role of a function whose driver stays bound
 * group.c     IOMMU groups: turn-taking, DMA ownership, siblings
 * presence.c  a function's vfio_device
 * exclude.c   keeps new users off a vfio_device that is to go
 *
 * The lock order is in personality.h.
 */
#ifndef _PCI_PERSONALITY_INTERNAL_H
#define _PCI_PERSONALITY_INTERNAL_H

#include <linux/pci-personality.h>

#include "core.h"

/* More drivers with one id than the kernel has for any */
#define PCORE_DRIVERS	16

/**
 * struct pcore_drivers - several drivers, pinned
 * @count: how many
 * @driver: the drivers; NULL where one was taken out
 */
struct pcore_drivers {
	unsigned int count;
	struct device_driver *driver[PCORE_DRIVERS];
};

/**
 * struct pcore_override - what a rebinding says of who may be bound
 * @lent: it has said something
 * @saved: what was said before
 */
struct pcore_override {
	bool lent;
	const char *saved;
};

/* core.c */
struct pcore_function *pcore_get(struct pci_dev *pdev);
void pcore_put(struct pcore_function *sf);
bool pcore_uses_kernel_dma(struct pcore_function *sf);
void pcore_note_broken(struct pcore_function *sf, bool broken);

/* rebind.c */
int pcore_override_alloc(struct pcore_override *o);
void pcore_override_return(struct pci_dev *pdev, struct pcore_override *o);
void pcore_override_drop(struct pci_dev *pdev, struct pcore_override *o, const char *name);
bool pcore_override_read(struct pci_dev *pdev, char *name);
void pcore_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data), void *data);
const char *pcore_birth_override_set(struct pci_dev *pdev, const char *name);
void pcore_birth_override_clear(struct pci_dev *pdev, const char *ours);
bool pcore_was_forestalled(struct pcore_function *sf, struct pcore_override *o);
int pcore_bind(struct pci_dev *pdev, const struct device_driver *drv, struct pcore_override *o);
int pcore_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct pcore_override *o);
int pcore_unbind(struct pcore_function *sf, const struct device_driver *drv,
		 struct pcore_override *o, int (*look)(void *data), void *data);

/* role.c */
void pcore_shadow_bound(struct pcore_function *sf);
void pcore_shadow_end(struct pcore_function *sf);
void pcore_shadow_free(struct pcore_function *sf);

/* bound.c */
int pcore_look_bound(struct pci_dev *pdev, const struct device_driver *drv);
bool pcore_is_unbound(const struct pcore_function *sf);

/* match.c */
struct device_driver *pcore_driver_find(const char *name);
struct device_driver *pcore_match_vfio(struct pci_dev *pdev);
void pcore_drivers_put(struct pcore_drivers *drivers);
struct device_driver *pcore_drivers_take(struct pcore_drivers *drivers, unsigned int i);
bool pcore_driver_is_vfio(const struct device_driver *drv);
void pcore_match_native(struct pci_dev *pdev, struct pcore_drivers *drivers);
void pcore_match_ids(const struct pci_device_id *ids, struct pcore_drivers *drivers);

/* loader.c */
int pcore_loader_init(void);
void pcore_loader_exit(void);
void pcore_load_vfio_ids(const struct pci_device_id *id);
void pcore_load_vfio(struct pci_dev *pdev);
void pcore_load_native_ids(const struct pci_device_id *id);
void pcore_load_native(struct pci_dev *pdev);
void pcore_load_named(const char *name);

/* group.c */
int pcore_group_shut(struct pcore_group *group, struct pcore_function *sf);
void pcore_group_open(struct pcore_group *group, struct pcore_function *sf);
void pcore_group_leave(struct pcore_function *sf);

/* The firmware has been asked for each function when it was added */
static inline struct iommu_group *pcore_iommu_group_ask(struct pci_dev *pdev)
{
	return NULL;
}

/* presence.c */
struct vfio_device *pcore_vfio_get(struct pci_dev *pdev);
void pcore_vfio_put(struct vfio_device *vdev);

/* exclude.c */
void pcore_admit_users(struct pcore_function *sf);

/* Nothing stands in for a driver whose memory others could look at */
static inline void pcore_shadows_exit(void) { }
static inline void pcore_shims_free(void) { }

#endif /* _PCI_PERSONALITY_INTERNAL_H */
