// SPDX-License-Identifier: GPL-2.0
/*
 * verb_undo: what the last run has done, back again, with what was saved: enable and disable
 * here, create and destroy in undo_instance.c.
 *
 * It is checked as any other switch: a NIC that got an address since then is in use.
 */
#include "verbs.h"

#include "diag.h"
#include "output.h"
#include "record.h"
#include "select.h"
#include "switch.h"
#include "undo_instance.h"

static int select_recorded(struct machine *m, const struct record *last)
{
	const struct record_function *r;
	struct function *f;

	for (r = last->v; r < last->v + last->n; r++) {
		f = machine_find(m, r->address);
		if (!f || !machine_know(m, f))
			return say_and(EXIT_UNSUPPORTED, "%s, which the last run changed, is gone",
				       r->address);
		f->selected = true;
	}
	machine_narrow(m);
	return EXIT_DONE;
}

/* Of a run of an older version, nobody knows what it left: all of the file is set back then */
static int may_save_again(const struct path_ctx *root, const struct record *last)
{
	const struct record_function *r;

	for (r = last->v; r < last->v + last->n; r++)
		if (!saved_file_may_go_back(root, r->address, &r->file))
			return EXIT_REFUSED;
	return EXIT_DONE;
}

static struct wants wants_of(const struct options *o, const struct record *last)
{
	const struct record_function *r;
	struct wants wants = { 0 };
	struct want *want;

	for (r = last->v; r < last->v + last->n; r++) {
		want = wants_add(&wants, r->address);
		want->vfio = r->of_vfs ? r->vfs_vfio : r->vfio;
		want->vfs = r->of_vfs ? (long)r->vfs : -1;
		want->vf = r->of_vfs && r->vfs ? r->vf : "";
		want->force = o->force;
	}
	return wants;
}

int verb_undo(struct machine *m, const struct options *o)
{
	struct switching s = { .m = m, .o = o };
	struct record last;
	int code;

	if (!record_read(m->root, &last)) {
		record_free(&last);
		say("there is no run to undo since the last boot");
		return output_nothing(o, EXIT_FAILED);
	}
	if (last.instance) {
		code = undo_instance(m, o, last.instance);
		record_free(&last);
		return code;
	}
	code = select_recorded(m, &last);
	if (!code)
		code = may_save_again(m->root, &last);
	if (!code) {
		s.wants = wants_of(o, &last);
		code = switch_run(&s);
	}
	if (!code && !o->dry_run) {
		for (size_t i = 0; i < last.n; i++)
			if (saved_file_was_changed(&last.v[i].file))
				saved_file_put(m->root, last.v[i].address, last.v[i].file.before);
		record_forget(m->root);
	}
	code = switch_output(&s, code);
	switch_free(&s);
	record_free(&last);
	return code;
}
