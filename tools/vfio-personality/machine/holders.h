/* SPDX-License-Identifier: GPL-2.0 */
/*
 * holders: which processes hold a function through VFIO.
 */
#ifndef VP_HOLDERS_H
#define VP_HOLDERS_H

#include <json-c/json.h>

#include "openers.h"

/*
 * Calls @see for each file by which a process holds what has @nodes, and is @device, or the
 * end of that, in sysfs
 */
void holders_of(const struct path_ctx *root, const struct names *nodes, const char *device,
		const struct openers *openers,
		void (*see)(void *data, const struct opener *opener), void *data);
/* The same of @f */
void holders_find(const struct machine *m, const struct function *f,
		  const struct openers *openers,
		  void (*see)(void *data, const struct opener *opener), void *data);
/* An array of objects: pid, command, file */
struct json_object *holders_json(const struct machine *m, const struct function *f,
				 const struct openers *openers);
/* Tells on stderr who keeps @f, and how far that can be known */
void holders_tell_of(const struct path_ctx *root, const char *address,
		     const struct names *nodes, const char *device);
void holders_tell(const struct machine *m, const struct function *f);

#endif
