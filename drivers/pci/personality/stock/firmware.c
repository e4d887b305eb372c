// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: what the firmware has set up, and no driver has
 * had since: a function's IOMMU, and its display.
 *
 * May touch: dev->driver, of a function that has no IOMMU group yet.
 */
#include <linux/aperture.h>
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

/**
 * stock_display_take() - end the firmware's frame buffer in a display
 * @pdev: the function, which is in VFIO by another driver
 *
 * Until a native driver comes, the kernel draws by efifb, vesafb or simpledrm where the
 * firmware did, and they keep that part of the display's memory to themselves: VFIO's user
 * would not get it. vfio_pci_core ends that for VGA controllers, and for no other display.
 * Here as there, it does not come back before the next boot.
 *
 * Context: may sleep; device_lock not held.
 */
void stock_display_take(struct pci_dev *pdev)
{
	if (pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY &&
	    pdev->class >> 8 != PCI_CLASS_DISPLAY_VGA)
		aperture_remove_conflicting_pci_devices(pdev, KBUILD_MODNAME);
}
