/* SPDX-License-Identifier: GPL-2.0 */
/*
 * describe: a function as a JSON object, from which text is made as well.
 */
#ifndef VP_DESCRIBE_H
#define VP_DESCRIBE_H

#include <json-c/json.h>

#include "config.h"
#include "inuse.h"

/*
 * The columns of @f that are in @keys, in their order; if there are none, all but those
 * that have to be asked for. @use may be NULL if "in_use" is none of them.
 */
struct json_object *describe(const struct machine *m, const struct function *f,
			     const struct names *keys, struct inuse *use);
/* All of them; what is for tables only is left out */
struct json_object *describe_all(const struct machine *m, const struct function *f,
				 struct inuse *use);
/* What is saved */
struct json_object *describe_config(const struct config *config);

/* @text as a string, null if it is empty */
struct json_object *json_text(const char *text);
struct json_object *json_names(const struct names *names);

#endif
