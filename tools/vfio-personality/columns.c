// SPDX-License-Identifier: GPL-2.0
/*
 * columns: what there is to be told of a function, in one table.
 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "describe.h"
#include "nodes.h"
#include "pciids.h"

#define UNUSED __attribute__((unused))
#define VALUE(name)								\
	static struct json_object *name(const struct machine *m UNUSED,		\
					const struct function *f UNUSED,	\
					struct inuse *use UNUSED)

/* A member of struct function that is a text */
#define TEXT_VALUE(name, member)						\
	VALUE(name)								\
	{									\
		return json_text(f->member);					\
	}

TEXT_VALUE(address, address)
TEXT_VALUE(driver, driver)
TEXT_VALUE(native_driver, native_driver)
TEXT_VALUE(vfio_driver, vfio_driver)
TEXT_VALUE(vfio_device, vfio_device)
TEXT_VALUE(power_control, power)
TEXT_VALUE(pf, pf)
TEXT_VALUE(last_error, last_error)

VALUE(state)
{
	return json_text(state_name(f->state));
}

VALUE(unbinding)
{
	return f->state != STATE_UNBINDING ? NULL : json_object_new_int64((int64_t)f->unbinding);
}

/* The driver, and what is not to be seen by its name */
VALUE(binding)
{
	const char *driver = f->driver;
	char text[NAME_LEN + 32];

	if (f->state == STATE_BROKEN)
		snprintf(text, sizeof(text), "broken %s", driver);
	else if (f->state == STATE_UNBINDING)
		snprintf(text, sizeof(text), "%s leaving, %lu s", driver, f->unbinding);
	else
		snprintf(text, sizeof(text), "%s%s", in_vfio(f) ? "VFIO " : "", driver);
	return json_text(text);
}

VALUE(iommu_group)
{
	return f->group < 0 ? NULL : json_object_new_int64(f->group);
}

VALUE(nodes)
{
	struct names nodes = nodes_of(m, f);
	struct json_object *array = json_names(&nodes);

	names_free(&nodes);
	return array;
}

/* Names that last, where udev has our rules */
VALUE(by_path)
{
	struct json_object *array = json_object_new_array();
	struct names nodes = nodes_of(m, f);
	char *name;

	for (size_t i = 0; i < nodes.n; i++) {
		name = xasprintf("/dev/vfio/by-path/pci-%s%s", f->address,
				 strstr(nodes.v[i], "/devices/") ? "-cdev" : "");
		json_object_array_add(array, json_text(name));
		free(name);
	}
	names_free(&nodes);
	return array;
}

/* What users know a function by: interfaces, whole disks, displays, RDMA devices */
VALUE(devices)
{
	const struct names *lists[] = { &f->nets, &f->blocks, &f->others };
	struct names names = { 0 };
	struct json_object *array;

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l] != &f->blocks ||
			    !path_exists(m->root, "sys/class/block/%s/partition",
					 lists[l]->v[i]))
				names_add(&names, lists[l]->v[i]);
	array = json_names(&names);
	names_free(&names);
	return array;
}

static struct json_object *id_of(unsigned int vendor, unsigned int device)
{
	char text[16];

	snprintf(text, sizeof(text), "%04x:%04x", vendor, device);
	return json_object_new_string(text);
}

VALUE(id)
{
	return id_of(f->vendor, f->device);
}

VALUE(subsystem_id)
{
	return id_of(f->subvendor, f->subdevice);
}

VALUE(class)
{
	char text[8];

	snprintf(text, sizeof(text), "%06x", f->class);
	return json_text(text);
}

VALUE(name)
{
	char text[256];

	pciids_name(m->root, f, text, sizeof(text));
	return json_text(text);
}

/* "nvme0n1 Samsung 990 PRO" */
VALUE(device)
{
	struct json_object *known = devices(m, f, use), *model = name(m, f, use), *whole;
	char *text = xstrdup(""), *more;

	for (size_t i = 0; i < json_object_array_length(known); i++) {
		more = xasprintf("%s%s ", text,
				 json_object_get_string(json_object_array_get_idx(known, i)));
		free(text);
		text = more;
	}
	more = xasprintf("%s%s", text, json_object_get_string(model));
	whole = json_text(more);
	free(text);
	free(more);
	json_object_put(known);
	json_object_put(model);
	return whole;
}

