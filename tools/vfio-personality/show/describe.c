// SPDX-License-Identifier: GPL-2.0
/*
 * describe: a function as a JSON object, from which text is made as well.
 */
#include "describe.h"

#include <stdlib.h>

#include "check.h"
#include "columns.h"
#include "diag.h"

struct json_object *json_text(const char *text)
{
	struct json_object *o;
	char *clean;

	if (!*text)
		return NULL;
	clean = harmless(text);
	o = json_object_new_string(clean);
	free(clean);
	return o;
}

struct json_object *json_names(const struct names *names)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < names->n; i++)
		json_object_array_add(array, json_text(names->v[i]));
	return array;
}

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

struct json_object *describe_config(const struct config *config)
{
	struct json_object *o = json_object_new_object();
	char *force = check_force_names(config->force);
	struct names vf = names_split_at(config->vf, " ");
	struct names create = names_split_at(config->create, "\n");

	add(o, "personality", json_text(config->vfio ? "vfio" : "native"));
	add(o, "vfio_driver", json_text(config->driver));
	add(o, "vfs", config->vfs < 0 ? NULL : json_object_new_int64(config->vfs));
	add(o, "vf", json_names(&vf));
	add(o, "user", json_text(config->user));
	add(o, "owner_group", json_text(config->group));
	add(o, "mode", json_text(config->mode));
	add(o, "force", json_text(force));
	add(o, "cdi", json_object_new_boolean(config->cdi));
	add(o, "create", json_names(&create));
	add(o, "device_path", json_text(config->identity.path));
	add(o, "serials", json_text(config->identity.serials));
	names_free(&vf);
	names_free(&create);
	free(force);
	return o;
}

static struct json_object *describe_but(const struct machine *m, const struct function *f,
					struct inuse *use, int flags)
{
	struct json_object *o = json_object_new_object();
	const struct column *column;

	for_each_column(column)
		if (!(column->flags & flags))
			add(o, column->key, column_value(column, m, f, use));
	return o;
}

struct json_object *describe_all(const struct machine *m, const struct function *f,
				 struct inuse *use)
{
	return describe_but(m, f, use, COLUMN_TABLE);
}

struct json_object *describe(const struct machine *m, const struct function *f,
			     const struct names *keys, struct inuse *use)
{
	const struct column *column;
	struct json_object *o;

	if (!keys->n)
		return describe_but(m, f, use, COLUMN_TABLE | COLUMN_ASKED);
	o = json_object_new_object();
	for (size_t i = 0; i < keys->n; i++) {
		column = column_find(keys->v[i]);
		if (column)
			add(o, column->key, column_value(column, m, f, use));
	}
	return o;
}
