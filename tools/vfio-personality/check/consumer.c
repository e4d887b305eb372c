// SPDX-License-Identifier: GPL-2.0
/*
 * consumer: what programs that use functions through VFIO expect to see.
 *
 * Some look for a vfio_device, which is there whatever the driver; some compare
 * the bound driver's name with "vfio-pci".
 */
#include "consumer.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "diag.h"
#include "util.h"

struct consumer {
	const char *name;
	bool by_name;	/* knows VFIO's functions by the driver being vfio-pci */
	const char *takes;
	const char *token;	/* how it is told a VF token, NULL if it cannot be */
};

static const struct consumer consumers[] = {
	{ "qemu", false, "it will take that", "vf-token=UUID" },
	{ "libvirt", false, "it will take that, with managed='no'", NULL },
	{ "kubevirt", true, "it will take that", NULL },
	{ "dpdk", true, "it will take that", "--vfio-vf-token=UUID" },
};

const struct consumer *consumer_find(const char *name)
{
	char *words;

	for (size_t i = 0; i < ARRAY_SIZE(consumers); i++)
		if (!strcmp(name, consumers[i].name))
			return &consumers[i];
	words = consumer_words();
	say("--for: '%s' is not known; there are %s", name, words);
	free(words);
	return NULL;
}

char *consumer_words(void)
{
	char *list = xstrdup(""), *more;

	for (size_t i = 0; i < ARRAY_SIZE(consumers); i++) {
		more = xasprintf("%s%s%s", list, i ? "," : "", consumers[i].name);
		free(list);
		list = more;
	}
	return list;
}

/* Its plugins pass /dev/vfio/devices/vfioN on if there is /dev/iommu and vfio-dev/vfioN */
static bool misses_node(const struct consumer *consumer, const struct machine *m,
			const struct function *f)
{
	return !strcmp(consumer->name, "kubevirt") && in_vfio(f) &&
	       path_exists(m->root, "dev/iommu") &&
	       !path_exists(m->root, SYS_PCI "/%s/vfio-dev/%s/dev", f->address, f->vfio_device);
}

char *consumer_answer(const struct consumer *consumer, const struct machine *m,
		      const struct function *f, const char *driver, bool *takes)
{
	const struct function *pf = machine_find(m, f->pf);

	*takes = false;
	if (iommu_refuses_users(m->root))
		return xstrdup("VFIO refuses it: the machine does not remap interrupts");
	if (consumer->by_name && strcmp(driver, "vfio-pci"))
		return xasprintf("it wants vfio-pci by name; ask for --driver=vfio-pci%s",
				 in_vfio(f) ? ", after disabling it" : "");
	if (misses_node(consumer, m, f))
		return xasprintf("it will look for /dev/vfio/devices/%s, which is not there",
				 f->vfio_device);
	if (pf && in_vfio(pf) && !consumer->token)
		return xasprintf("it cannot be told the VF token of the PF %s, which is in VFIO",
				 pf->address);
	*takes = true;
	if (pf && in_vfio(pf))
		return xasprintf("%s, with %s, as the user of its PF %s has set it",
				 consumer->takes, consumer->token, pf->address);
	return xstrdup(consumer->takes);
}
