// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: the IOMMU of a function that never had a driver.
 *
 * May touch: dev->driver, of a function that has no IOMMU group yet.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * stock_iommu_group_ask() - have the firmware asked for a function's IOMMU
 * @pdev: the function, without a group
 *
 * Where the firmware tells function by function which IOMMU it has, as on arm64,
 * Linux before 6.15 does not ask until a driver is to be bound. For a function that
 * never had one, do what a probe begins with, and leave of it what a probe leaves
 * that fails. Whose driver manages DMA itself does not use the default domain.
 *
 * Context: may sleep; takes device_lock.
 * Return: its group, to be given back with iommu_group_put(), or NULL.
 */
struct iommu_group *stock_iommu_group_ask(struct pci_dev *pdev)
{
	static struct pci_driver nobody = {
		.name = KBUILD_MODNAME,
		.driver.name = KBUILD_MODNAME,
		.driver_managed_dma = true,
	};
	struct device *dev = &pdev->dev;

	scoped_guard(device, dev) {
		if (dev->driver || !device_is_registered(dev))
			break;
		dev->driver = &nobody.driver;
		dev->bus->dma_configure(dev);
		dev->driver = NULL;
		kfree(dev->dma_range_map);
		dev->dma_range_map = NULL;
	}
	return iommu_group_get(dev);
}
