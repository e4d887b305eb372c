// SPDX-License-Identifier: GPL-2.0
/* Mediated devices, see mediated.h. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>

#include "file.h"
#include "mediated.h"
#include "module.h"

#define MEDIATED_MODULE	"vfio-provider-mdev"

const char *mediated_lacks(void)
{
	return module_exists(MEDIATED_MODULE) ? NULL :
	       "this kernel has no mediated devices (CONFIG_VFIO_MDEV)";
}

int mediated_setup(void)
{
	return module_load(MEDIATED_MODULE);
}

int mediated_teardown(void)
{
	return module_unload(MEDIATED_MODULE);
}

int mediated_create(const char *parent, const char *type, int n, char uuid[PCI_NAME_LEN])
{
	char attr[PATH_MAX];

	snprintf(uuid, PCI_NAME_LEN, "83b8f4f2-509f-382f-3c1e-e6bfe0fa10%02x", n);
	snprintf(attr, sizeof(attr), "mdev_supported_types/%s/create", type);
	return pci_write(parent, attr, uuid);
}

int mediated_remove(const char *uuid)
{
	return pci_write(uuid, "remove", "1");
}

long mediated_available(const char *parent, const char *type)
{
	char attr[PATH_MAX];

	snprintf(attr, sizeof(attr), "mdev_supported_types/%s/available_instances", type);
	return pci_number(parent, attr);
}
