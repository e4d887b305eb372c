// SPDX-License-Identifier: GPL-2.0
/*
 * consumer: what programs that use functions through VFIO expect to see.
 *
 * Some look for a vfio_device, which is there whatever the driver; some compare
 * the bound driver's name with "vfio-pci".
 */
#include "consumer.h"

#include <string.h>

#include "diag.h"
#include "util.h"

struct consumer {
	const char *name;
	const char *objection;	/* to any driver but vfio-pci; NULL: none */
};

static const struct consumer consumers[] = {
	{ "qemu", NULL },
	{ "libvirt", NULL },	/* with managed='no' */
	{ "kubevirt", "it wants vfio-pci by name; ask for --driver=vfio-pci" },
	{ "dpdk", "it wants vfio-pci by name; ask for --driver=vfio-pci" },
};

const struct consumer *consumer_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(consumers); i++)
		if (!strcmp(name, consumers[i].name))
			return &consumers[i];
	say("--for: '%s' is not known; there are libvirt, kubevirt, dpdk, qemu", name);
	return NULL;
}

const char *consumer_objects(const struct consumer *consumer, const char *driver)
{
	return strcmp(driver, "vfio-pci") ? consumer->objection : NULL;
}
