// SPDX-License-Identifier: GPL-2.0
/*
 * outcome: what a transaction came to, or would.
 */
#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "describe.h"
#include "diag.h"
#include "output.h"
#include "predict.h"

bool want_is_fine(const struct want *want)
{
	static const char *const fine[] = { "done", "already", "planned" };

	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		if (want->result && !strcmp(want->result, fine[i]))
			return true;
	return false;
}

/* By what its steps came to; the worst counts */
static void judge(const struct transaction *t, const struct plan *plan, struct want *want)
{
	const struct function *f = machine_find(t->m, want->address);
	bool has[STEP_STUCK + 1] = { false };
	const struct step *step;
	int error = 0;

	for (step = plan->steps; step < plan->steps + plan->n; step++) {
		if (step->owner != want->address)
			continue;
		has[step->state] = true;
		error = step->state == STEP_FAILED ? step->error : error;
	}
	if (has[STEP_STUCK] || (f && f->state == STATE_BROKEN && error)) {
		want->result = "not-restored";
		want->code = EXIT_NOT_RESTORED;
	} else if (has[STEP_FAILED]) {
		want->result = "failed";
		want->code = exit_code_of(error);
	} else if (has[STEP_UNDONE]) {
		want->result = "restored";
	} else if (has[STEP_PENDING]) {
		want->result = "not-begun";
	} else {
		want->result = has[STEP_DONE] ? "done" : "already";
	}
}

bool outcome_of_plan(const struct transaction *t, const struct plan *plan)
{
	bool stuck = false;
	struct want *want;

	for_each_want(want, t->wants) {
		if (!want->dropped)
			judge(t, plan, want);
		stuck |= want->code == EXIT_NOT_RESTORED;
	}
	return stuck;
}

/* What is shown; to a document, driver_override is worth a wait */
static struct json_object *describe_item(const struct transaction *t, const struct function *f)
{
	struct names keys = output_columns(t->o);
	struct json_object *o = describe(t->m, f, &keys, NULL);

	if (!keys.n)
		json_object_object_add(o, "driver_override",
				       column_value(column_find("driver_override"), t->m, f,
						    NULL));
	names_free(&keys);
	return o;
}

/* The file that wants it, if one does */
static void add_by(struct json_object *o, const struct transaction *t, const char *address)
{
	const struct want *want = wants_find(t->wants, address);

	if (want && want->by)
		json_object_object_add(o, "by", json_text(want->by));
}

static void add_item(struct json_object *array, const struct transaction *t,
		     const char *address, const char *result)
{
	const struct function *f = machine_find(t->m, address);
	struct json_object *o = f ? describe_item(t, f) : json_object_new_object();

	json_object_object_add(o, "address", json_text(address));
	json_object_object_add(o, "result", json_text(result ? result : "failed"));
	add_by(o, t, address);
	json_object_array_add(array, o);
}

/* A VF that is not where it was wanted has failed, whatever became of the others */
static void add_vfs(struct json_object *array, const struct transaction *t,
		    const struct want *want)
{
	bool already = want->result && !strcmp(want->result, "already");
	const struct function *f;

	for_each_function(f, t->m)
		if (!strcmp(f->pf, want->address))
			add_item(array, t, f->address, want->vfio && f->known && !in_vfio(f) ?
				 "failed" : already ? "already" : "done");
}

/* What is about VFs shows them, too: nobody knows their addresses beforehand */
struct json_object *outcome_items(const struct transaction *t)
{
	struct json_object *array = json_object_new_array();
	const struct want *want;

	for_each_want(want, t->wants) {
		add_item(array, t, want->address, want->result);
		if (want->vfs > 0 && !want->dropped)
			add_vfs(array, t, want);
	}
	return array;
}

static struct json_object *siblings(const struct machine *m, const struct function *f)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct function *other;

	for_each_function(other, m) {
		if (other == f || !same_group(f, other) || is_bridge(other))
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "address", json_text(other->address));
		json_object_object_add(o, "driver", json_text(other->driver));
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *writes(const struct plan *plan, const struct want *want)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct step *step;

	for (step = plan->steps; step < plan->steps + plan->n; step++) {
		if (step->owner != want->address)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "address", json_text(step->address));
		json_object_object_add(o, "attribute", json_text(step->attr));
		json_object_object_add(o, "value", json_text(step->to));
		json_object_array_add(array, o);
	}
	return array;
}

/* The group's name is known before; that of a vfio_device is not */
static struct json_object *coming_nodes(const struct machine *m, const struct function *f)
{
	struct names names = { 0 };
	struct json_object *array;
	char group[48];

	snprintf(group, sizeof(group), "/dev/vfio/%ld", f->group);
	names_add(&names, group);
	if (path_exists(m->root, "dev/vfio/devices"))
		names_add(&names, "/dev/vfio/devices/vfio*");
	array = json_names(&names);
	names_free(&names);
	return array;
}

static struct json_object *planned(const struct transaction *t, const struct plan *plan,
				   const struct function *f, struct want *want)
{
	struct json_object *o = describe_item(t, f), *steps = writes(plan, want);
	const char *driver = *want->driver ? want->driver : NULL;
	bool moves = want->vfs < 0 && json_object_array_length(steps);
	struct prediction p = { 0 };

	if (moves)
		p = want->vfio ? predict_enable(t->m, f, driver) : predict_disable(t->m, f);
	if (!want->result)
		want->result = json_object_array_length(steps) ? "planned" : "already";
	json_object_object_add(o, "result", json_text(want->result));
	add_by(o, t, f->address);
	json_object_object_add(o, "path", p.path ? json_text(p.path) : NULL);
	json_object_object_add(o, "planned_driver", json_text(p.driver));
	json_object_object_add(o, "siblings", siblings(t->m, f));
	json_object_object_add(o, "planned_nodes", moves && want->vfio ? coming_nodes(t->m, f) :
			       json_object_new_array());
	json_object_object_add(o, "writes", steps);
	return o;
}

struct json_object *outcome_planned(const struct transaction *t, const struct plan *plan)
{
	struct json_object *array = json_object_new_array();
	const struct function *f;
	struct want *want;

	for_each_want(want, t->wants) {
		f = machine_find(t->m, want->address);
		if (f)
			json_object_array_add(array, planned(t, plan, f, want));
	}
	return array;
}

/* The first that failed by itself says why, unless one could not be restored */
int outcome_code(const struct transaction *t)
{
	int code = EXIT_DONE, fine = 0, bad = 0;
	const struct want *want;

	for_each_want(want, t->wants) {
		if (want_is_fine(want)) {
			fine++;
			continue;
		}
		bad++;
		if (!code || want->code == EXIT_NOT_RESTORED)
			code = want->code;
	}
	if (bad && !code)
		code = EXIT_FAILED;
	if (fine && bad && t->keep_going && code != EXIT_NOT_RESTORED)
		code = EXIT_PARTLY;
	return code;
}
