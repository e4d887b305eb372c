/* SPDX-License-Identifier: GPL-2.0 */
/*
 * igbvf that can let go of its hardware: what netdev.c, as igbvf.cocci makes it,
 * igbvf_native.c and igbvf-vfio.ko have from each other.
 */
#ifndef _IGBVF_NATIVE_H_
#define _IGBVF_NATIVE_H_

#include <linux/pci.h>
#include <linux/pci-personality.h>

#include "igbvf.h"

/* Of netdev.c */
int igbvf_open(struct net_device *netdev);
int igbvf_close(struct net_device *netdev);
void igbvf_reset(struct igbvf_adapter *adapter);
void igbvf_set_interrupt_capability(struct igbvf_adapter *adapter);
void igbvf_reset_interrupt_capability(struct igbvf_adapter *adapter);
void igbvf_initialize_last_counter_stats(struct igbvf_adapter *adapter);

/* For netdev.c */
bool igbvf_native_has_hw(const struct igbvf_adapter *adapter);
void igbvf_native_unmap(struct igbvf_adapter *adapter);
void igbvf_native_settle(struct igbvf_adapter *adapter);
void igbvf_native_reset_prepare(struct igbvf_adapter *adapter);
void igbvf_native_reset_done(struct igbvf_adapter *adapter);
extern const struct attribute_group *igbvf_native_groups[];

/* For igbvf-vfio.ko */
int igbvf_native_stop(struct pci_dev *pdev);
int igbvf_native_start(struct pci_dev *pdev);
bool igbvf_native_migrates(struct pci_dev *pdev);

#endif /* _IGBVF_NATIVE_H_ */
