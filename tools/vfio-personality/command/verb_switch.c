// SPDX-License-Identifier: GPL-2.0
/*
 * verb_switch: enable and disable.
 */
#include "verbs.h"

#include "initramfs.h"
#include "next.h"
#include "output.h"
#include "select.h"
#include "switch.h"
#include "transaction.h"
#include "trial.h"

static void tell_initramfs(const struct machine *m, const struct options *o,
			   const struct wants *wants)
{
	struct names changed = { 0 };
	const struct want *want;

	for_each_want(want, wants)
		if (o->persist && !o->dry_run && want_is_fine(want) && want->vfs < 0)
			names_add(&changed, want->address);
	initramfs_tell(m, &changed);
	names_free(&changed);
}

int verb_switch(struct machine *m, const struct options *o)
{
	struct switching s = { .m = m, .o = o, .undoable = true };
	int code = select_functions(m, o);

	if (code)
		return output_nothing(o, code);
	s.wants = switch_wants(m, o);
	code = switch_run(&s);
	if (o->trial)
		trial_begin(m, o, &s.wants);
	else
		next_tell(m, o, &s.wants);
	tell_initramfs(m, o, &s.wants);
	code = switch_output(&s, code);
	if (o->trial)
		trial_ask(m->root);
	switch_free(&s);
	return code;
}
