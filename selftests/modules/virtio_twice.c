// SPDX-License-Identifier: GPL-2.0
/* A VFIO half for what virtio_net.c is for as well, so that one is refused. */
#include <linux/module.h>

#include "virtio_half.h"

static const struct pci_device_id virtio_twice_ids[] = {
	{ PCI_DEVICE(0x1af4, 0x10f0) },
	{ PCI_DEVICE(0x1af4, 0x1041) },
	{ }
};

VIRTIO_HALF(virtio_twice, virtio_twice_ids, 0x44);
MODULE_DESCRIPTION("VFIO half that contends with another, for the selftests of the personality switch");
