// SPDX-License-Identifier: GPL-2.0
/* The proof that fits a function's native driver, see native.h. */
#include <errno.h>

#include "diag.h"
#include "native.h"
#include "pci.h"
#include "wait.h"

/* Drivers make their netdevs and disks in the background */
#define APPEAR_MS 10000

int native_prove(const char *bdf, char *story, size_t size)
{
	char name[PCI_NAME_LEN];

	if (wait_for(!pci_netdev(bdf, name, sizeof(name)) ||
		     !pci_block(bdf, name, sizeof(name)), APPEAR_MS))
		return diag_error(-ENODEV, "%s: no netdev and no disk", bdf);
	if (!pci_netdev(bdf, name, sizeof(name)))
		return net_prove(name, story, size);
	return block_prove(bdf, name, story, size);
}
