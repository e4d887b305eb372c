// SPDX-License-Identifier: GPL-2.0
/*
 * instance: vfio_devices that a function's driver provides, read from configfs.
 */
#include "instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "describe.h"
#include "holders.h"

bool instance_attribute_is_own(const char *attribute)
{
	return !strcmp(attribute, "live") || !strcmp(attribute, "state") ||
	       !strcmp(attribute, "device") || !strcmp(attribute, "last_error");
}

static void read_settings(const struct path_ctx *root, const char *dir, struct names *settings)
{
	struct names files = path_list(root, "%s", dir);
	char value[256], *setting;

	for (size_t i = 0; i < files.n; i++) {
		if (instance_attribute_is_own(files.v[i]) ||
		    path_read(root, value, sizeof(value), "%s/%s", dir, files.v[i]) < 0)
			continue;
		setting = xasprintf("%s=%s", files.v[i], value);
		names_add(settings, setting);
		free(setting);
	}
	names_free(&files);
}

static void add_node(struct names *nodes, const char *folder, const char *name)
{
	char *file = xasprintf("/dev/vfio/%s%s", folder, name);

	names_add(nodes, file);
	free(file);
}

/* What is under the vfio_device is told by sysfs, as of any function in VFIO */
static void read_device(const struct path_ctx *root, struct instance *instance)
{
	const char *device = instance->sysfs + 1;
	char group[NAME_LEN];
	unsigned long number;
	struct names devices;

	if (!path_read_link_name(root, group, sizeof(group), "%s/iommu_group", device) &&
	    parse_number(group, 10, 0, 1UL << 31, &number)) {
		instance->group = (long)number;
		if (path_exists(root, "sys/class/vfio/%s", group))
			add_node(&instance->nodes, "", group);
	}
	devices = path_list(root, "%s/vfio-dev", device);
	if (devices.n)
		snprintf(instance->vfio_device, NAME_LEN, "%s", devices.v[0]);
	if (devices.n && path_exists(root, "%s/vfio-dev/%s/dev", device, devices.v[0]))
		add_node(&instance->nodes, "devices/", devices.v[0]);
	names_free(&devices);
}

bool instance_read(const struct path_ctx *root, const char *address, const char *type,
		   const char *name, struct instance *instance)
{
	char *dir = xasprintf(INSTANCE_DIR "/%s/%s/%s", address, type, name);
	unsigned long live = 0;
	bool there = path_exists(root, "%s/live", dir);

	*instance = (struct instance){ .group = -1 };
	snprintf(instance->type, sizeof(instance->type), "%s", type);
	snprintf(instance->name, sizeof(instance->name), "%s", name);
	if (there) {
		path_read(root, instance->state, sizeof(instance->state), "%s/state", dir);
		path_read_number(root, &live, "%s/live", dir);
		instance->live = live;
		read_settings(root, dir, &instance->settings);
		path_read(root, instance->sysfs, sizeof(instance->sysfs), "%s/device", dir);
	}
	if (*instance->sysfs == '/')
		read_device(root, instance);
	free(dir);
	return there;
}

void instance_free(struct instance *instance)
{
	names_free(&instance->settings);
	names_free(&instance->nodes);
}

struct instances instances_of(const struct path_ctx *root, const char *address)
{
	struct names types = path_list(root, INSTANCE_DIR "/%s", address), found;
	struct instances instances = { 0 };
	struct instance one;

	for (size_t t = 0; t < types.n; t++) {
		found = path_list(root, INSTANCE_DIR "/%s/%s", address, types.v[t]);
		for (size_t i = 0; i < found.n; i++) {
			if (!instance_read(root, address, types.v[t], found.v[i], &one))
				continue;
			instances.v = xrealloc(instances.v, instances.n + 1,
					       sizeof(*instances.v));
			instances.v[instances.n++] = one;
		}
		names_free(&found);
	}
	names_free(&types);
	return instances;
}

void instances_free(struct instances *instances)
{
	struct instance *instance;

	for_each_instance(instance, instances)
		instance_free(instance);
	free(instances->v);
	*instances = (struct instances){ 0 };
}

