// SPDX-License-Identifier: GPL-2.0
/*
 * early: functions that apply took before their native driver could have them.
 */
#include "early.h"

#include <string.h>

#include "denied.h"
#include "diag.h"
#include "journal.h"

#define NOTE RUN_DIR "/early-%s"

/* Once it has been native, the switch itself knows the way back */
static bool leads_nowhere(const struct machine *m, const struct function *f)
{
	return !strcmp(function_switch(m, f)->native_driver, "none");
}

bool early_note(const struct machine *m, const struct function *f)
{
	int error = 0;

	if (leads_nowhere(m, f))
		error = path_replace(m->root, "taken by apply\n", NOTE, f->address);
	if (error)
		say("cannot write to /" RUN_DIR ": %s", error_text(m->root, -error));
	return !error;
}

void early_forget(const struct path_ctx *root, const char *address)
{
	path_unlink(root, NOTE, address);
}

bool early_is(const struct machine *m, const struct function *f)
{
	return in_vfio(f) && leads_nowhere(m, f) && path_exists(m->root, NOTE, f->address);
}
