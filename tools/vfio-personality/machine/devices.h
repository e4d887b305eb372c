/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devices: what a function's driver has made below it, whatever the subsystem.
 */
#ifndef VP_DEVICES_H
#define VP_DEVICES_H

#include <sys/types.h>

#include "function.h"

/**
 * struct device - a device below a function
 * @path: its folder in sysfs, relative to the root
 * @name: its name
 * @subsystem: its class or bus, empty if not told
 * @node: its device file's name below /dev, empty if it has none
 * @number: the device file's number
 * @block: it is a block device
 */
struct device {
	char *path;
	char name[NAME_LEN];
	char subsystem[32];
	char node[NAME_LEN];
	dev_t number;
	bool block;
};

/**
 * struct devices - all of them
 * @v: the devices
 * @n: their number
 * @has_nets: network interfaces hang below one of them, or below the function: the folder is
 *	there, and seems empty, if they are in another network namespace
 */
struct devices {
	struct device *v;
	size_t n;
	bool has_nets;
};

#define for_each_device(d, ds) for ((d) = (ds)->v; (d) < (ds)->v + (ds)->n; (d)++)

/* Of @f and of the functions behind it; @f itself is none of them */
struct devices devices_of(const struct machine *m, const struct function *f);
void devices_free(struct devices *devices);

#endif
