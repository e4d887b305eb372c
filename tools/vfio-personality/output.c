// SPDX-License-Identifier: GPL-2.0
/*
 * output: what goes to stdout, as a JSON document, a table or paragraphs.
 */
#include "output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "describe.h"
#include "diag.h"

static const char *const check_keys[] = { "address", "check", "verdict", "text", NULL };

static const char *const switch_keys[] = {
	"address", "result", "state", "driver", "iommu_group", "nodes", NULL
};

static const char *const plan_keys[] = {
	"address", "result", "path", "planned_driver", "iommu_group", "siblings", "planned_nodes",
	"writes", NULL
};

static const char *const save_keys[] = {
	"address", "result", "personality", "vfio_driver", "vfs", "user", "owner_group", "mode",
	"force", NULL
};

/* A verb's table: its name in the document, its columns, those shown by itself */
static const struct {
	const char *array;
	const char *const *keys;
	const char *shown;
} tables[VERBS] = {
	[VERB_LIST] = { "functions", describe_keys,
			"address,state,driver,iommu_group,saved,devices,name" },
	[VERB_STATUS] = { "functions", describe_keys, NULL },
	[VERB_CHECK] = { "findings", check_keys, NULL },
	[VERB_ENABLE] = { "functions", switch_keys, NULL },
	[VERB_DISABLE] = { "functions", switch_keys, NULL },
	[VERB_SAVE] = { "functions", save_keys, NULL },
	[VERB_UNSAVE] = { "functions", save_keys, "address,result" },
	[VERB_APPLY] = { "functions", switch_keys, NULL },
};

static const char *const *keys_of(const struct options *o)
{
	if (o->dry_run && tables[o->verb].keys == switch_keys)
		return plan_keys;
	return tables[o->verb].keys;
}

static bool has_key(const char *const *keys, const char *key)
{
	for (; *keys; keys++)
		if (!strcmp(*keys, key))
			return true;
	return false;
}

static struct names columns_of(const struct options *o)
{
	const char *shown = o->columns ? o->columns : tables[o->verb].shown;
	struct names columns = { 0 };

	if (shown)
		return names_split(shown);
	for (const char *const *key = keys_of(o); *key; key++)
		names_add(&columns, *key);
	return columns;
}

bool output_check(const struct options *o)
{
	struct names columns;
	bool ok = true;

	if (!o->columns)
		return true;
	columns = columns_of(o);
	for (size_t i = 0; ok && i < columns.n; i++) {
		ok = has_key(keys_of(o), columns.v[i]);
		if (!ok) {
			char *known = xstrdup("");

			for (const char *const *key = keys_of(o); *key; key++) {
				char *more = xasprintf("%s %s", known, *key);

				free(known);
				known = more;
			}
			say("there is no column '%s'; there are%s", columns.v[i], known);
			free(known);
		}
	}
	names_free(&columns);
	return ok;
}

static const char *member(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : NULL;
}

/* A write as it is done, "use_vfio=1"; a function with its driver; else all there is */
static char *object_cell(struct json_object *o)
{
	const char *address = member(o, "address"), *driver = member(o, "driver");
	char *text = xstrdup(""), *more;

	if (member(o, "attribute")) {
		more = xasprintf("%s=%s", member(o, "attribute"), member(o, "value"));
	} else if (address) {
		more = xasprintf("%s(%s)", address, driver ? driver : "unbound");
	} else {
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
	free(text);
	return more;
}

/* A value in words; to be freed */
static char *cell(struct json_object *value)
{
	char *text, *more, *item;

	if (json_object_is_type(value, json_type_null))
		return xstrdup("-");
	if (json_object_is_type(value, json_type_boolean))
		return xstrdup(json_object_get_boolean(value) ? "yes" : "no");
	if (json_object_is_type(value, json_type_object))
		return object_cell(value);
	if (!json_object_is_type(value, json_type_array))
		return xstrdup(json_object_get_string(value));
	text = xstrdup(json_object_array_length(value) ? "" : "-");
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		item = cell(json_object_array_get_idx(value, i));
		more = xasprintf("%s%s%s", text, i ? "," : "", item);
		free(item);
		free(text);
		text = more;
	}
	return text;
}

/* On a terminal, in characters of which none is wide */
static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* How many bytes are at most @most characters */
static int bytes(const char *text, int most)
{
	int n = 0;

	while (text[n] && (most > 0 || (text[n] & 0xc0) == 0x80)) {
		n++;
		most -= (text[n] & 0xc0) != 0x80;
	}
	return n;
}

/* How wide a line may be; 0: as it likes */
static int terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ?
		size.ws_col : 0;
}

static char *heading(const char *key)
{
	char *text = xstrdup(key);

	for (char *c = text; *c; c++)
		*c = *c == '_' ? '-' : (char)toupper((unsigned char)*c);
	return text;
}

/*
 * @cells: @rows of @columns, row by row. Lines wider than @limit, if there is one,
 * lose the end of their last column.
 */
