/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell: a value of a JSON document as text for people.
 */
#ifndef VP_CELL_H
#define VP_CELL_H

#include <json-c/json.h>

/* In words, "-" for null, with @comma between what is in an array; to be freed */
char *cell_text(struct json_object *value, const char *comma);
/* Of an object, the text of a member, or NULL */
const char *cell_member(struct json_object *o, const char *key);

#endif
