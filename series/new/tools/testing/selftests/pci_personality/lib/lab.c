// SPDX-License-Identifier: GPL-2.0
/* The devices that the tests are for, wherever this machine has them: see lab.h. */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"

static char edu[PCI_BDF_LEN];
static char e1000e[PCI_BDF_LEN];
static char nvme[PCI_BDF_LEN];
static char virtio[PCI_BDF_LEN];

const struct lab_device lab_edu = {
	"edu", edu, 0x1234, 0x11e8, NULL,
};

const struct lab_device lab_e1000e = {
	"e1000e", e1000e, 0x8086, 0x10d3, "e1000e",
};

const struct lab_device lab_nvme = {
	"nvme", nvme, 0x1b36, 0x0010, "nvme",
};

const struct lab_device lab_virtio = {
	"virtio-net", virtio, 0x1af4, 0x1041, "virtio-pci",
};

static bool is(const char *bdf, const struct lab_device *device)
{
	return pci_number(bdf, "vendor") == device->vendor &&
	       pci_number(bdf, "device") == device->device;
}

/* The first one; none is an address that no function has */
static void find(const struct lab_device *device, char *bdf)
{
	const char *name;
	glob_t found;
	size_t i;

	strcpy(bdf, "none");
	if (glob("/sys/bus/pci/devices/*", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		name = strrchr(found.gl_pathv[i], '/') + 1;
		if (!is(name, device))
			continue;
		snprintf(bdf, PCI_BDF_LEN, "%s", name);
		break;
	}
	globfree(&found);
}

static __attribute__((constructor)) void find_all(void)
{
	find(&lab_edu, edu);
	find(&lab_e1000e, e1000e);
	find(&lab_nvme, nvme);
	find(&lab_virtio, virtio);
}

const char *lab_lacks(const struct lab_device *device)
{
	static char why[128];

	if (is(device->bdf, device))
		return NULL;
	snprintf(why, sizeof(why), "there is no %s", device->name);
	return why;
}
