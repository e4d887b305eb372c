// SPDX-License-Identifier: GPL-2.0
/*
 * columns: what there is to be told of a function, in one table.
 */
#include "columns.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "describe.h"
#include "instance.h"
#include "nodes.h"
#include "pciids.h"
#include "vf.h"
#include "wanted.h"

static struct json_object *state(const struct look *look)
{
	return json_text(state_name(look->f->state));
}

static struct json_object *unbinding(const struct look *look)
{
	return look->f->state != STATE_UNBINDING ? NULL :
		json_object_new_int64((int64_t)look->f->unbinding);
}

/* The driver, and what is not to be seen by its name */
static struct json_object *binding(const struct look *look)
{
	const char *driver = look->f->driver;
	char text[NAME_LEN + 32];

	if (look->f->state == STATE_BROKEN)
		snprintf(text, sizeof(text), "broken %s", driver);
	else if (look->f->state == STATE_UNBINDING)
		snprintf(text, sizeof(text), "%s leaving, %lu s", driver, look->f->unbinding);
	else
		snprintf(text, sizeof(text), "%s%s", in_vfio(look->f) ? "VFIO " : "", driver);
	return json_text(text);
}

static struct json_object *native_driver(const struct look *look)
{
	return json_text(function_switch(look->m, look->f)->native_driver);
}

static struct json_object *vfio_driver(const struct look *look)
{
	return json_text(function_switch(look->m, look->f)->vfio_driver);
}

static struct json_object *last_error(const struct look *look)
{
	return json_text(function_switch(look->m, look->f)->last_error);
}

static struct json_object *power_control(const struct look *look)
{
	char text[16];

	path_read(look->m->root, text, sizeof(text), SYS_PCI "/%s/power/control",
		  look->f->address);
	return json_text(text);
}

static struct json_object *iommu_group(const struct look *look)
{
	return look->f->group < 0 ? NULL : json_object_new_int64(look->f->group);
}

static struct json_object *nodes(const struct look *look)
{
	struct names nodes = nodes_of(look->m, look->f);
	struct json_object *array = json_names(&nodes);

	names_free(&nodes);
	return array;
}

/* Names that last, where udev has our rules */
static struct json_object *by_path(const struct look *look)
{
	struct json_object *array = json_object_new_array();
	struct names nodes = nodes_of(look->m, look->f);
	char *name;

	for (size_t i = 0; i < nodes.n; i++) {
		name = xasprintf("/dev/vfio/by-path/pci-%s%s", look->f->address,
				 strstr(nodes.v[i], "/devices/") ? "-cdev" : "");
		json_object_array_add(array, json_text(name));
		free(name);
	}
	names_free(&nodes);
	return array;
}

