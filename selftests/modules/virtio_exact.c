// SPDX-License-Identifier: GPL-2.0
/* A VFIO half for one vendor's virtio network cards, QEMU's: see virtio_half.h. */
#include <linux/module.h>

#include "virtio_half.h"

static const struct pci_device_id virtio_exact_ids[] = {
	{ PCI_DEVICE_SUB(0x1af4, 0x1041, 0x1af4, 0x1100) },
	{ }
};

VIRTIO_HALF(virtio_exact, virtio_exact_ids, 0x43);
MODULE_ALIAS_PCI_PERSONALITY_VFIO_SUBSYSTEM(VIRTIO_HALF_DRIVER, 1AF4, 1041, 1AF4, 1100);
MODULE_DESCRIPTION("VFIO half for QEMU's virtio network cards, for the selftests of the personality switch");