static void print_rows(char **cells, size_t rows, size_t columns, int limit)
{
	int *widths = xcalloc(columns, sizeof(*widths)), w, left = limit;
	size_t i;

	for (i = 0; i < rows * columns; i++) {
		w = width(cells[i]);
		if (w > widths[i % columns])
			widths[i % columns] = w;
	}
	for (i = 0; i + 1 < columns; i++)
		left -= widths[i] + 2;
	for (i = 0; i < rows * columns; i++) {
		if (i % columns == columns - 1)
			printf("%.*s\n", left > 0 ? bytes(cells[i], left) : -1, cells[i]);
		else
			printf("%s%*s", cells[i], widths[i % columns] - width(cells[i]) + 2, "");
	}
	free(widths);
}

static void print_table(const struct options *o, struct json_object *items)
{
	struct names columns = columns_of(o);
	size_t n = json_object_array_length(items), cells = 0, i, c;
	char **text = xcalloc((n + 1) * columns.n, sizeof(*text));
	struct json_object *item;

	for (c = 0; o->legend && n && c < columns.n; c++)
		text[cells++] = heading(columns.v[c]);
	for (i = 0; i < n; i++) {
		item = json_object_array_get_idx(items, i);
		for (c = 0; c < columns.n; c++)
			text[cells++] = cell(json_object_object_get(item, columns.v[c]));
	}
	/* What a device is called may be cut; what is to be read or typed may not */
	print_rows(text, cells / columns.n, columns.n,
		   !strcmp(columns.v[columns.n - 1], "name") ? terminal_width() : 0);
	for (i = 0; i < cells; i++)
		free(text[i]);
	free(text);
	names_free(&columns);
}

/* "iommu_group" as "iommu group" */
static void print_key(const char *key, int indent)
{
	char *text = xstrdup(key);

	for (char *c = text; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	printf("%*s%-17s", indent, "", text);
	free(text);
}

static bool is_table(struct json_object *value)
{
	return json_object_is_type(value, json_type_array) && json_object_array_length(value) &&
	       json_object_is_type(json_object_array_get_idx(value, 0), json_type_object);
}

/* An object's values on one line */
static void print_line(struct json_object *o)
{
	char *text;

	json_object_object_foreach(o, key, value) {
		(void)key;
		text = cell(value);
		printf(" %s", text);
		free(text);
	}
	putchar('\n');
}

static void print_paragraph(struct json_object *o)
{
	char *text;
	size_t i;

	json_object_object_foreach(o, key, value) {
		if (is_table(value)) {
			for (i = 0; i < json_object_array_length(value); i++) {
				print_key(i ? "" : key, 2);
				print_line(json_object_array_get_idx(value, i));
			}
		} else if (!strcmp(key, "address")) {
			printf("%s\n", json_object_get_string(value));
		} else {
			text = cell(value);
			if (strcmp(text, "-")) {
				print_key(key, 2);
				printf(" %s\n", text);
			}
			free(text);
		}
	}
}

static void print_paragraphs(struct json_object *items)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		if (i)
			putchar('\n');
		print_paragraph(json_object_array_get_idx(items, i));
	}
}

/* Of each object, what was asked for */
static void keep_columns(const struct options *o, struct json_object *items)
{
	struct names columns, keys = { 0 };
	struct json_object *item;

	if (!o->columns)
		return;
	columns = names_split(o->columns);
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		item = json_object_array_get_idx(items, i);
		json_object_object_foreach(item, key, value) {
			(void)value;
			if (!names_have(&columns, key))
				names_add(&keys, key);
		}
		for (size_t k = 0; k < keys.n; k++)
			json_object_object_del(item, keys.v[k]);
		names_free(&keys);
	}
	names_free(&columns);
}

/* Something is now otherwise than it was */
static bool is_changed(const struct options *o, struct json_object *items)
{
	static const char *const changes[] = {
		"done", "held", "saved", "unsaved", "not-restored",
	};
	const char *result;
	bool changed = false;

	for (size_t i = 0; i < json_object_array_length(items); i++) {
		result = member(json_object_array_get_idx(items, i), "result");
		for (size_t j = 0; result && j < ARRAY_SIZE(changes); j++)
			changed |= !strcmp(result, changes[j]);
	}
	return changed && !o->dry_run;
}

static void print_document(const struct options *o, struct json_object *items,
			   struct json_object *findings, int code)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "schema", json_object_new_int(SCHEMA));
	json_object_object_add(doc, "verb", json_object_new_string(verb_name(o->verb)));
	json_object_object_add(doc, "dry_run", json_object_new_boolean(o->dry_run));
	json_object_object_add(doc, "exit", json_object_new_int(code));
	json_object_object_add(doc, "changed", json_object_new_boolean(is_changed(o, items)));
	keep_columns(o, items);
	json_object_object_add(doc, tables[o->verb].array, json_object_get(items));
	if (findings)
		json_object_object_add(doc, "findings", json_object_get(findings));
	json_object_object_add(doc, "messages", diag_messages());
	puts(json_object_to_json_string_ext(doc, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(doc);
}

int output_with(const struct options *o, struct json_object *items,
		struct json_object *findings, int code)
{
	if (o->json)
		print_document(o, items, findings, code);
	else if (o->verb == VERB_STATUS)
		print_paragraphs(items);
	else
		print_table(o, items);
	json_object_put(items);
	json_object_put(findings);
	return code;
}

int output(const struct options *o, struct json_object *items, int code)
{
	return output_with(o, items, NULL, code);
}

int output_nothing(const struct options *o, int code)
{
	struct json_object *none = json_object_new_array();

	if (o->json)
		print_document(o, none, NULL, code);
	json_object_put(none);
	return code;
}
