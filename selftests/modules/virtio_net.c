// SPDX-License-Identifier: GPL-2.0
/* A VFIO half for virtio's network cards: see virtio_half.h. */
#include <linux/module.h>

#include "virtio_half.h"

static const struct pci_device_id virtio_net_ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1041) },
	{ }
};

VIRTIO_HALF(virtio_net, virtio_net_ids, 0x41);
MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE(VIRTIO_HALF_DRIVER, 1AF4, 1041);
MODULE_DESCRIPTION("VFIO half for virtio's network cards, for the selftests of the personality switch");
