// SPDX-License-Identifier: GPL-2.0
/*
 * verb_list: list and status, which only look.
 */
#include "verbs.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "check.h"
#include "columns.h"
#include "describe.h"
#include "diag.h"
#include "holders.h"
#include "instance.h"
#include "journal.h"
#include "module.h"
#include "output.h"
#include "select.h"
#include "wanted.h"

static bool is_empty(const struct machine *m, const char *folder)
{
	struct names names = path_list(m->root, "%s", folder);
	bool empty = !names.n;

	names_free(&names);
	return empty;
}

/* What holds for all functions */
static void hint(const struct machine *m)
{
	char *why;

	if (!m->has_switch && module_answers(m->root, SWITCH_MODULE)) {
		say("the module " SWITCH_MODULE " is not loaded; enable loads it");
	} else if (!m->has_switch) {
		why = module_why_not(m->root, 0);
		say_as("warning", "functions cannot be switched: the module %s is missing: %s",
		       SWITCH_MODULE, why);
		free(why);
	}
	if (is_empty(m, "sys/kernel/iommu_groups"))
		say_as("warning",
		       "functions cannot be switched: this machine has no IOMMU, or it is off: vfio-personality doctor tells what helps");
	journal_tell(m);
}

/* Of the selected ones, those that pass all filters */
static void filter_selected(const struct machine *m, const struct options *o, struct inuse *use)
{
	struct function *f;

	for_each_selected(f, m)
		for (int i = 0; f->selected && i < o->filter_count; i++)
			f->selected = filter_passes(&o->filters[i], m, f, use);
}

/* The place of @f among those that are selected, -1 if it is not one of them */
static long place_of(const struct machine *m, const struct function *f)
{
	struct function *other;
	long place = 0;

	if (!f || !f->selected)
		return -1;
	for_each_selected(other, m) {
		if (other == f)
			return place;
		place++;
	}
	return -1;
}

/* The first of @f's IOMMU group that is no VF, as those hang below their PFs */
static const struct function *first_of_group(const struct machine *m, const struct function *f)
{
	struct function *other;

	for_each_selected(other, m)
		if (same_group(f, other) && !*other->pf && !is_bridge(other))
			return other;
	return NULL;
}

/* What each selected function hangs below in the tree; to be freed */
static long *find_parents(const struct machine *m)
{
	long *parents = xcalloc(m->count, sizeof(*parents));
	const struct function *parent;
	struct function *f;
	size_t n = 0;

	for_each_selected(f, m) {
		parent = *f->pf ? machine_find(m, f->pf) : first_of_group(m, f);
		parents[n++] = parent == f || is_bridge(f) ? -1 : place_of(m, parent);
	}
	return parents;
}

/* A row of the table for what a function's driver provides */
static struct json_object *instance_row(const struct machine *m, const struct function *f,
					const struct instance *instance, const struct names *saved,
					const struct openers *openers)
{
	struct json_object *row = instance_json(m->root, instance, openers);
	char *name = xasprintf("%s/%s", instance->type, instance->name), *settings;
	struct names all = instance->settings;

	settings = cell_text(json_object_object_get(row, "settings"), " ");
	json_object_object_add(row, "address", json_text(name));
	json_object_object_add(row, "binding", json_text(instance->live ? "VFIO" :
							 instance->state));
	json_object_object_add(row, "device", all.n ? json_text(settings) : NULL);
	json_object_object_add(row, "kept", names_have(saved, name) ? json_text("created") : NULL);
	json_object_object_add(row, "driver", json_text(f->driver));
	free(settings);
	free(name);
	return row;
}

/* "TYPE/NAME" of all that is created at boot */
static struct names saved_of(const struct machine *m, const struct function *f)
{
	struct names lines = { 0 }, names = { 0 };
	struct wanted wanted;

	if (wanted_of(m, f, &wanted))
		return names;
	lines = names_split_at(wanted.config.create, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		lines.v[i][strcspn(lines.v[i], " ")] = '\0';
		names_add(&names, lines.v[i]);
	}
	names_free(&lines);
	return names;
}

