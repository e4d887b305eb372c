// SPDX-License-Identifier: GPL-2.0
/*
 * vf_io: the settings of VFs as the PF's driver has them, by netlink.
 *
 * In a fixture tree, each is a file: vf/NUMBER/SETTING of the PF.
 */
#include "vf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "function.h"
#include "interrupt.h"
#include "rtnl.h"

/* So many seconds a link may take, and how often to look for it in each */
#define LINK_TIMEOUT 10
#define LOOKS 20

/* The number of the PF's first interface, by whatever name it goes just now */
static int find_interface(const struct path_ctx *root, const char *address, int *index)
{
	struct names nets = path_list(root, SYS_PCI "/%s/net", address);
	unsigned long number = 0;
	int error = nets.n ? 0 : -ENODEV;

	if (!error && root->real)
		error = path_read_number(root, &number, SYS_PCI "/%s/net/%s/ifindex", address,
					 nets.v[0]);
	*index = (int)number;
	names_free(&nets);
	return error;
}

static void take(void *data, unsigned long number, const struct vf_values *values)
{
	struct vf_table *table = data;

	if (number >= table->n) {
		table->v = xrealloc(table->v, number + 1, sizeof(*table->v));
		memset(table->v + table->n, 0, (number + 1 - table->n) * sizeof(*table->v));
		table->n = number + 1;
	}
	table->v[number] = *values;
}

static int read_fixture(const struct path_ctx *root, const char *address, struct vf_table *table)
{
	struct names numbers = path_list(root, SYS_PCI "/%s/vf", address);
	struct vf_values values;
	unsigned long number;

	for (size_t i = 0; i < numbers.n; i++) {
		if (!parse_number(numbers.v[i], 10, 0, UINT16_MAX, &number))
			continue;
		for (int s = 0; s < VF_SETTINGS; s++)
			path_read(root, values.v[s], VF_VALUE, SYS_PCI "/%s/vf/%lu/%s", address,
				  number, vf_setting_name((enum vf_setting)s));
		take(table, number, &values);
	}
	names_free(&numbers);
	return 0;
}

int vf_read(const struct path_ctx *root, const char *address, struct vf_table *table)
{
	int index, error = find_interface(root, address, &index);

	*table = (struct vf_table){ 0 };
	if (error)
		return error;
	return root->real ? rtnl_vf_read(index, take, table) :
		read_fixture(root, address, table);
}

void vf_table_free(struct vf_table *table)
{
	free(table->v);
	*table = (struct vf_table){ 0 };
}

static int write_one(const struct path_ctx *root, const char *address, unsigned long number,
		     enum vf_setting setting, const char *value)
{
	int index, error = find_interface(root, address, &index);

	if (error)
		return error;
	if (root->real)
		return rtnl_vf_set(index, (unsigned int)number, setting, value);
	return path_write(root, value, SYS_PCI "/%s/vf/%lu/%s", address, number,
			  vf_setting_name(setting));
}

/*
 * Some drivers take a rate only while the PF has a link, and drop that for a moment as they
 * make VFs. False if it is not on its way, or does not come
 */
static bool await_link(const struct path_ctx *root, const char *address)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / LOOKS };
	struct names nets = path_list(root, SYS_PCI "/%s/net", address);
	unsigned long carrier = 0;

	/* An interface that is down has no such file to be read */
	for (unsigned int i = 0; nets.n && !carrier && i < LINK_TIMEOUT * LOOKS; i++) {
		if (interrupt_came() ||
		    path_read_number(root, &carrier, SYS_PCI "/%s/net/%s/carrier", address,
				     nets.v[0]))
			break;
		if (!carrier)
			nanosleep(&pause, NULL);
	}
	names_free(&nets);
	return carrier;
}

int vf_write(const struct path_ctx *root, const char *address, unsigned long number,
	     enum vf_setting setting, const char *value)
{
	struct vf_table table = { 0 };
	int error = write_one(root, address, number, setting, value);

	if (error == -EINVAL && setting == VF_RATE && root->real && await_link(root, address))
		error = write_one(root, address, number, setting, value);
	if (!error)
		error = vf_read(root, address, &table);
	/* What a driver does not tell cannot be told from what was asked for */
	if (!error && (number >= table.n ||
		       (*table.v[number].v[setting] && strcmp(table.v[number].v[setting], value))))
		error = -EBADE;
	vf_table_free(&table);
	return error;
}

const char *vf_now(const struct path_ctx *root, const char *address, bool unusual)
{
	const char *specs = "";
	struct vf_table table;
	char *settings, *text;

	if (vf_read(root, address, &table))
		return "";
	for (size_t i = 0; i < table.n; i++) {
		for (int s = 0; unusual && s < VF_SETTINGS; s++)
			if (vf_is_default((enum vf_setting)s, table.v[i].v[s], true))
				*table.v[i].v[s] = '\0';
		settings = vf_format(&table.v[i]);
		text = xasprintf("%zu:%s", i, settings);
		if (*settings)
			vf_add(&specs, text);
		free(text);
		free(settings);
	}
	vf_table_free(&table);
	return specs;
}
