// SPDX-License-Identifier: GPL-2.0
/*
 * What is to be seen of a function that does not work: it tells a fault of the switch from
 * one of the device or of its driver.
 */
#include <stdio.h>

#include "monitor.h"
#include "native.h"
#include "pci.h"
#include "shell.h"
#include "stress.h"

/* Where igb has the mailboxes of its VFs, and what interrupts it; igb's e1000_regs.h */
#define IGB_MBVFICR	0x0c80
#define IGB_EICS	0x1520

/* As QEMU has them, whatever the processors see: 32 words */
static void describe_registers(u32 address)
{
	char command[32];

	snprintf(command, sizeof(command), "xp /32wx 0x%x", address);
	monitor_show(command);
}

static void describe_function(unsigned int i)
{
	const char *bdf = subjects[i].bdf;
	char netdev[PCI_NAME_LEN], power[16] = "";
	u32 config[16] = {};
	unsigned int at;

	if (pci_read(bdf, "config", (char *)config, sizeof(config)) < 0)
		return;
	pci_read_line(bdf, "power_state", power, sizeof(power));
	report("  it is in %s; configuration space:", power);
	for (at = 0; at < ARRAY_SIZE(config); at += 4)
		report("  %02zx: %08x %08x %08x %08x", at * sizeof(*config), config[at],
		       config[at + 1], config[at + 2], config[at + 3]);
	/* A VF has none of its own */
	if (config[4] & ~0xfu)
		describe_registers(config[4] & ~0xfu);
	if (i == IGB) {
		describe_registers(config[4] + IGB_MBVFICR);
		describe_registers(config[4] + IGB_EICS);
	}
	if (!pci_netdev(bdf, netdev, sizeof(netdev)))
		shell("ip -s -s link show %s | sed 's/^/#   /' >&%d", netdev, report_fd);
}

void describe(unsigned int i)
{
	describe_function(i);
	if (subject_is_vf(i))
		describe_function(IGB);
}
