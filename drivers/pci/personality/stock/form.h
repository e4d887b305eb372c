/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch on stock kernels: what it takes to imitate what mainline would
 * have. internal.h includes it.
 *
 * rebind.c    lends driver_override to steer binds; no other file touches it
 * shadow.c    keeps the PCI core off a driver whose function is elsewhere
 * shim.c      does the same for power management
 * firmware.c  the IOMMU of a function that never had a driver, on arm64; a display that had none
 */
#ifndef _PCI_PERSONALITY_STOCK_FORM_H
#define _PCI_PERSONALITY_STOCK_FORM_H

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

/* shadow.c */
const struct dev_pm_ops *stock_shadow_pm(struct pci_dev *pdev, struct pci_driver **native);
void stock_shadow_tidy(struct stock_function *sf);
void stock_shadow_leaving(struct stock_function *sf);
void stock_shadows_exit(void);

/* shim.c */
int stock_shim_get(struct pci_driver *driver);
void stock_shim_put(struct pci_driver *driver);
void stock_shims_free(void);

/* firmware.c */
struct iommu_group *stock_iommu_group_ask(struct pci_dev *pdev);
void stock_display_take(struct pci_dev *pdev);

#endif /* _PCI_PERSONALITY_STOCK_FORM_H */
