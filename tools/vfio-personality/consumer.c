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

#include "diag.h"
#include "util.h"

struct consumer {
	const char *name;
	bool by_name;	/* knows VFIO's functions by the driver being vfio-pci */
	const char *takes;
};

static const struct consumer consumers[] = {
	{ "qemu", false, "it will take that" },
	{ "libvirt", false, "it will take that, with managed='no'" },
	{ "kubevirt", true, "it will take that" },
	{ "dpdk", true, "it will take that" },
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

const char *consumer_answer(const struct consumer *consumer, const char *driver, bool *takes)
{
	*takes = !consumer->by_name || !strcmp(driver, "vfio-pci");
	return *takes ? consumer->takes : "it wants vfio-pci by name; ask for --driver=vfio-pci";
}
