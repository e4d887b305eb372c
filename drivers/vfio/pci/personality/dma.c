// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: DMA ownership.
 *
 * May touch: the bus's dma_configure and dma_cleanup.
 *
 * A bound driver holds a use of its IOMMU group's default domain, which keeps
 * VFIO users out. The driver core takes and releases it around probe and remove
 * by these two callbacks of the bus (drivers/pci/pci-driver.c); they do the same
 * for a driver that stays bound.
 */
#include <linux/device/bus.h>
#include <linux/slab.h>

#include <linux/pci-personality.h>

#include "personality.h"

int vfio_personality_dma_take(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;
	const struct bus_dma_region *ranges = dev->dma_range_map;
	int ret;

	pci_personality_assert_locked(pdev);

	/*
	 * The firmware's ranges, where it has some, are read once more and put in the
	 * place of those that the probe has read, which would be lost.
	 */
	dev->dma_range_map = NULL;
	ret = dev->bus->dma_configure(dev);
	if (dev->dma_range_map)
		kfree(ranges);
	else
		dev->dma_range_map = ranges;
	return ret;
}

void vfio_personality_dma_give(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;

	pci_personality_assert_locked(pdev);
	dev->bus->dma_cleanup(dev);
}
