// SPDX-License-Identifier: GPL-2.0
/* The lab's devices, see lab.h. */
#include <stdio.h>

#include "lab.h"

const struct lab_device lab_edu = {
	"edu", "0000:00:03.0", 0x1234, 0x11e8, NULL,
};

const struct lab_device lab_edu2 = {
	"edu", "0000:00:04.0", 0x1234, 0x11e8, NULL,
};

const struct lab_device lab_e1000e = {
	"e1000e", "0000:00:05.0", 0x8086, 0x10d3, "e1000e",
};

const struct lab_device lab_nvme = {
	"nvme", "0000:00:06.0", 0x1b36, 0x0010, "nvme",
};

const struct lab_device lab_virtio = {
	"virtio-net", "0000:00:07.0", 0x1af4, 0x1041, "virtio-pci",
};

const struct lab_device lab_igb = {
	"igb", LAB_IGB_BDF, 0x8086, 0x10c9, "igb",
};

const struct lab_device lab_slot_e1000e = {
	"e1000e", "0000:02:00.0", 0x8086, 0x10d3, "e1000e",
};

const struct lab_device lab_slot_edu = {
	"edu", "0000:02:00.1", 0x1234, 0x11e8, NULL,
};

const struct lab_device lab_host_bridge = {
	"host bridge", "0000:00:00.0", 0x8086, 0x29c0, NULL,
};

const struct lab_device lab_isa_bridge = {
	"ISA bridge", "0000:00:1f.0", 0x8086, 0x2918, NULL,
};

const struct lab_device lab_root_port = {
	"root port", "0000:00:10.0", 0x1b36, 0x000c, "pcieport",
};

const char *lab_lacks(const struct lab_device *device)
{
	static char why[128];

	if (pci_number(device->bdf, "vendor") == device->vendor &&
	    pci_number(device->bdf, "device") == device->device)
		return NULL;
	snprintf(why, sizeof(why), "no %s at %s: this needs the lab of selftests/vm",
		 device->name, device->bdf);
	return why;
}
