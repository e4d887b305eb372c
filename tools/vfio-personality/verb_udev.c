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

static bool belongs(const struct function *f, const char *node)
{
	char group[32];

	snprintf(group, sizeof(group), "%ld", f->group);
	return !strcmp(f->vfio_device, node) || (in_vfio(f) && !strcmp(group, node));
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
	struct function *f;

	if (sel->named_count != 1) {
		free(links);
		return say_and(EXIT_USAGE, "udev takes the name of one VFIO device");
	}
	node = sel->named[0].text;
	suffix = strncmp(node, "vfio", 4) ? "" : "-cdev";
	machine_know_all(m);
	for_each_function(f, m) {
		if (!belongs(f, node))
			continue;
		more = xasprintf("%s%svfio/by-path/pci-%s%s", links, *links ? " " : "", f->address,
				 suffix);
		free(links);
		links = more;
		if (!*config.address && !config_read(m->root, f->address, &one) &&
		    config_fits(&one, f))
			config = one;
	}
	print_property("LINKS", links);
	print_property("USER", config.user);
	print_property("GROUP", config.group);
	print_property("MODE", config.mode);
	free(links);
	return EXIT_DONE;
}
