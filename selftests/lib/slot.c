// SPDX-License-Identifier: GPL-2.0
/* The slot below a PCIe port, see slot.h. */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <unistd.h>

#include "diag.h"
#include "slot.h"

#define CAPABILITIES_MAX	48

static int open_config(const char *port)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", port);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? diag_error(-errno, "%s", path) : fd;
}

/* Where the slot's control register is: the offset, or -ENOENT */
static int find_control(int config)
{
	int left = CAPABILITIES_MAX;
	u8 at = 0, id = 0;

	if (pread(config, &at, 1, PCI_CAPABILITY_LIST) != 1)
		return -EIO;
	while (at && left--) {
		if (pread(config, &id, 1, at) != 1)
			return -EIO;
		if (id == PCI_CAP_ID_EXP)
			return at + PCI_EXP_SLTCTL;
		if (pread(config, &at, 1, at + PCI_CAP_LIST_NEXT) != 1)
			return -EIO;
	}
	return -ENOENT;
}

/* Change the bits of @mask, if any: what they all are then, or a negative errno */
static int control(const char *port, u16 mask, u16 value)
{
	int config = open_config(port);
	int at, ret = -EIO;
	u16 bits;

	if (config < 0)
		return config;
	at = find_control(config);
	if (at < 0) {
		ret = at;
	} else if (pread(config, &bits, sizeof(bits), at) == sizeof(bits)) {
		bits = htole16((le16toh(bits) & ~mask) | value);
		if (!mask ||
		    pwrite(config, &bits, sizeof(bits), at) == sizeof(bits))
			ret = le16toh(bits);
	}
	close(config);
	return ret < 0 ? diag_error(ret, "%s: slot control", port) : ret;
}

int slot_power(const char *port, bool on)
{
	int ret = control(port, PCI_EXP_SLTCTL_PCC,
			  on ? PCI_EXP_SLTCTL_PWR_ON : PCI_EXP_SLTCTL_PWR_OFF);

	return ret < 0 ? ret : 0;
}

#define SLOT_MASK	(PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC)
#define SLOT_ON		(PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_PWR_ON | \
			 PCI_EXP_SLTCTL_PWR_IND_ON)
#define SLOT_OFF	(PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF)

/*
 * To QEMU, a slot whose power and power indicator are off is one that may be
 * emptied. The kernel is not to see either: it would take the slot for one that it
 * has switched off itself. So its interrupt is held back until both are on again.
 */
int slot_pull(const char *port)
{
	int ret = control(port, SLOT_MASK, SLOT_OFF);

	return ret < 0 ? ret : slot_report(port);
}

int slot_report(const char *port)
{
	int ret = control(port, SLOT_MASK, SLOT_ON);

	return ret < 0 ? ret : 0;
}

bool slot_is_on(const char *port)
{
	int bits = control(port, 0, 0);

	return bits >= 0 && (bits & SLOT_MASK) == SLOT_ON;
}

bool slot_is_off(const char *port)
{
	int bits = control(port, 0, 0);

	return bits >= 0 && (bits & SLOT_MASK & ~PCI_EXP_SLTCTL_HPIE) == SLOT_OFF;
}
