// SPDX-License-Identifier: GPL-2.0
/*
 * verb_undo: what the last enable or disable has done, back again, with what was saved.
 *
 * It is checked as any other switch: a NIC that got an address since then is in use.
 */
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "output.h"
#include "record.h"
#include "select.h"
#include "switch.h"

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

/* As the file was, comments and all */
static void save_again(const struct path_ctx *root, const struct record *last)
{
	const struct record_function *r;
	int error;

	for (r = last->v; r < last->v + last->n; r++) {
		if (r->saved)
			error = path_replace(root, r->saved, CONFIG_DIR "/%s.conf", r->address);
		else
			error = path_unlink(root, CONFIG_DIR "/%s.conf", r->address);
		if (error && error != -ENOENT)
			say_as("error", "%s: what was saved of it cannot be set back: %s",
			       r->address, strerror(-error));
	}
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
	code = select_recorded(m, &last);
	if (!code) {
		s.wants = wants_of(o, &last);
		code = switch_run(&s);
	}
	if (!code && !o->dry_run) {
		save_again(m->root, &last);
		record_forget(m->root);
	}
	code = switch_output(&s, code);
	switch_free(&s);
	record_free(&last);
	return code;
}
