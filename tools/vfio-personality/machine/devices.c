// SPDX-License-Identifier: GPL-2.0
/*
 * devices: what a function's driver has made below it, whatever the subsystem.
 *
 * Sysfs nests devices as they depend on each other, so the folders below a
 * function are all that goes with it: no list of subsystems has to be complete.
 */
#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* Deeper than USB hubs can be cascaded */
#define MAX_DEPTH 40

/* DEVNAME in uevent is the name in /dev, which may have folders */
static void read_node(const struct path_ctx *root, struct device *device)
{
	unsigned int major, minor;
	char text[PATH_TEXT], *name;

	path_read(root, text, sizeof(text), "%s/dev", device->path);
	if (sscanf(text, "%u:%u", &major, &minor) != 2)
		return;
	device->number = makedev(major, minor);
	path_read(root, text, sizeof(text), "%s/uevent", device->path);
	name = strstr(text, "DEVNAME=");
	snprintf(device->node, sizeof(device->node), "%.*s",
		 name ? (int)strcspn(name + 8, "\n") : NAME_LEN - 1,
		 name ? name + 8 : device->name);
}

/* @files: what is in its folder */
static void add_device(struct devices *devices, const struct path_ctx *root, const char *path,
		       const struct names *files)
{
	struct device *device;
	char subsystem[32] = "";

	if (!names_have(files, "subsystem") && !names_have(files, "dev"))
		return;	/* a folder of attributes, or of a class */
	path_read_link_name(root, subsystem, sizeof(subsystem), "%s/subsystem", path);
	devices->v = xrealloc(devices->v, devices->n + 1, sizeof(*devices->v));
	device = devices->v + devices->n++;
	*device = (struct device){ .path = xstrdup(path) };
	snprintf(device->name, sizeof(device->name), "%s", strrchr(path, '/') + 1);
	snprintf(device->subsystem, sizeof(device->subsystem), "%s", subsystem);
	if (names_have(files, "dev"))
		read_node(root, device);
	device->block = !strcmp(subsystem, "block");
}

/* Many devices have these, and nothing is below them */
static bool is_of_attributes(const char *folder)
{
	static const char *const known[] = {
		"power", "personality", "msi_irqs", "queues", "statistics",
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(folder, known[i]))
			return true;
	return false;
}

/* Below @path, which is the function itself if @depth is 0 */
static void walk(struct devices *devices, const struct path_ctx *root, const char *path,
		 unsigned int depth)
{
	struct names files, folders;
	char *inner;

	path_try_split(root, &files, &folders, "%s", path);
	if (depth)
		add_device(devices, root, path, &files);
	for (size_t i = 0; i < folders.n && depth < MAX_DEPTH; i++) {
		if (is_of_attributes(folders.v[i]))
			continue;
		devices->has_nets |= !strcmp(folders.v[i], "net");
		inner = xasprintf("%s/%s", path, folders.v[i]);
		walk(devices, root, inner, depth + 1);
		free(inner);
	}
	names_free(&files);
	names_free(&folders);
}

struct devices devices_of(const struct machine *m, const struct function *f)
{
	const char *path = strstr(function_path(m, f), "devices/");
	struct devices devices = { 0 };
	char *top;

	if (!path)
		return devices;
	top = xasprintf("sys/%s", path);
	walk(&devices, m->root, top, 0);
	free(top);
	return devices;
}

void devices_free(struct devices *devices)
{
	for (size_t i = 0; i < devices->n; i++)
		free(devices->v[i].path);
	free(devices->v);
	*devices = (struct devices){ 0 };
}
