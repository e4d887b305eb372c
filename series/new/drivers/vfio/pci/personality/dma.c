// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: DMA ownership.
 *
 * May touch: the bound driver's use of the kernel's DMA domain.
 */
#include <linux/pci.h>

#include "personality.h"

int vfio_personality_dma_take(struct pci_dev *pdev)
{
	return pci_dma_reclaim(pdev);
}

void vfio_personality_dma_give(struct pci_dev *pdev)
{
	pci_dma_lend(pdev);
}
