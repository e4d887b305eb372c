// SPDX-License-Identifier: GPL-2.0
/*
 * schema SCHEMA: is the JSON document on stdin what SCHEMA says? That may use type, enum,
 * properties, required, additionalProperties: false, items and $ref.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct json_object *whole;

static bool check(struct json_object *schema, struct json_object *value, const char *where);

static bool wrong(const char *where, const char *what)
{
	fprintf(stderr, "%s: %s\n", where, what);
	return false;
}

static const char *type_name(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "boolean";
	case json_type_int:
		return "integer";
	case json_type_double:
		return "number";
	case json_type_string:
		return "string";
	case json_type_array:
		return "array";
	case json_type_object:
		return "object";
	}
	return "";
}

/* One of the array @list, or the same as it */
static bool is_one_of(struct json_object *list, struct json_object *value)
{
	if (!json_object_is_type(list, json_type_array))
		return json_object_equal(list, value);
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (json_object_equal(json_object_array_get_idx(list, i), value))
			return true;
	return false;
}

static bool has_type(struct json_object *types, struct json_object *value)
{
	struct json_object *name = json_object_new_string(type_name(value));
	bool has = is_one_of(types, name);

	json_object_put(name);
	return has;
}

static bool check_object(struct json_object *schema, struct json_object *value, const char *where)
{
	struct json_object *properties, *required, *part;
	const char *key;
	char inner[512];
	bool ok = true;

	if (json_object_object_get_ex(schema, "required", &required))
		for (size_t i = 0; i < json_object_array_length(required); i++) {
			key = json_object_get_string(json_object_array_get_idx(required, i));
			snprintf(inner, sizeof(inner), "%s has no %s", where, key);
			if (!json_object_object_get_ex(value, key, &part))
				ok = wrong(inner, "it must");
		}
	if (!json_object_object_get_ex(schema, "properties", &properties))
		return ok;
	json_object_object_foreach(value, name, item) {
		snprintf(inner, sizeof(inner), "%s.%s", where, name);
		if (!json_object_object_get_ex(properties, name, &part))
			ok = wrong(inner, "there is no such key");
		else
			ok &= check(part, item, inner);
	}
	return ok;
}

/* "#/$defs/NAME" */
static struct json_object *follow(struct json_object *schema)
{
	struct json_object *ref, *defs, *def;

	if (!json_object_object_get_ex(schema, "$ref", &ref))
		return schema;
	if (json_object_object_get_ex(whole, "$defs", &defs) &&
	    json_object_object_get_ex(defs, strrchr(json_object_get_string(ref), '/') + 1, &def))
		return def;
	return NULL;
}

static bool check(struct json_object *schema, struct json_object *value, const char *where)
{
	struct json_object *part;
	char inner[512];
	bool ok = true;

	schema = follow(schema);
	if (!schema)
		return wrong(where, "the schema refers to what it has not");
	if (json_object_object_get_ex(schema, "type", &part) && !has_type(part, value))
		return wrong(where, "it has another type");
	if (json_object_object_get_ex(schema, "enum", &part) && !is_one_of(part, value))
		ok = wrong(where, "it is none of the values");
	if (json_object_is_type(value, json_type_object))
		ok &= check_object(schema, value, where);
	if (json_object_is_type(value, json_type_array) &&
	    json_object_object_get_ex(schema, "items", &part))
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			snprintf(inner, sizeof(inner), "%s[%zu]", where, i);
			ok &= check(part, json_object_array_get_idx(value, i), inner);
		}
	return ok;
}

int main(int argc, char **argv)
{
	struct json_object *value = json_object_from_fd(0);
	bool ok;

	whole = argc > 1 ? json_object_from_file(argv[1]) : NULL;
	ok = whole && value ? check(whole, value, "document") :
	     wrong("document", "it is no JSON, or the schema is none");
	json_object_put(value);
	json_object_put(whole);
	return !ok;
}
