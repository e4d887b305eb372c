// SPDX-License-Identifier: GPL-2.0
/*
 * cell: a value of a JSON document as text for people.
 */
#include "cell.h"

#include <stdlib.h>

#include "util.h"

const char *cell_member(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : NULL;
}

/* A write as it is done, "use_vfio=1"; a function with its driver; else all there is */
static char *object_text(struct json_object *o)
{
	const char *address = cell_member(o, "address"), *driver = cell_member(o, "driver");
	char *text, *more;

	if (cell_member(o, "attribute"))
		return xasprintf("%s=%s", cell_member(o, "attribute"), cell_member(o, "value"));
	if (address)
		return xasprintf("%s(%s)", address, driver ? driver : "unbound");
	text = xstrdup("");
	json_object_object_foreach(o, key, value) {
		if (json_object_is_type(value, json_type_null))
			continue;
		more = xasprintf("%s%s%s=%s", text, *text ? " " : "", key,
				 json_object_get_string(value));
		free(text);
		text = more;
	}
	return text;
}

static char *array_text(struct json_object *array, const char *comma)
{
	char *text = xstrdup(json_object_array_length(array) ? "" : "-"), *more, *item;

	for (size_t i = 0; i < json_object_array_length(array); i++) {
		item = cell_text(json_object_array_get_idx(array, i), comma);
		more = xasprintf("%s%s%s", text, i ? comma : "", item);
		free(item);
		free(text);
		text = more;
	}
	return text;
}

char *cell_text(struct json_object *value, const char *comma)
{
	if (json_object_is_type(value, json_type_null))
		return xstrdup("-");
	if (json_object_is_type(value, json_type_boolean))
		return xstrdup(json_object_get_boolean(value) ? "yes" : "no");
	if (json_object_is_type(value, json_type_object))
		return object_text(value);
	if (json_object_is_type(value, json_type_array))
		return array_text(value, comma);
	return xstrdup(json_object_get_string(value));
}
