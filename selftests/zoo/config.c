// SPDX-License-Identifier: GPL-2.0
/* Configuration space, and what of it changes by itself, see zoo.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "diag.h"
#include "zoo.h"

static u32 read32(const u8 *config, unsigned int at)
{
	return config[at] | config[at + 1] << 8 | config[at + 2] << 16 |
	       (u32)config[at + 3] << 24;
}

static unsigned int find_capability(const u8 *config, u8 id)
{
	unsigned int at = config[PCI_CAPABILITY_LIST] & ~3;
	int patience = 48;

	if (!(config[PCI_STATUS] & PCI_STATUS_CAP_LIST))
		return 0;
	while (at && config[at] != id && patience--)
		at = config[at + PCI_CAP_LIST_NEXT] & ~3;
	return patience > 0 ? at : 0;
}

/*
 * Where MSI goes: each driver that is bound gets vectors of its own, and the kernel
 * routes them anew.
 */
static void leave_out_msi(u8 *config)
{
	unsigned int at = find_capability(config, PCI_CAP_ID_MSI);

	if (!at)
		return;
	memset(config + at + PCI_MSI_ADDRESS_LO, 0, 4);
	if (config[at + PCI_MSI_FLAGS] & PCI_MSI_FLAGS_64BIT) {
		memset(config + at + PCI_MSI_ADDRESS_HI, 0, 4);
		memset(config + at + PCI_MSI_DATA_64, 0, 2);
	} else {
		memset(config + at + PCI_MSI_DATA_32, 0, 2);
	}
}

/* Whether it asks for INTx at this very moment */
static void leave_out_intx(u8 *config)
{
	config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
}

/*
 * Errors that the device has noted, which the reset between two users clears. QEMU's OHCI
 * notes one where the firmware has left it running and the IOMMU comes between.
 */
static void leave_out_errors(u8 *config)
{
	const u16 errors = PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
			   PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
			   PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY;

	config[PCI_STATUS + 1] &= ~(errors >> 8);
}

/*
 * VFIO ends DMA when its user goes. What the firmware had left on before, nobody turns
 * on again where there is no driver.
 */
static void leave_out_master(const char *bdf, u8 *config)
{
	if (pci_driver_is(bdf, ""))
		config[PCI_COMMAND] &= ~PCI_COMMAND_MASTER;
}

int config_read(const char *bdf, u8 *config)
{
	char text[CONFIG_SPACE + 1];
	int size = pci_read(bdf, "config", text, sizeof(text));

	if (size < PCI_STD_HEADER_SIZEOF)
		return diag_error(size < 0 ? size : -EIO, "%s: config", bdf);
	memcpy(config, text, size);
	leave_out_master(bdf, config);
	leave_out_intx(config);
	leave_out_errors(config);
	leave_out_msi(config);
	return size;
}

bool config_is(const char *bdf, const u8 *was, int size)
{
	u8 is[CONFIG_SPACE];
	bool ok = true;
	int at;

	if (config_read(bdf, is) != size)
		return false;
	for (at = 0; at < size; at += 4) {
		if (!memcmp(is + at, was + at, 4))
			continue;
		diag("%s: configuration space at %#x is %08x, was %08x", bdf, at,
		     read32(is, at), read32(was, at));
		ok = false;
	}
	return ok;
}
