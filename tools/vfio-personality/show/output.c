// SPDX-License-Identifier: GPL-2.0
/*
 * output: what goes to stdout, as a JSON document, a table or paragraphs.
 */
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "columns.h"
#include "diag.h"
#include "table.h"

static const char *const check_keys[] = { "address", "check", "verdict", "text", NULL };

static const char *const doctor_keys[] = { "verdict", "subject", "text", "remedy", NULL };

static const char *const explain_keys[] = { "address", "subject", "text", NULL };

static const char *const diff_keys[] = {
	"address", "setting", "wanted", "now", "by", "text", NULL
};

static const char *const emit_keys[] = { "address", "emitted", NULL };

static const char *const switch_keys[] = {
	"address", "result", "state", "driver", "iommu_group", "nodes", NULL
};

static const char *const plan_keys[] = {
	"address", "result", "path", "planned_driver", "iommu_group", "siblings", "planned_nodes",
	"writes", NULL
};

static const char *const create_keys[] = {
	"address", "instance", "result", "iommu_group", "nodes", "vfio_device", "sysfs", NULL
};

static const char *const create_plan_keys[] = {
	"address", "instance", "result", "writes", NULL
};

static const char *const save_keys[] = {
	"address", "result", "personality", "vfio_driver", "vfs", "user", "owner_group", "mode",
	"force", NULL
};

/*
 * A verb's table: its name in the document, its columns (NULL: those of columns.c), those
 * shown by itself
 */
static const struct {
	const char *array;
	const char *const *keys;
	const char *shown;
} tables[VERBS] = {
	[VERB_LIST] = { "functions", NULL, "iommu_group,address,binding,in_use,kept,device" },
	[VERB_STATUS] = { "functions", NULL, NULL },
	[VERB_DOCTOR] = { "examinations", doctor_keys, "verdict,subject,text" },
	[VERB_CHECK] = { "findings", check_keys, NULL },
	[VERB_ENABLE] = { "functions", switch_keys, NULL },
	[VERB_DISABLE] = { "functions", switch_keys, NULL },
	[VERB_CREATE] = { "functions", create_keys,
		"address,instance,result,iommu_group,nodes,sysfs" },
	[VERB_DESTROY] = { "functions", create_keys, "address,instance,result" },
	[VERB_EMIT] = { "functions", emit_keys, NULL },
	[VERB_RUN] = { "functions", switch_keys, NULL },
	[VERB_UNDO] = { "functions", switch_keys, NULL },
	[VERB_CONFIRM] = { "functions", switch_keys, NULL },
	[VERB_EXPLAIN] = { "explanations", explain_keys, NULL },
	[VERB_SAVE] = { "functions", save_keys, NULL },
	[VERB_UNSAVE] = { "functions", save_keys, "address,result" },
	[VERB_APPLY] = { "functions", switch_keys, NULL },
	[VERB_DIFF] = { "differences", diff_keys, "address,setting,wanted,now,by" },
};

static const char *const *keys_of(const struct options *o)
{
	if (o->dry_run && tables[o->verb].keys == switch_keys)
		return plan_keys;
	if (o->dry_run && tables[o->verb].keys == create_keys)
		return create_plan_keys;
	return tables[o->verb].keys;
}

/* The keys that the verb's tables may have, with commas between; to be freed */
char *output_words(const struct options *o)
{
	char *list, *more;

	if (!keys_of(o))
		return column_words();
	list = xstrdup("");
	for (const char *const *key = keys_of(o); *key; key++) {
		more = xasprintf("%s%s%s", list, *list ? "," : "", *key);
		free(list);
		list = more;
	}
	return list;
}

/* Those that the verb shows by itself */
static char *shown(const struct options *o)
{
	if (keys_of(o) == create_plan_keys)
		return output_words(o);
	return tables[o->verb].shown ? xstrdup(tables[o->verb].shown) : output_words(o);
}

/* "+numa_node" is one more than is shown anyway; JSON documents show all */
struct names output_columns(const struct options *o)
{
	const char *asked = o->columns ? o->columns : "";
	bool more = *asked == '+';
	struct names columns;
	char *own, *list;

	if ((o->json && !*asked) || o->verb == VERB_STATUS)
		return (struct names){ 0 };
	if (*asked && !more)
		return names_split(asked);
	own = shown(o);
	list = xasprintf("%s%s%s", own, more ? "," : "", more ? asked + 1 : "");
	columns = names_split(list);
	free(own);
	free(list);
	return columns;
}

bool output_check(const struct options *o)
{
	struct names columns, known;
	bool ok = true;
	char *words;

	if (!o->columns)
		return true;
	words = output_words(o);
	known = names_split(words);
	columns = output_columns(o);
	for (size_t i = 0; ok && i < columns.n; i++) {
		ok = names_have(&known, columns.v[i]);
		if (!ok)
			say("there is no column '%s'; there are %s", columns.v[i], words);
	}
	names_free(&columns);
	names_free(&known);
	free(words);
	return ok;
}

static void print_table(const struct options *o, struct json_object *items, const long *parents)
{
	struct names columns = output_columns(o);
	struct table table = { .columns = &columns, .legend = o->legend, .parents = parents };

	table_print(&table, items);
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
		text = cell_text(value, ",");
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
			text = cell_text(value, ",");
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
	columns = output_columns(o);
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

/* Something has come to one of @results */
static bool has_result(struct json_object *items, const struct names *results)
{
	const char *result;
	bool has = false;

	for (size_t i = 0; i < json_object_array_length(items); i++) {
		result = cell_member(json_object_array_get_idx(items, i), "result");
		has |= result && names_have(results, result);
	}
	return has;
}

/* Something is now otherwise than it was; of a dry run: would be */
static bool is_changed(struct json_object *items, bool dry_run)
{
	struct names changes = names_split(dry_run ? "planned,held" :
					   "done,held,saved,unsaved,not-restored");
	bool changed = has_result(items, &changes);

	names_free(&changes);
	return changed;
}

static void print_document(const struct options *o, struct json_object *items,
			   struct json_object *findings, int code)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "schema", json_object_new_int(SCHEMA));
	json_object_object_add(doc, "verb", json_object_new_string(verb_name(o->verb)));
	json_object_object_add(doc, "dry_run", json_object_new_boolean(o->dry_run));
	json_object_object_add(doc, "exit", json_object_new_int(code));
	json_object_object_add(doc, "changed", json_object_new_boolean(!o->dry_run &&
								       is_changed(items, false)));
	if (o->dry_run)
		json_object_object_add(doc, "would_change",
				       json_object_new_boolean(is_changed(items, true)));
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
		print_table(o, items, NULL);
	json_object_put(items);
	json_object_put(findings);
	return code;
}

int output_tree(const struct options *o, struct json_object *items, const long *parents, int code)
{
	if (o->json)
		return output(o, items, code);
	print_table(o, items, parents);
	json_object_put(items);
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
