// SPDX-License-Identifier: GPL-2.0
/*
 * record_instance: what create or destroy found, for undo.
 */
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"

static const char *const words[] = {
	[INSTANCE_ABSENT] = "absent",
	[INSTANCE_CONFIGURED] = "configured",
	[INSTANCE_LIVE] = "live",
};

struct record_instance *record_instance_before(const struct path_ctx *root, const char *address,
					       const struct instance_name *name)
{
	struct record_instance *r = xcalloc(1, sizeof(*r));
	struct instance now;

	snprintf(r->address, sizeof(r->address), "%s", address);
	memcpy(r->name.type, name->type, sizeof(name->type));
	memcpy(r->name.name, name->name, sizeof(name->name));
	if (instance_read(root, address, name->type, name->name, &now))
		r->was = now.live ? INSTANCE_LIVE : INSTANCE_CONFIGURED;
	for (size_t i = 0; i < now.settings.n; i++)
		names_add(&r->name.settings, now.settings.v[i]);
	r->file.before = saved_file_now(root, address);
	instance_free(&now);
	return r;
}

void record_instance_free(struct record_instance *r)
{
	if (!r)
		return;
	instance_name_free(&r->name);
	saved_file_free(&r->file);
	free(r);
}

struct json_object *record_instance_json(const struct record_instance *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "address", json_text(r->address));
	json_object_object_add(o, "type", json_text(r->name.type));
	json_object_object_add(o, "name", json_text(r->name.name));
	json_object_object_add(o, "settings", json_names(&r->name.settings));
	json_object_object_add(o, "was", json_text(words[r->was]));
	json_object_object_add(o, "was_kept", json_object_new_boolean(r->was_kept));
	saved_file_add(o, &r->file);
	return o;
}

static const char *member(struct json_object *o, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(o, key));

	return text ? text : "";
}

/* Settings are as the kernel has told them, whatever is in them; but for the "=" */
static bool parse_settings(struct names *settings, struct json_object *array)
{
	const char *text;

	if (!json_object_is_type(array, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		text = json_object_get_string(json_object_array_get_idx(array, i));
		if (!text || !strchr(text, '='))
			return false;
		names_add(settings, text);
	}
	return true;
}

static bool parse_was(enum instance_was *was, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i], word)) {
			*was = (enum instance_was)i;
			return true;
		}
	return false;
}

struct record_instance *record_instance_parse(struct json_object *o)
{
	struct record_instance *r;
	struct bdf bdf;

	if (!json_object_is_type(o, json_type_object))
		return NULL;
	r = xcalloc(1, sizeof(*r));
	if (!bdf_parse(member(o, "address"), &bdf) || !parse_was(&r->was, member(o, "was")) ||
	    instance_name_set(&r->name, member(o, "type"), member(o, "name")) ||
	    !parse_settings(&r->name.settings, json_object_object_get(o, "settings"))) {
		record_instance_free(r);
		return NULL;
	}
	bdf_format(&bdf, r->address);
	r->was_kept = json_object_get_boolean(json_object_object_get(o, "was_kept"));
	r->file = saved_file_parse(o);
	return r;
}
