// SPDX-License-Identifier: GPL-2.0
/*
 * transaction: brings about what is wanted of several functions, or leaves all
 * as it was.
 *
 * Undo what killed runs left; load the switch; lock; look; check; plan; and only
 * then write. A dry run goes the same way as far as that.
 */
#include "transaction.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "callout.h"
#include "denied.h"
#include "diag.h"
#include "execute.h"
#include "holders.h"
#include "interrupt.h"
#include "journal.h"
#include "lock.h"
#include "module.h"
#include "nic.h"
#include "nodes.h"
#include "outcome.h"
#include "vf.h"
#include "vfs.h"

/* That it cannot be loaded is for the checks to tell of each function */
static int load_switch(const struct transaction *t)
{
	if (t->m->has_switch)
		return 0;
	if (!t->o->dry_run)
		return module_load_switch(t->m->root);
	if (module_answers(t->m->root, SWITCH_MODULE))
		say("the module " SWITCH_MODULE " is not loaded; it would be now");
	return 0;
}

static int make_ready(const struct transaction *t, struct locks *locks)
{
	const struct path_ctx *root = t->m->root;
	int code, error;

	if (!t->o->dry_run) {
		error = journal_make_dir(root);
		if (error)
			return say_and(EXIT_FAILED, "/" RUN_DIR ": %s",
				       error_text(root, -error));
		interrupt_catch();
	}
	code = journal_recover(t->m, t->o->dry_run, t->o->timeout);
	if (!code)
		t->m->switch_error = load_switch(t);
	if (!code && !t->o->dry_run)
		code = locks_take(locks, t->m, t->o->timeout);
	return code;
}

static void check_wants(struct transaction *t)
{
	struct findings findings = { 0 };
	struct want *want;

	for_each_want(want, t->wants)
		if (!want->code)
			want->code = check_want(t->m, want, &findings);
	check_tell(&findings);
	t->findings = check_json(&findings);
	findings_free(&findings);
}

static bool group_failed(const struct transaction *t, const struct want *want)
{
	const struct function *f = machine_find(t->m, want->address), *other;
	const struct want *w;

	for_each_want(w, t->wants) {
		other = machine_find(t->m, w->address);
		if (w->code && (w == want || (f && other && same_group(f, other))))
			return true;
	}
	return false;
}

/* Without the groups that have something that cannot be. Is anything left? */
static bool drop_impossible(const struct transaction *t, struct plan *plan)
{
	bool any = false, left = false;
	struct want *want;

	for_each_want(want, t->wants)
		any |= want->code;
	for_each_want(want, t->wants) {
		if (t->keep_going ? !group_failed(t, want) : !any) {
			left = true;
			continue;
		}
		plan_drop(plan, want);
		want->dropped = true;
		want->result = want->code == EXIT_REFUSED ? "refused" :
			       want->code ? "failed" : "skipped";
	}
	return left;
}

/* What the PF's driver did not take, and perhaps why */
static void explain_setting(const struct transaction *t, const struct step *step,
			    unsigned long number, enum vf_setting setting)
{
	const struct function *f = machine_find(t->m, step->address);
	const char *driver = f && *f->driver ? f->driver : "of the PF", *hint = "";
	struct vf_values value = { 0 };
	char *text;

	snprintf(value.v[setting], VF_VALUE, "%s", step->to);
	text = vf_format(&value);

	if (step->error == -EBADE)
		hint = "it took it without an error, but reads another value";
	else if (step->error == -EINVAL && setting == VF_RATE)
		hint = "some take a rate only while the PF is up and has a link, or no min_tx_rate";
	say_as("error", "%s: VF %lu cannot have %s: the driver %s says: %s%s%s", step->address,
	       number, text, driver, step->error == -EBADE ? "nothing" : strerror(-step->error),
	       *hint ? "; " : "", hint);
	free(text);
}

/* An attribute of a VF by its PF's link to it leads to that VF */
static const struct function *function_of(const struct transaction *t, const struct step *step)
{
	char vf[NAME_LEN];

	if (strncmp(step->attr, "virtfn", 6) ||
	    path_read_link_name(t->m->root, vf, sizeof(vf), SYS_PCI "/%s/%.*s", step->address,
				(int)strcspn(step->attr, "/"), step->attr))
		return machine_find(t->m, step->address);
	return machine_find(t->m, vf);
}