VALUE(driver_override)
{
	char text[NAME_LEN];

	function_override(m, f, text, sizeof(text));
	return json_text(text);
}

VALUE(vfs)
{
	return json_object_new_int64((int64_t)f->vfs);
}

VALUE(max_vfs)
{
	return json_object_new_int64((int64_t)f->max_vfs);
}

VALUE(boot_vga)
{
	return json_object_new_boolean(f->boot_vga);
}

VALUE(saved)
{
	return json_object_new_boolean(config_exists(m->root, f->address));
}

static bool read_saved(const struct machine *m, const struct function *f, struct config *config)
{
	return config_exists(m->root, f->address) && !config_read(m->root, f->address, config);
}

VALUE(saved_as)
{
	struct config config;

	return read_saved(m, f, &config) ? describe_config(&config) : NULL;
}

/* What it will be after the next boot, in a word, if that is said anywhere */
VALUE(kept)
{
	const char *personality;
	struct config config;
	char text[32];

	if (!read_saved(m, f, &config))
		return NULL;
	personality = config.vfio ? "vfio" : "native";
	if (config.vfs < 0)
		return json_text(personality);
	snprintf(text, sizeof(text), "%ld VFs %s", config.vfs, personality);
	return json_text(text);
}

/* On a machine of one node the kernel says -1 */
VALUE(numa_node)
{
	unsigned long node;

	return path_read_number(m->root, &node, SYS_PCI "/%s/numa_node", f->address) ?
		NULL : json_object_new_int64((int64_t)node);
}

VALUE(in_use)
{
	return inuse_json(use, m, f);
}

const struct column columns[] = {
	{ "address", 0, "domain, bus, device and function", address },
	{ "state", 0, "its personality", state },
	{ "unbinding", 0, "for so many seconds a driver has been leaving it", unbinding },
	{ "driver", 0, "the bound driver", driver },
	{ "binding", COLUMN_TABLE, "the bound driver, and whether it is in VFIO", binding },
	{ "native_driver", COLUMN_MORE, "where disable leads", native_driver },
	{ "vfio_driver", COLUMN_MORE, "what enable would use", vfio_driver },
	{ "iommu_group", 0, "who shares it goes to VFIO together", iommu_group },
	{ "in_use", COLUMN_ASKED, "mounts, addresses, virtual machines, processes", in_use },
	{ "vfio_device", 0, "VFIO's name of it", vfio_device },
	{ "nodes", 0, "its device files in /dev/vfio", nodes },
	{ "devices", 0, "interfaces, disks, displays, RDMA devices", devices },
	{ "id", 0, "vendor and device", id },
	{ "subsystem_id", 0, "the same of the board", subsystem_id },
	{ "class", 0, "of the PCI specification", class },
	{ "name", 0, "vendor and device in words", name },
	{ "device", COLUMN_TABLE, "devices and name", device },
	{ "power_control", COLUMN_MORE, "may it sleep", power_control },
	{ "vfs", 0, "its VFs that are enabled", vfs },
	{ "max_vfs", 0, "so many it could have", max_vfs },
	{ "pf", 0, "whose VF it is", pf },
	{ "boot_vga", 0, "the firmware's display", boot_vga },
	{ "numa_node", 0, "the memory that is near it", numa_node },
	{ "saved", 0, "something is kept over boots", saved },
	{ "kept", COLUMN_TABLE, "what that is, in a word", kept },
	{ "saved_as", 0, "all of it", saved_as },
	{ "by_path", 0, "names of its device files that last", by_path },
	{ "last_error", COLUMN_MORE, "why the last switch failed", last_error },
	{ "driver_override", COLUMN_ASKED, "the kernel's attribute", driver_override },
	{ 0 }
};

const struct column *column_find(const char *key)
{
	const struct column *column;

	for_each_column(column)
		if (!strcmp(column->key, key))
			return column;
	return NULL;
}

char *column_words(void)
{
	char *list = xstrdup(""), *more;
	const struct column *column;

	for_each_column(column) {
		more = xasprintf("%s%s%s", list, *list ? "," : "", column->key);
		free(list);
		list = more;
	}
	return list;
}

bool columns_are_brief(const struct names *keys)
{
	const struct column *column;

	for (size_t i = 0; i < keys->n; i++) {
		column = column_find(keys->v[i]);
		if (column && column->flags & COLUMN_MORE)
			return false;
	}
	return keys->n;
}
