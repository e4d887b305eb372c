// SPDX-License-Identifier: GPL-2.0
/*
 * verb_udev: tells udev's rules what links and permissions a device file is to
 * have, as properties: VFIO_LINKS, VFIO_USER, VFIO_GROUP, VFIO_MODE.
 *
 * The argument is the device's name, a group's number or vfioN.
 */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "diag.h"

/* A group's number, or the name of a vfio_device: its functions' addresses */
static struct names addresses_of(const struct machine *m, const char *node)
{
	struct names addresses = { 0 };
	char address[BDF_LEN];

	if (strncmp(node, "vfio", 4))
		return path_list(m->root, "sys/kernel/iommu_groups/%s/devices", node);
	if (!path_read_link_name(m->root, address, sizeof(address),
				 "sys/class/vfio-dev/%s/device", node))
		names_add(&addresses, address);
	return addresses;
}

/* Of a VF, what was saved with its PF holds, unless it has something of its own */
static bool read_config(const struct machine *m, const struct function *f,
			struct config *config)
{
	const struct function *pf = machine_find(m, f->pf);

	if (config_exists(m->root, f->address))
		return !config_read(m->root, f->address, config) &&
		       identity_compare(&config->identity, m, f) != IDENTITY_OTHER;
	return pf && config_exists(m->root, pf->address) &&
	       !config_read(m->root, pf->address, config) && config->vfs > 0 &&
	       machine_know(m, machine_find(m, f->pf)) &&
	       identity_compare(&config->identity, m, pf) != IDENTITY_OTHER;
}

/* Only what config_parse() let through is printed */
static void print_property(const char *key, const char *value)
{
	if (*value)
		printf("VFIO_%s=%s\n", key, value);
}

int verb_udev(struct machine *m, const struct options *o)
{
	const struct selection *sel = &o->selection;
	struct config config = { 0 }, one;
	char *links = xstrdup(""), *more;
	const char *node, *suffix;
	struct names addresses;
	struct function *f;

	if (sel->named_count != 1) {
		free(links);
		return say_and(EXIT_USAGE, "udev takes the name of one VFIO device");
	}
	node = sel->named[0].text;
	suffix = strncmp(node, "vfio", 4) ? "" : "-cdev";
	addresses = addresses_of(m, node);
	for (size_t i = 0; i < addresses.n; i++) {
		f = machine_find(m, addresses.v[i]);
		if (!f || !machine_know(m, f) || !in_vfio(f))
			continue;
		more = xasprintf("%s%svfio/by-path/pci-%s%s", links, *links ? " " : "", f->address,
				 suffix);
		free(links);
		links = more;
		if (!*config.address && read_config(m, f, &one))
			config = one;
	}
	names_free(&addresses);
	print_property("LINKS", links);
	print_property("USER", config.user);
	print_property("GROUP", config.group);
	print_property("MODE", config.mode);
	free(links);
	return EXIT_DONE;
}