/* What users know a function by: interfaces, whole disks, displays, RDMA devices */
static struct json_object *devices(const struct look *look)
{
	const struct children *children = function_children(look->m, look->f);
	const struct names *lists[] = {
		&children->nets, &children->blocks, &children->others,
	};
	struct names names = { 0 };
	struct json_object *array;

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l] != &children->blocks ||
			    !path_exists(look->m->root, "sys/class/block/%s/partition",
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

static struct json_object *id(const struct look *look)
{
	return id_of(look->f->vendor, look->f->device);
}

static struct json_object *subsystem_id(const struct look *look)
{
	return id_of(look->f->subvendor, look->f->subdevice);
}

static struct json_object *class(const struct look *look)
{
	char text[8];

	snprintf(text, sizeof(text), "%06x", look->f->class);
	return json_text(text);
}

static struct json_object *name(const struct look *look)
{
	char text[256];

	pciids_name(look->m->root, look->f, text, sizeof(text));
	return json_text(text);
}

/* "nvme0n1 Samsung 990 PRO" */
static struct json_object *device(const struct look *look)
{
	struct json_object *known = devices(look), *model = name(look), *whole;
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

static struct json_object *driver_override(const struct look *look)
{
	char text[NAME_LEN];

	function_override(look->m, look->f, text, sizeof(text));
	return json_text(text);
}

/* "vfio igbvf_vfio": a class of personality, and the module that brings it */
static struct json_object *offers(const struct look *look)
{
	char *text = path_read_all(look->m->root, SYS_PCI "/%s/personality/offers",
				   look->f->address);
	struct json_object *value;

	text[strcspn(text, "\n")] = '\0';
	value = json_text(text);
	free(text);
	return value;
}

static struct json_object *vfs(const struct look *look)
{
	return json_object_new_int64((int64_t)look->f->vfs);
}

static struct json_object *max_vfs(const struct look *look)
{
	return json_object_new_int64((int64_t)look->f->max_vfs);
}

static struct json_object *boot_vga(const struct look *look)
{
	return json_object_new_boolean(look->f->boot_vga);
}

static struct json_object *saved(const struct look *look)
{
	return json_object_new_boolean(config_exists(look->m->root, look->f->address));
}

static bool read_saved(const struct look *look, struct config *config)
{
	return config_exists(look->m->root, look->f->address) &&
	       !config_read(look->m->root, look->f->address, config);
}

static struct json_object *saved_as(const struct look *look)
{
	struct config config;

	return read_saved(look, &config) ? describe_config(&config) : NULL;
}

static size_t count_lines(const char *text)
{
	size_t n = *text ? 1 : 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* What it will be after the next boot, in a word, if that is said anywhere */
static struct json_object *kept(const struct look *look)
{
	const char *personality;
	struct wanted wanted;
	char text[32];

	if (wanted_of(look->m, look->f, &wanted))
		return NULL;
	if (wanted.config.implied) {
		snprintf(text, sizeof(text), "%zu created", count_lines(wanted.config.create));
		return json_text(text);
	}
	personality = wanted.config.vfio ? "vfio" : "native";
	if (wanted.config.vfs < 0)
		return json_text(personality);
	snprintf(text, sizeof(text), "%ld VFs %s", wanted.config.vfs, personality);
	return json_text(text);
}

static struct json_object *kept_by(const struct look *look)
{
	struct wanted wanted;

	return wanted_of(look->m, look->f, &wanted) ? NULL : json_text(wanted.by);
}

static struct json_object *device_path(const struct look *look)
{
	char path[IDENTITY_LEN];

	identity_path(look->m, look->f, path, sizeof(path));
	return json_text(path);
}

static struct json_object *serials(const struct look *look)
{
	return json_text(identity_of(look->m, look->f).serials);
}

/* As its PF has set it up */
static struct json_object *vf_settings(const struct look *look)
{
	const struct function *pf = machine_find(look->m, look->f->pf);
	struct names settings = { 0 };
	struct json_object *array;
	struct vf_table table = { 0 };
	char name[NAME_LEN], *text;

	if (pf && vf_read(look->m->root, pf->address, &table))
		table.n = 0;
	for (size_t i = 0; i < table.n; i++) {
		if (path_read_link_name(look->m->root, name, sizeof(name), SYS_PCI "/%s/virtfn%zu",
					pf->address, i) || strcmp(name, look->f->address))
			continue;
		text = vf_format(&table.v[i]);
		settings = names_split_at(text, ",");
		free(text);
		break;
	}
	vf_table_free(&table);
	array = json_names(&settings);
	names_free(&settings);
	return array;
}

static struct json_object *slot(const struct look *look)
{
	struct names slots = identity_slots(look->m, look->f);
	struct json_object *first = slots.n ? json_text(slots.v[0]) : NULL;

	names_free(&slots);
	return first;
}

/* On a machine of one node the kernel says -1 */
static struct json_object *numa_node(const struct look *look)
{
	unsigned long node;

	return path_read_number(look->m->root, &node, SYS_PCI "/%s/numa_node", look->f->address) ?
		NULL : json_object_new_int64((int64_t)node);
}

static struct json_object *provides(const struct look *look)
{
	return instance_types(look->m->root, look->f->address);
}

static struct json_object *instances(const struct look *look)
{
	return instances_json(look->m->root, look->f->address, NULL);
}

static struct json_object *in_use(const struct look *look)
{
	return inuse_json(look->use, look->m, look->f);
}

#define MEMBER(name) offsetof(struct function, name)

const struct column columns[] = {
	{ "address", 0, "domain, bus, device and function", NULL, MEMBER(address) },
	{ "state", 0, "its personality", state, 0 },
	{ "unbinding", 0, "for so many seconds a driver has been leaving it", unbinding, 0 },
	{ "driver", 0, "the bound driver", NULL, MEMBER(driver) },
	{ "binding", COLUMN_TABLE, "the bound driver, and whether it is in VFIO", binding, 0 },
	{ "native_driver", 0, "where disable leads", native_driver, 0 },
	{ "vfio_driver", 0, "what enable would use", vfio_driver, 0 },
	{ "iommu_group", 0, "who shares it goes to VFIO together", iommu_group, 0 },
	{ "in_use", COLUMN_ASKED, "mounts, addresses, virtual machines, processes", in_use, 0 },
	{ "vfio_device", 0, "VFIO's name of it", NULL, MEMBER(vfio_device) },
	{ "nodes", 0, "its device files in /dev/vfio", nodes, 0 },
	{ "devices", 0, "interfaces, disks, displays, RDMA devices", devices, 0 },
	{ "id", 0, "vendor and device", id, 0 },
	{ "subsystem_id", 0, "the same of the board", subsystem_id, 0 },
	{ "class", 0, "of the PCI specification", class, 0 },
	{ "name", 0, "vendor and device in words", name, 0 },
	{ "device", COLUMN_TABLE, "devices and name", device, 0 },
	{ "power_control", 0, "may it sleep", power_control, 0 },
	{ "vfs", 0, "its VFs that are enabled", vfs, 0 },
	{ "max_vfs", 0, "so many it could have", max_vfs, 0 },
	{ "pf", 0, "whose VF it is", NULL, MEMBER(pf) },
	{ "boot_vga", 0, "the firmware's display", boot_vga, 0 },
	{ "numa_node", 0, "the memory that is near it", numa_node, 0 },
	{ "provides", COLUMN_ASKED, "what create can create on it, and how many more", provides,
		0 },
	{ "instances", COLUMN_ASKED, "vfio_devices that its driver provides, see create", instances,
		0 },
	{ "saved", 0, "something is kept over boots", saved, 0 },
	{ "kept", COLUMN_TABLE, "what that is, in a word", kept, 0 },
	{ "saved_as", 0, "all of it", saved_as, 0 },
	{ "kept_by", COLUMN_ASKED, "the file that says so", kept_by, 0 },
	{ "vf_settings", COLUMN_ASKED, "how its PF has set it up: MAC address, VLAN, rate, ...",
		vf_settings, 0 },
	{ "slot", COLUMN_ASKED, "where it is plugged in, as the firmware calls that", slot, 0 },
	{ "device_path", COLUMN_ASKED, "the bridges that lead to it", device_path, 0 },
	{ "serials", COLUMN_ASKED, "its serial numbers that are known", serials, 0 },
	{ "by_path", 0, "names of its device files that last", by_path, 0 },
	{ "last_error", 0, "why the last switch failed", last_error, 0 },
	{ "offers", COLUMN_ASKED, "personalities that the bound driver has itself", offers, 0 },
	{ "driver_override", COLUMN_ASKED, "the kernel's attribute", driver_override, 0 },
	{ 0 }
};

struct json_object *column_value(const struct column *column, const struct machine *m,
				 const struct function *f, struct inuse *use)
{
	const struct look look = { .m = m, .f = f, .use = use };

	return column->value ? column->value(&look) :
		json_text((const char *)f + column->member);
}

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
