// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: DMA ownership.
 *
 * May touch: the bound driver's use of the kernel's DMA domain.
 */
#include <linux/pci-personality.h>

#include "personality.h"

/**
 * vfio_personality_dma_take() - take the kernel's DMA domain back
 * @pdev: the function, its driver bound
 *
 * Context: device_lock held; may sleep. On success no VFIO user can get the group any
 * more, and vfio_personality_dma_give() or the driver core's unbind is owed.
 * Return: 0; -EBUSY if a VFIO user owns the group.
 */
int vfio_personality_dma_take(struct pci_dev *pdev)
{
	return pci_dma_reclaim(pdev);
}

/**
 * vfio_personality_dma_give() - leave the kernel's DMA domain
 * @pdev: the function, its driver bound and stopped
 *
 * Cannot fail.
 *
 * Context: device_lock held; may sleep.
 */
void vfio_personality_dma_give(struct pci_dev *pdev)
{
	pci_dma_lend(pdev);
}
