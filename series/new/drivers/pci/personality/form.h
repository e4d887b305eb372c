/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what its lower half has by the PCI core. internal.h includes it.
 *
 * only.c    says which driver may be bound
 * shadow.c  gives a function whose driver stays bound another role
 */
#ifndef _PCI_PERSONALITY_FORM_H
#define _PCI_PERSONALITY_FORM_H

/**
 * struct pcore_override - what a rebinding says of who may be bound
 * @lent: it has said something
 * @saved: what was said before
 */
struct pcore_override {
	bool lent;
	const char *saved;
};

/* The firmware has been asked for each function when it was added */
static inline struct iommu_group *pcore_iommu_group_ask(struct pci_dev *pdev)
{
	return NULL;
}

/* vfio_pci_core ends the firmware's frame buffer in every display */
static inline void pcore_display_take(struct pci_dev *pdev) { }

/* An unbind ends a role, whether or not its end is told */
static inline void pcore_shadow_tidy(struct pcore_function *sf) { }

/* Nothing stands in for a driver whose memory others could look at */
static inline void pcore_shadows_exit(void) { }
static inline void pcore_shims_free(void) { }

#endif /* _PCI_PERSONALITY_FORM_H */
