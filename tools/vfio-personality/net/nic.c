// SPDX-License-Identifier: GPL-2.0
/*
 * nic: how a NIC's interface is set up.
 */
#include "nic.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "late.h"
#include "rtnl.h"
#include "udevd.h"

/* As the kernel has them in addr_assign_type and name_assign_type */
enum {
	ADDRESS_RANDOM = 1,
	ADDRESS_SET = 3,
	NAME_BY_KERNEL = 1,
};

#define ETHERNET 1
#define ETHERNET_MTU 1500

static unsigned long number_of(const struct path_ctx *root, const char *name, const char *file)
{
	unsigned long value;

	return path_read_number(root, &value, "sys/class/net/%s/%s", name, file) ? 0 : value;
}

/* udev will call the next one the same, if it called this one so */
static bool udev_names_it(const struct path_ctx *root, const char *name)
{
	struct udev *context = udevd_open(root);
	struct udev_device *device;
	const char *given = NULL;
	bool does;

	if (!context)
		return false;
	device = udev()->device_new_from_subsystem_sysname(context, "net", name);
	if (device)
		given = udev()->device_get_property_value(device, "ID_NET_NAME");
	does = given && !strcmp(given, name);
	udev()->device_unref(device);
	udevd_close(context);
	return does;
}

static void take_altnames(void *data, const struct rtnl_link *link)
{
	struct nic *nic = data;

	if (!strcmp(link->name, nic->name))
		for (size_t i = 0; i < link->altnames.n; i++)
			names_add(&nic->altnames, link->altnames.v[i]);
}

struct nic nic_read(const struct path_ctx *root, const char *name)
{
	unsigned long named = number_of(root, name, "name_assign_type"),
		      assigned = number_of(root, name, "addr_assign_type"),
		      mtu = number_of(root, name, "mtu");
	struct nic nic = {
		.named = named && named != NAME_BY_KERNEL && !udev_names_it(root, name),
		.by_kernel = named == NAME_BY_KERNEL,
		.port = number_of(root, name, "dev_port"),
		.up = number_of(root, name, "flags") & IFF_UP,
	};

	snprintf(nic.name, sizeof(nic.name), "%s", name);
	if (mtu != ETHERNET_MTU && number_of(root, name, "type") == ETHERNET)
		nic.mtu = mtu;
	if (assigned == ADDRESS_SET || assigned == ADDRESS_RANDOM)
		path_read(root, nic.mac, sizeof(nic.mac), "sys/class/net/%s/address", name);
	rtnl_links(root, "link", take_altnames, &nic);
	return nic;
}

static void add(char **text, const char *what, const char *value)
{
	char *more = xasprintf("%s%s%s %s", *text, **text ? ", " : "", what, value);

	free(*text);
	*text = more;
}

char *nic_set_by_hand(const struct nic *nic)
{
	char *text = xstrdup(""), number[24];

	if (nic->named)
		add(&text, "name", nic->name);
	if (nic->mtu) {
		snprintf(number, sizeof(number), "%lu", nic->mtu);
		add(&text, "MTU", number);
	}
	if (*nic->mac)
		add(&text, "MAC address", nic->mac);
	for (size_t i = 0; i < nic->altnames.n; i++)
		add(&text, "altname", nic->altnames.v[i]);
	return text;
}

void nic_free(struct nic *nic)
{
	names_free(&nic->altnames);
}