/* The kernel tells numbers as decimals, addresses in small letters, and yes as 1 */
static bool is_same_value(const char *a, const char *b)
{
	static const char *const yes[] = { "1", "y", "yes", "on", "t", "true" };
	static const char *const no[] = { "0", "n", "no", "off", "f", "false" };
	unsigned long x, y;
	bool both_yes[2] = { false }, both_no[2] = { false };

	if (!strcasecmp(a, b) || (parse_number(a, 0, 0, ~0UL, &x) &&
				  parse_number(b, 0, 0, ~0UL, &y) && x == y))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		both_yes[0] |= !strcasecmp(a, yes[i]);
		both_yes[1] |= !strcasecmp(b, yes[i]);
		both_no[0] |= !strcasecmp(a, no[i]);
		both_no[1] |= !strcasecmp(b, no[i]);
	}
	return (both_yes[0] && both_yes[1]) || (both_no[0] && both_no[1]);
}

static bool has(const struct instance *instance, const char *setting)
{
	size_t len = (size_t)(strchr(setting, '=') - setting) + 1;
	const char *own;

	for (size_t i = 0; i < instance->settings.n; i++) {
		own = instance->settings.v[i];
		if (!strncmp(own, setting, len))
			return is_same_value(own + len, setting + len);
	}
	return false;
}

bool instance_agrees(const struct instance *instance, const struct instance_name *wanted)
{
	for (size_t i = 0; i < wanted->settings.n; i++)
		if (!has(instance, wanted->settings.v[i]))
			return false;
	return true;
}

struct json_object *instance_types(const struct path_ctx *root, const char *address)
{
	struct names types = path_list(root, INSTANCE_DIR "/%s", address);
	struct json_object *array = json_object_new_array(), *o;
	unsigned long available;
	char description[256];

	for (size_t i = 0; i < types.n; i++) {
		available = 0;
		path_read_number(root, &available, INSTANCE_DIR "/%s/%s/available", address,
				 types.v[i]);
		path_read(root, description, sizeof(description),
			  INSTANCE_DIR "/%s/%s/description", address, types.v[i]);
		o = json_object_new_object();
		json_object_object_add(o, "type", json_text(types.v[i]));
		json_object_object_add(o, "available", json_object_new_int64((int64_t)available));
		json_object_object_add(o, "description", json_text(description));
		json_object_array_add(array, o);
	}
	names_free(&types);
	return array;
}

static void add_user(void *array, const struct opener *opener)
{
	char *text = xasprintf("%s(%d)", opener->command, opener->pid);

	json_object_array_add(array, json_text(text));
	free(text);
}

struct json_object *instance_json(const struct path_ctx *root, const struct instance *instance,
				  const struct openers *openers)
{
	struct json_object *o = json_object_new_object(), *users;

	json_object_object_add(o, "type", json_text(instance->type));
	json_object_object_add(o, "name", json_text(instance->name));
	json_object_object_add(o, "state", json_text(instance->state));
	json_object_object_add(o, "iommu_group", instance->group < 0 ? NULL :
			       json_object_new_int64(instance->group));
	json_object_object_add(o, "vfio_device", json_text(instance->vfio_device));
	json_object_object_add(o, "nodes", json_names(&instance->nodes));
	json_object_object_add(o, "sysfs", json_text(instance->sysfs));
	json_object_object_add(o, "settings", json_names(&instance->settings));
	if (openers) {
		users = json_object_new_array();
		holders_of(root, &instance->nodes, instance->sysfs, openers, add_user, users);
		json_object_object_add(o, "in_use", users);
	}
	return o;
}

struct json_object *instances_json(const struct path_ctx *root, const char *address,
				   const struct openers *openers)
{
	struct instances all = instances_of(root, address);
	struct json_object *array = json_object_new_array();
	const struct instance *instance;

	for_each_instance(instance, &all)
		json_object_array_add(array, instance_json(root, instance, openers));
	instances_free(&all);
	return array;
}
