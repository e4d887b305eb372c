/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what its lower half shares.
 *
 * core.c      a function's life; who is asked
 * swap.c      a rebinding with a roll-back: choose, load, unbind, bind
 * birth.c     a VF's first bind
 * rebind.c    unbind and bind
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
#define CORE_DRIVERS	16

/**
 * struct core_drivers - several drivers, pinned
 * @count: how many
 * @driver: the drivers; NULL where one was taken out
 */
struct core_drivers {
	unsigned int count;
	struct device_driver *driver[CORE_DRIVERS];
};

/**
 * struct core_override - what a rebinding says of who may be bound
 * @lent: it has said something
 * @saved: what was said before
 */
struct core_override {
	bool lent;
	const char *saved;
};

/* core.c */
struct core_function *core_get(struct pci_dev *pdev);
void core_put(struct core_function *sf);
bool core_uses_kernel_dma(struct core_function *sf);
void core_note_broken(struct core_function *sf, bool broken);

/* rebind.c */
int core_override_alloc(struct core_override *o);
void core_override_return(struct pci_dev *pdev, struct core_override *o);
void core_override_drop(struct pci_dev *pdev, struct core_override *o, const char *name);
bool core_override_read(struct pci_dev *pdev, char *name);
void core_override_ignore(struct pci_dev *pdev,
			  void (*fn)(struct pci_dev *pdev, void *data), void *data);
const char *core_birth_override_set(struct pci_dev *pdev, const char *name);
void core_birth_override_clear(struct pci_dev *pdev, const char *ours);
bool core_is_unbound(const struct core_function *sf);
bool core_was_forestalled(struct core_function *sf, struct core_override *o);
int core_bind(struct pci_dev *pdev, const struct device_driver *drv, struct core_override *o);
int core_look_bound(struct pci_dev *pdev, const struct device_driver *drv);
int core_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		    struct core_override *o);
int core_unbind(struct core_function *sf, const struct device_driver *drv,
		struct core_override *o, int (*look)(void *data), void *data);

/* role.c */
void core_shadow_bound(struct core_function *sf);
void core_shadow_end(struct core_function *sf);
void core_shadow_free(struct core_function *sf);

/* match.c */
struct device_driver *core_driver_find(const char *name);
struct device_driver *core_match_vfio(struct pci_dev *pdev);
void core_drivers_put(struct core_drivers *drivers);
struct device_driver *core_drivers_take(struct core_drivers *drivers, unsigned int i);
bool core_driver_is_vfio(const struct device_driver *drv);
void core_match_native(struct pci_dev *pdev, struct core_drivers *drivers);
void core_match_ids(const struct pci_device_id *ids, struct core_drivers *drivers);

/* loader.c */
int core_loader_init(void);
void core_loader_exit(void);
void core_load_vfio_ids(const struct pci_device_id *id);
void core_load_vfio(struct pci_dev *pdev);
void core_load_native_ids(const struct pci_device_id *id);
void core_load_native(struct pci_dev *pdev);
bool core_may_load_named(void);
void core_load_named(const char *name);

/* group.c */
int core_group_shut(struct core_group *group, struct core_function *sf);
void core_group_open(struct core_group *group, struct core_function *sf);
void core_group_leave(struct core_function *sf);

/* The firmware has been asked for each function when it was added */
static inline struct iommu_group *core_iommu_group_ask(struct pci_dev *pdev)
{
	return NULL;
}

/* presence.c */
struct vfio_device *core_vfio_get(struct pci_dev *pdev);
void core_vfio_put(struct vfio_device *vdev);

/* exclude.c */
void core_admit_users(struct core_function *sf);

/* Nothing stands in for a driver whose memory others could look at */
static inline void core_shadows_exit(void) { }
static inline void core_shims_free(void) { }

#endif /* _PCI_PERSONALITY_INTERNAL_H */
