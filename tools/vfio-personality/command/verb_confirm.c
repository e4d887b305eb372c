// SPDX-License-Identifier: GPL-2.0
/*
 * verb_confirm: what enable --try has done stays.
 */
#include "verbs.h"

#include <json-c/json.h>

#include "diag.h"
#include "output.h"
#include "trial.h"

int verb_confirm(struct machine *m, const struct options *o)
{
	unsigned int n = trial_confirm(m->root);

	if (!n)
		say("there is nothing to confirm: all trials are over");
	else
		say("confirmed; --persist, or save, keeps it over boots");
	return output_nothing(o, n ? EXIT_DONE : EXIT_FAILED);
}
