// SPDX-License-Identifier: GPL-2.0
/*
 * verb_list: list and status, which only look.
 */
#include "verbs.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "describe.h"
#include "diag.h"
#include "holders.h"
#include "journal.h"
#include "module.h"
#include "output.h"
#include "select.h"
#include "survey.h"

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
		       "functions cannot be switched: this machine has no IOMMU, or it is off; in the firmware it is called VT-d, AMD-Vi, SVM or SMMU; on Intel's machines the kernel wants intel_iommu=on");
	journal_tell(m);
}

static bool shows_override(const struct options *o)
{
	struct names columns;
	bool shows;

	if (o->json || o->verb == VERB_STATUS)
		return true;
	columns = names_split(o->columns ? o->columns : "");
	shows = names_have(&columns, "driver_override");
	names_free(&columns);
	return shows;
}

static struct json_object *describe_all(struct machine *m, const struct options *options,
					void (*more)(const struct machine *m,
						     const struct function *f,
						     struct json_object *o,
						     struct survey *survey))
{
	struct json_object *array = json_object_new_array(), *o;
	bool override = shows_override(options);
	struct survey survey = { 0 };
	struct function *f;

	for_each_selected(f, m) {
		o = describe(m, f);
		if (override)
			describe_override(m, f, o);
		if (more)
			more(m, f, o, &survey);
		json_object_array_add(array, o);
	}
	survey_free(&survey);
	return array;
}

int verb_list(struct machine *m, const struct options *o)
{
	int code = select_functions(m, o);

	if (code)
		return output_nothing(o, code);
	hint(m);
	return output(o, describe_all(m, o, NULL), EXIT_DONE);
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

/* VFIO's users could open it, as far as the others in its group go */
static bool group_is_viable(const struct machine *m, const struct function *f)
{
	const struct function *other;

	for_each_function(other, m)
		if (other != f && same_group(f, other) && blocks_group(other))
			return false;
	return true;
}

static void add_status(const struct machine *m, const struct function *f, struct json_object *o,
		       struct survey *survey)
{
	json_object_object_add(o, "group_viable", f->group < 0 ? NULL :
			       json_object_new_boolean(group_is_viable(m, f)));
	json_object_object_add(o, "group_members", group_members(m, f));
	json_object_object_add(o, "holders", holders_json(m, f, survey_openers(survey, m->root)));
}

int verb_status(struct machine *m, const struct options *o)
{
	int code = select_functions(m, o);

	if (code)
		return output_nothing(o, code);
	hint(m);
	return output(o, describe_all(m, o, add_status), EXIT_DONE);
}
