// SPDX-License-Identifier: GPL-2.0
/*
 * filter: which functions list shows, by what its columns say of them.
 */
#include "filter.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "columns.h"

static const struct column *column_of(const struct filter_term *term)
{
	char key[NAME_LEN];

	snprintf(key, sizeof(key), "%.*s", term->length, term->key);
	return column_find(key);
}

const char *filter_parse(struct filter_term *term, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return "it is like driver=nvme, or numa_node!=0";
	*term = (struct filter_term){
		.key = text,
		.not = equals[-1] == '!',
		.pattern = equals + 1,
	};
	term->length = (int)(equals - text) - term->not;
	return column_of(term) ? NULL : "there is no such column; list --help names them";
}

static bool is_nothing(struct json_object *value)
{
	return json_object_is_type(value, json_type_null) ||
	       (json_object_is_type(value, json_type_array) && !json_object_array_length(value));
}

static bool matches(const char *pattern, struct json_object *value)
{
	bool match = false;
	char *text;

	if (is_nothing(value))
		return !*pattern;
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			match |= matches(pattern, json_object_array_get_idx(value, i));
		return match;
	}
	text = cell_text(value, ",");
	match = !fnmatch(pattern, text, 0);
	free(text);
	return match;
}

bool filter_passes(const struct filter_term *term, const struct machine *m,
		   const struct function *f, struct inuse *use)
{
	struct json_object *value = column_value(column_of(term), m, f, use);
	bool match = matches(term->pattern, value);

	json_object_put(value);
	return match != term->not;
}
