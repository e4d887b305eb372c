// SPDX-License-Identifier: GPL-2.0
/*
 * describe: a function as a JSON object, from which text is made as well.
 */
#include "describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "diag.h"
#include "nodes.h"
#include "pciids.h"

const char *const describe_keys[] = {
	"address", "state", "unbinding", "driver", "native_driver", "vfio_driver", "iommu_group",
	"vfio_device", "nodes", "devices", "id", "subsystem_id", "class", "name",
	"driver_override", "power_control", "vfs", "max_vfs", "pf", "boot_vga", "saved",
	"saved_as", "by_path", "last_error", NULL
};

struct json_object *json_text(const char *text)
{
	struct json_object *o;
	char *clean;

	if (!*text)
		return NULL;
	clean = harmless(text);
	o = json_object_new_string(clean);
	free(clean);
	return o;
}

struct json_object *json_names(const struct names *names)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < names->n; i++)
		json_object_array_add(array, json_text(names->v[i]));
	return array;
}

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *id(unsigned int vendor, unsigned int device)
{
	char text[16];

	snprintf(text, sizeof(text), "%04x:%04x", vendor, device);
	return json_object_new_string(text);
}

/* Interfaces and whole disks: what users know a function by */
static struct json_object *devices(const struct machine *m, const struct function *f)
{
	struct names names = { 0 };
	struct json_object *array;

	for (size_t i = 0; i < f->nets.n; i++)
		names_add(&names, f->nets.v[i]);
	for (size_t i = 0; i < f->blocks.n; i++)
		if (!path_exists(m->root, "sys/class/block/%s/partition", f->blocks.v[i]))
			names_add(&names, f->blocks.v[i]);
	array = json_names(&names);
	names_free(&names);
	return array;
}

void describe_override(const struct machine *m, const struct function *f, struct json_object *o)
{
	char override[NAME_LEN];

	function_override(m, f, override, sizeof(override));
	add(o, "driver_override", json_text(override));
}

struct json_object *describe_config(const struct config *config)
{
	struct json_object *o = json_object_new_object();
	char *force = check_force_names(config->force);

	add(o, "personality", json_text(config->vfio ? "vfio" : "native"));
	add(o, "vfio_driver", json_text(config->driver));
	add(o, "vfs", config->vfs < 0 ? NULL : json_object_new_int64(config->vfs));
	add(o, "user", json_text(config->user));
	add(o, "owner_group", json_text(config->group));
	add(o, "mode", json_text(config->mode));
	add(o, "force", json_text(force));
	add(o, "device_path", json_text(config->identity.path));
	add(o, "serials", json_text(config->identity.serials));
	free(force);
	return o;
}

static struct json_object *saved_as(const struct machine *m, const struct function *f)
{
	struct config config;

	if (!config_exists(m->root, f->address) || config_read(m->root, f->address, &config))
		return NULL;
	return describe_config(&config);
}

/* Names that last, where udev has our rules */
static struct json_object *by_path(const struct names *nodes, const struct function *f)
{
	struct json_object *array = json_object_new_array();
	char *name;

	for (size_t i = 0; i < nodes->n; i++) {
		name = xasprintf("/dev/vfio/by-path/pci-%s%s", f->address,
				 strstr(nodes->v[i], "/devices/") ? "-cdev" : "");
		json_object_array_add(array, json_text(name));
		free(name);
	}
	return array;
}

struct json_object *describe(const struct machine *m, const struct function *f)
{
	struct json_object *o = json_object_new_object();
	struct names nodes = nodes_of(m, f);
	char class[8], name[256];

	snprintf(class, sizeof(class), "%06x", f->class);
	pciids_name(m->root, f, name, sizeof(name));

	add(o, "address", json_text(f->address));
	add(o, "state", json_text(state_name(f->state)));
	add(o, "unbinding", f->state != STATE_UNBINDING ? NULL :
	    json_object_new_int64((int64_t)f->unbinding));
	add(o, "driver", json_text(f->driver));
	add(o, "native_driver", json_text(f->native_driver));
	add(o, "vfio_driver", json_text(f->vfio_driver));
	add(o, "iommu_group", f->group < 0 ? NULL : json_object_new_int64(f->group));
	add(o, "vfio_device", json_text(f->vfio_device));
	add(o, "nodes", json_names(&nodes));
	add(o, "devices", devices(m, f));
	add(o, "id", id(f->vendor, f->device));
	add(o, "subsystem_id", id(f->subvendor, f->subdevice));
	add(o, "class", json_text(class));
	add(o, "name", json_text(name));
	add(o, "power_control", json_text(f->power));
	add(o, "vfs", json_object_new_int64((int64_t)f->vfs));
	add(o, "max_vfs", json_object_new_int64((int64_t)f->max_vfs));
	add(o, "pf", json_text(f->pf));
	add(o, "boot_vga", json_object_new_boolean(f->boot_vga));
	add(o, "saved", json_object_new_boolean(config_exists(m->root, f->address)));
	add(o, "saved_as", saved_as(m, f));
	add(o, "by_path", by_path(&nodes, f));
	add(o, "last_error", json_text(f->last_error));
	names_free(&nodes);
	return o;
}
