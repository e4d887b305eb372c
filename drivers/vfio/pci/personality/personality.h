/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio-pci-personality: what its files share.
 *
 * lifecycle.c  into VFIO, back, and out of it on unbind: the order of the steps
 * dma.c        whose the DMA of the IOMMU group is
 * quiesced.c   did the driver stop all that it should have stopped?
 *
 * Everything runs under device_lock, which is all the locking there is here.
 * What must not happen and what prevents it:
 *
 *   native callbacks find VFIO's drvdata        the shadow (pci-personality.h)
 *   VFIO sets the power management of siblings  the shadow
 *   a user gets the function on its way back    DMA ownership, taken back first
 *   someone waits for a user                    the same, and a look at who
 *                                               holds the vfio_device
 *   a half-stopped function meets VFIO          quiesced.c
 *   native DMA in a user's domain               the kernel's domain is left last
 *                                               and taken back first
 *   the function suspends in between            a runtime PM reference, held
 *                                               until it is native again
 */
#ifndef _VFIO_PCI_PERSONALITY_INTERNAL_H
#define _VFIO_PCI_PERSONALITY_INTERNAL_H

#include <linux/pci.h>

struct vfio_pci_core_device;

/* lifecycle.c */
struct vfio_pci_core_device *vfio_personality_device(struct pci_dev *pdev);

/* dma.c */
/**
 * vfio_personality_dma_take() - take the kernel's DMA domain back
 * @pdev: the function, its driver bound
 *
 * Context: device_lock held; may sleep. On success no VFIO user can get the group any
 * more, and vfio_personality_dma_give() or the driver core's unbind is owed.
 * Return: 0; -EBUSY if a VFIO user owns the group; another error of the bus.
 */
int vfio_personality_dma_take(struct pci_dev *pdev);

/**
 * vfio_personality_dma_give() - leave the kernel's DMA domain
 * @pdev: the function, its driver bound and stopped
 *
 * Cannot fail.
 *
 * Context: device_lock held; may sleep.
 */
void vfio_personality_dma_give(struct pci_dev *pdev);

/* quiesced.c */
int vfio_personality_quiesced(struct pci_dev *pdev);

#endif /* _VFIO_PCI_PERSONALITY_INTERNAL_H */