/* Adds them to @rows, below the rows of their functions, of which @parents has the places */
static long *add_instances(const struct machine *m, struct json_object *rows, long *parents,
			   struct inuse *use)
{
	size_t n = json_object_array_length(rows);
	const struct openers *openers;
	const struct instance *instance;
	struct instances all;
	struct names saved;
	struct function *f;
	long place = 0;

	for_each_selected(f, m) {
		all = instances_of(m->root, f->address);
		saved = all.n ? saved_of(m, f) : (struct names){ 0 };
		openers = all.n ? survey_openers(&use->findings.survey, m->root) : NULL;
		for_each_instance(instance, &all) {
			json_object_array_add(rows, instance_row(m, f, instance, &saved, openers));
			parents = xrealloc(parents, n + 1, sizeof(*parents));
			parents[n++] = place;
		}
		names_free(&saved);
		instances_free(&all);
		place++;
	}
	return parents;
}

/* By default only where the table is the verb's own and for people */
static bool draws_tree(const struct options *o)
{
	return o->tree || (o->legend && (!o->columns || *o->columns == '+'));
}

static void tell_unseen(const struct inuse *use)
{
	if (inuse_unseen(use))
		say("more may be in use than is shown: %s", inuse_unseen(use));
}

int verb_list(struct machine *m, const struct options *o)
{
	struct json_object *array = json_object_new_array();
	struct names keys = output_columns(o);
	struct inuse use = { 0 };
	struct function *f;
	long *parents;
	int code;

	code = select_functions(m, o);
	if (!code) {
		hint(m);
		filter_selected(m, o, &use);
		for_each_selected(f, m)
			json_object_array_add(array, keys.n ? describe(m, f, &keys, &use) :
					      describe_all(m, f, &use));
		tell_unseen(&use);
	}
	names_free(&keys);
	if (code) {
		inuse_free(&use);
		json_object_put(array);
		return output_nothing(o, code);
	}
	parents = draws_tree(o) ? find_parents(m) : NULL;
	if (parents && !o->json)
		parents = add_instances(m, array, parents, &use);
	inuse_free(&use);
	code = output_tree(o, array, parents, EXIT_DONE);
	free(parents);
	return code;
}

/* All that must be free of native drivers for VFIO's users to get one of them */
static struct json_object *group_members(const struct machine *m, const struct function *f)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct function *other;

	for_each_function(other, m) {
		if (!same_group(f, other))
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "address", json_text(other->address));
		json_object_object_add(o, "driver", json_text(other->driver));
		json_object_object_add(o, "role",
				       json_text(blocks_group(other) ? "native" :
						 is_bridge(other) ? "bridge" : "usable"));
		json_object_array_add(array, o);
	}
	return array;
}

/* VFIO's users could open it, as far as its group goes */
static bool group_is_viable(const struct machine *m, const struct function *f)
{
	const struct function *other;

	for_each_function(other, m)
		if (other != f && same_group(f, other) && blocks_group(other))
			return false;
	return !iommu_keeps_memory(m, f);
}

static void add_status(const struct machine *m, const struct function *f, struct json_object *o,
		       struct survey *survey)
{
	const struct openers *openers = survey_openers(survey, m->root);

	json_object_object_add(o, "group_viable", f->group < 0 ? NULL :
			       json_object_new_boolean(group_is_viable(m, f)));
	json_object_object_add(o, "group_members", group_members(m, f));
	json_object_object_add(o, "instances", instances_json(m->root, f->address, openers));
	json_object_object_add(o, "holders", holders_json(m, f, openers));
}

int verb_status(struct machine *m, const struct options *o)
{
	int code = select_functions(m, o);
	struct json_object *array, *item;
	struct inuse use = { 0 };
	struct function *f;

	if (code)
		return output_nothing(o, code);
	hint(m);
	array = json_object_new_array();
	filter_selected(m, o, &use);
	for_each_selected(f, m) {
		item = describe_all(m, f, &use);
		add_status(m, f, item, &use.findings.survey);
		json_object_array_add(array, item);
	}
	tell_unseen(&use);
	inuse_free(&use);
	return output(o, array, EXIT_DONE);
}
