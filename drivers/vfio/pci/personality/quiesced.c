// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: did the driver stop all that it should have stopped?
 *
 * May touch: nothing, it only looks.
 */
#include "personality.h"

static int find_claimed_bar(struct pci_dev *pdev)
{
	int bar;

	/* A region that a driver requested is a child of the BAR's resource */
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (pci_resource_len(pdev, bar) && pdev->resource[bar].child)
			return bar;
	return -1;
}

/**
 * vfio_personality_quiesced() - check what a driver's stop left behind
 * @pdev: the function
 *
 * VFIO would fail late, in a user's face, over interrupt vectors or BARs that
 * are still the driver's.
 *
 * Context: device_lock held.
 * Return: 0, or -EINVAL with the reason in the log.
 */
int vfio_personality_quiesced(struct pci_dev *pdev)
{
	int bar = find_claimed_bar(pdev);

	if (pdev->msi_enabled || pdev->msix_enabled) {
		pci_err(pdev, "the driver's stop left interrupt vectors allocated\n");
		return -EINVAL;
	}
	if (bar >= 0) {
		pci_err(pdev, "the driver's stop left BAR %d requested\n", bar);
		return -EINVAL;
	}
	if (pci_is_enabled(pdev)) {
		pci_err(pdev, "the driver's stop left the function enabled\n");
		return -EINVAL;
	}
	return 0;
}
