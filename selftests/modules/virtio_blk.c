// SPDX-License-Identifier: GPL-2.0
/* A VFIO half for virtio's disks: see virtio_half.h. */
#include <linux/module.h>

#include "virtio_half.h"

static const struct pci_device_id virtio_blk_ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1042) },
	{ }
};

VIRTIO_HALF(virtio_blk, virtio_blk_ids, 0x42);
MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE(VIRTIO_HALF_DRIVER, 1AF4, 1042);
MODULE_DESCRIPTION("VFIO half for virtio's disks, for the selftests of the personality switch");
