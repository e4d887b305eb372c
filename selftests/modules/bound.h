/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drivers for the selftests, not for use: they stay bound while their function is in
 * VFIO. They take any function, but have no ids: driver_override has to name them. Only
 * one, for VFs, has some, since none that is not found by them is born in VFIO.
 *
 * bound.c        the drivers, and the native function, which is no more than BAR 0
 * bound_calls.c  every callback that a driver may have; each says for whom it was called
 * bound_vfio.c   the VFIO personality, whose callbacks can be told to break their word
 */
#ifndef _BOUND_H
#define _BOUND_H

#include <linux/pci.h>
#include <linux/pci-personality.h>
#include <linux/pm.h>

/**
 * struct bound - a function
 * @node: in the list of them
 * @pdev: the same
 * @regs: BAR 0, NULL while the native function is stopped
 */
struct bound {
	struct list_head node;
	struct pci_dev *pdev;
	void __iomem *regs;
};

/* bound.c */
int bound_start(struct bound *bound);
void bound_stop(struct bound *bound);
const char *bound_manner(struct pci_dev *pdev);

/* bound_calls.c */
void bound_called(struct pci_dev *pdev, const char *callback);
void bound_shutdown(struct pci_dev *pdev);
int bound_sriov_configure(struct pci_dev *pdev, int num_vfs);
u32 bound_get_vf_total_msix(struct pci_dev *pf);
int bound_set_msix_vec_count(struct pci_dev *vf, int count);
int bound_legacy_suspend(struct pci_dev *pdev, pm_message_t state);
int bound_legacy_resume(struct pci_dev *pdev);
void bound_coredump(struct device *dev);
void bound_sync_state(struct device *dev);
int bound_vfio_runtime_idle(struct device *dev);
extern const struct pci_error_handlers bound_err_handler;
extern const struct dev_pm_ops bound_pm_ops;

/* bound_vfio.c */
extern const struct pci_personality_ops bound_personality_ops;
extern const struct pci_personality_ops bound_partly_personality_ops;
extern const struct pci_personality_ops bound_vf_personality_ops;
extern const struct pci_device_id bound_vf_ids[];

#endif /* _BOUND_H */
