/* SPDX-License-Identifier: GPL-2.0 */
/*
 * instance: vfio_devices that a function's driver provides beside its native function, as
 * the kernel has them in configfs; see docs/ABI/configfs-vfio.
 */
#ifndef VP_INSTANCE_H
#define VP_INSTANCE_H

#include <json-c/json.h>

#include "function.h"
#include "openers.h"

#define CONFIGFS "sys/kernel/config"
#define INSTANCE_DIR CONFIGFS "/vfio"

/**
 * struct instance_name - what is wanted, as it is written down: "TYPE/NAME KEY=VALUE ..."
 * @type: what the driver calls it
 * @name: what its user calls it
 * @settings: "KEY=VALUE"
 */
struct instance_name {
	char type[NAME_LEN], name[NAME_LEN];
	struct names settings;
};

/**
 * struct instance - one that is there
 * @type: what the driver calls it
 * @name: what its user calls it
 * @state: in the kernel's word
 * @live: it has a vfio_device
 * @settings: "KEY=VALUE", all that it has
 * @sysfs: the device under its vfio_device, with a slash before; empty if there is none
 * @group: that device's IOMMU group, -1 if there is none
 * @vfio_device: VFIO's name of it, empty if there is none
 * @nodes: its device files
 */
struct instance {
	char type[NAME_LEN], name[NAME_LEN];
	char state[16];
	bool live;
	struct names settings;
	char sysfs[256];
	long group;
	char vfio_device[NAME_LEN];
	struct names nodes;
};

/**
 * struct instances - those of a function
 * @v: the instances, by type and name
 * @n: their number
 */
struct instances {
	struct instance *v;
	size_t n;
};

#define for_each_instance(i, is) for ((i) = (is)->v; (i) < (is)->v + (is)->n; (i)++)

/* A file that each has, whatever its type, which is no setting */
bool instance_attribute_is_own(const char *attribute);

/* These give NULL, or say what is wrong with the text */
const char *instance_name_add(struct instance_name *name, const char *setting);
const char *instance_name_set(struct instance_name *name, const char *type, const char *text);
const char *instance_name_parse(struct instance_name *name, const char *text);
/* As it is written down; to be freed */
char *instance_name_format(const struct instance_name *name);
void instance_name_free(struct instance_name *name);

/* False if @address has none of that name */
bool instance_read(const struct path_ctx *root, const char *address, const char *type,
		   const char *name, struct instance *instance);
void instance_free(struct instance *instance);
struct instances instances_of(const struct path_ctx *root, const char *address);
void instances_free(struct instances *instances);

/* The types that the driver of @address provides, as objects: type, available, description */
struct json_object *instance_types(const struct path_ctx *root, const char *address);

/* It is configured as @wanted says, as far as that says anything */
bool instance_agrees(const struct instance *instance, const struct instance_name *wanted);
/* For a JSON document; what @openers have open of it, too, if that is not NULL */
struct json_object *instance_json(const struct path_ctx *root, const struct instance *instance,
				  const struct openers *openers);
/* All that are there of @address */
struct json_object *instances_json(const struct path_ctx *root, const char *address,
				   const struct openers *openers);

#endif
