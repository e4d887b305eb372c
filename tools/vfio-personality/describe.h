/* SPDX-License-Identifier: GPL-2.0 */
/*
 * describe: a function as a JSON object, from which text is made as well.
 */
#ifndef VP_DESCRIBE_H
#define VP_DESCRIBE_H

#include <json-c/json.h>

#include "config.h"

/* What describe() gives, in order; ends in NULL */
extern const char *const describe_keys[];

/* All but driver_override, which is to be asked for: see function_override() */
void describe_override(const struct machine *m, const struct function *f, struct json_object *o);
struct json_object *describe(const struct machine *m, const struct function *f);
/* What is saved */
struct json_object *describe_config(const struct config *config);
/* For values of any origin: NULL if empty, else harmless */
struct json_object *json_text(const char *text);
struct json_object *json_names(const struct names *names);

#endif
