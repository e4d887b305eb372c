// SPDX-License-Identifier: GPL-2.0
/*
 * verb_switch: enable and disable.
 */
#include "verbs.h"

#include "next.h"
#include "output.h"
#include "select.h"
#include "switch.h"
#include "trial.h"

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
	code = switch_output(&s, code);
	if (o->trial)
		trial_ask(m->root);
	switch_free(&s);
	return code;
}
