// SPDX-License-Identifier: GPL-2.0
/*
 * check_settings: what a NIC's interface is now, and will not be when it comes back.
 *
 * The interface that comes back is a new one: the kernel gives it the lowest free
 * name, udev the one that its rules say; what else was set is gone.
 */
#include "check.h"

#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rtnl.h"

/* As the kernel has them in addr_assign_type and name_assign_type */
enum {
	ADDRESS_RANDOM = 1,
	ADDRESS_SET = 3,
	NAME_BY_KERNEL = 1,
};

#define ETHERNET 1
#define ETHERNET_MTU 1500

struct settings {
	const char *name;
	char *text;
};

static void add(struct settings *settings, const char *what, const char *value)
{
	char *more = xasprintf("%s%s%s %s", settings->text, *settings->text ? ", " : "", what,
			       value);

	free(settings->text);
	settings->text = more;
}

static unsigned long number_of(const struct path_ctx *root, const char *name, const char *file)
{
	unsigned long value;

	return path_read_number(root, &value, "sys/class/net/%s/%s", name, file) ? 0 : value;
}

/* udev will call the next one the same, if it called this one so */
static bool udev_names_it(const struct path_ctx *root, const char *name)
{
	struct udev *udev = root->real ? udev_new() : NULL;
	struct udev_device *device = NULL;
	const char *given = NULL;
	bool does;

	if (udev)
		device = udev_device_new_from_subsystem_sysname(udev, "net", name);
	if (device)
		given = udev_device_get_property_value(device, "ID_NET_NAME");
	does = given && !strcmp(given, name);
	udev_device_unref(device);
	udev_unref(udev);
	return does;
}

static void add_altnames(void *data, const struct rtnl_link *link)
{
	struct settings *settings = data;

	if (!strcmp(link->name, settings->name))
		for (size_t i = 0; i < link->altnames.n; i++)
			add(settings, "altname", link->altnames.v[i]);
}

static void check_interface(const struct machine *m, const struct function *f, const char *name,
			    struct findings *findings)
{
	struct settings settings = { .name = name, .text = xstrdup("") };
	unsigned long mtu = number_of(m->root, name, "mtu"),
		      named = number_of(m->root, name, "name_assign_type"),
		      assigned = number_of(m->root, name, "addr_assign_type");
	char text[64];

	if (named && named != NAME_BY_KERNEL && !udev_names_it(m->root, name))
		add(&settings, "name", name);
	if (mtu && mtu != ETHERNET_MTU && number_of(m->root, name, "type") == ETHERNET) {
		snprintf(text, sizeof(text), "%lu", mtu);
		add(&settings, "MTU", text);
	}
	path_read(m->root, text, sizeof(text), "sys/class/net/%s/address", name);
	if (assigned == ADDRESS_SET || assigned == ADDRESS_RANDOM)
		add(&settings, "MAC address", text);
	rtnl_links(m->root, "link", add_altnames, &settings);
	if (*settings.text)
		found(findings, f->address, HAZARD_SETTINGS,
		      "%s will come back without what was set: %s", name, settings.text);
	free(settings.text);
}

void check_settings(const struct machine *m, const struct function *f,
		    struct findings *findings)
{
	for (size_t i = 0; i < f->nets.n; i++)
		check_interface(m, f, f->nets.v[i], findings);
}