static void explain(const struct transaction *t, const struct step *step)
{
	const struct function *f = function_of(t, step);
	enum vf_setting setting;
	unsigned long number;
	const char *why = strstr(step->attr, "use_vfio") && f ?
		function_switch(t->m, f)->last_error : "";
	int error = -step->error;

	if (vf_attr_parse(step->attr, &number, &setting) && error != EINTR)
		explain_setting(t, step, number, setting);
	else if (error == EINTR)
		say_as("error", "%s: interrupted", step->address);
	else
		say_as("error", "%s: %s: %s", step->address, step->attr,
		       *why && !is_denial(error) ? why : error_text(t->m->root, error));
	if (error == EBUSY && f && in_vfio(f))
		holders_tell(t->m, f);
}

static void explain_all(const struct transaction *t, const struct plan *plan)
{
	const struct step *step;

	for (step = plan->steps; step < plan->steps + plan->n; step++) {
		if (step->state == STEP_FAILED)
			explain(t, step);
		else if (step->state == STEP_STUCK)
			say("%s: %s could not be set back to %s: %s", step->address, step->attr,
			    step->from, strerror(-step->error));
	}
}

static bool all_done(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].state != STEP_DONE)
			return false;
	return true;
}

/* What is to come after the writes; false if it does not */
static bool finish(const struct transaction *t)
{
	if (!vfs_wait(t) && !t->keep_going)
		return false;
	if (!t->commit(t))
		return false;
	if (t->o->wait && !nodes_wait(t->m, t->o->timeout)) {
		if (interrupt_came())
			say("interrupted");
		else
			say("the device files did not appear within %lu s", t->o->timeout);
		if (t->revoke)
			t->revoke(t);
		return false;
	}
	return true;
}

/* What was so already did not come to what else was asked for */
static void fail_the_fine(const struct wants *wants)
{
	struct want *want;

	for_each_want(want, wants)
		if (want_is_fine(want)) {
			want->result = "failed";
			want->code = EXIT_FAILED;
		}
}

/* Those whose drivers are about to let go of them */
static void note_nics(const struct transaction *t)
{
	const struct function *f;
	const struct want *want;

	for_each_want(want, t->wants) {
		f = machine_find(t->m, want->address);
		if (f && want->vfio && want->vfs < 0 && !want->dropped && !in_vfio(f))
			nic_note(t->m, f);
	}
}

/* Those that have a driver again, as it was wanted or because something failed */
static void set_up_nics(const struct transaction *t)
{
	const struct want *want;

	for_each_want(want, t->wants)
		if (want->vfs < 0 && !want->dropped && want->result &&
		    (want->vfio ? !want_is_fine(want) : !strcmp(want->result, "done")))
			nic_set_again(t->m->root, want->address, t->o->timeout);
}

static void perform(const struct transaction *t, struct plan *plan)
{
	struct journal journal = { .fd = -1 };
	int error = plan->n ? journal_begin(&journal, t->m->root, plan, t->o->timeout) : 0;
	struct want *want;
	bool keep;

	if (error) {
		say("cannot write a journal to /" RUN_DIR ": %s", error_text(t->m->root, -error));
		for_each_want(want, t->wants)
			want->code = EXIT_FAILED;
		return;
	}
	note_nics(t);
	execute(plan, t->m->root, t->o->jobs, t->keep_going);
	machine_read_again(t->m);
	explain_all(t, plan);
	keep = outcome_of_plan(t, plan);
	if ((t->keep_going || all_done(plan)) && !finish(t)) {
		execute_undo(plan, t->m->root, t->o->jobs);
		machine_read_again(t->m);
		keep = outcome_of_plan(t, plan);
		fail_the_fine(t->wants);
	}
	set_up_nics(t);
	journal_end(&journal, keep);
}

int transaction_run(struct transaction *t, struct json_object **items)
{
	struct callouts callouts = { 0 };
	struct locks locks = { 0 };
	struct plan plan = { 0 };
	int code;

	*items = NULL;
	code = make_ready(t, &locks);
	if (!code) {
		machine_read_again(t->m);
		/* They end uses that the checks would find */
		if (!t->o->dry_run)
			callouts = callouts_before(t->m, t->wants);
		if (callouts.told.n)
			machine_read_again(t->m);
		check_wants(t);
		plan_build(&plan, t->m, t->wants);
		if (drop_impossible(t, &plan) && !t->o->dry_run)
			perform(t, &plan);
		*items = t->o->dry_run ? outcome_planned(t, &plan) : outcome_items(t);
		code = outcome_code(t);
		callouts_after(&callouts, t->m, t->wants);
	}
	plan_free(&plan);
	locks_release(&locks);
	return code;
}
