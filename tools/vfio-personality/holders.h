/* SPDX-License-Identifier: GPL-2.0 */
/*
 * holders: which processes hold a function through VFIO.
 */
#ifndef VP_HOLDERS_H
#define VP_HOLDERS_H

#include <json-c/json.h>

#include "openers.h"

/* An array of objects: pid, command, file */
struct json_object *holders_json(const struct machine *m, const struct function *f,
				 const struct openers *openers);
/* Tells on stderr who keeps @f, and how far that can be known */
void holders_tell(const struct machine *m, const struct function *f);

#endif
