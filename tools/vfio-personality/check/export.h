/* SPDX-License-Identifier: GPL-2.0 */
/*
 * export: disks that the kernel hands to other machines, or as USB sticks. They are
 * open within the kernel, which nothing in sysfs or /proc tells.
 */
#ifndef VP_EXPORT_H
#define VP_EXPORT_H

#include "path.h"

/**
 * struct export - a disk that is exported
 * @device: its name in /dev, as whoever set it up wrote it
 * @by: where in configfs
 */
struct export {
	char *device, *by;
};

/**
 * struct exports - all that can be seen
 * @v: the exports
 * @n: their number
 * @unseen: why there may be more, or NULL
 */
struct exports {
	struct export *v;
	size_t n;
	const char *unseen;
};

#define for_each_export(e, es) for ((e) = (es)->v; (e) < (es)->v + (es)->n; (e)++)

struct exports exports_find(const struct path_ctx *root);
void exports_free(struct exports *exports);

#endif
