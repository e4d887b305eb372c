// SPDX-License-Identifier: GPL-2.0
/*
 * vfs: VFs that are to be there, in VFIO, when a transaction is through.
 */
#include "vfs.h"

#include <string.h>
#include <time.h>

#include "diag.h"
#include "early.h"
#include "interrupt.h"

/* How often to look, per second */
#define LOOKS 10

static bool concerns(const struct want *want)
{
	return want->vfio && want->vfs > 0 && want_is_fine(want);
}

static long count_arrived(const struct machine *m, const struct want *want)
{
	const struct function *f;
	long n = 0;

	for_each_function(f, m)
		n += !strcmp(f->pf, want->address) && in_vfio(f);
	return n;
}

static bool all_arrived(const struct transaction *t)
{
	const struct want *want;

	for_each_want(want, t->wants)
		if (concerns(want) && count_arrived(t->m, want) < want->vfs)
			return false;
	return true;
}

/* Until its first bind is over, a VF that the switch steers has a driver_override */
static bool may_come(const struct machine *m, const struct function *vf)
{
	char override[NAME_LEN];
	unsigned long probes = 1;

	if (in_vfio(vf) || *function_switch(m, vf)->last_error)
		return false;
	path_read_number(m->root, &probes, SYS_PCI "/%s/sriov_drivers_autoprobe", vf->pf);
	function_override(m, vf, override, sizeof(override));
	return probes && *override;
}

static bool any_may_come(const struct transaction *t)
{
	const struct function *f;
	const struct want *want;

	for_each_want(want, t->wants)
		for_each_function(f, t->m)
			if (concerns(want) && !strcmp(f->pf, want->address) && may_come(t->m, f))
				return true;
	return false;
}

static void tell_missing(const struct machine *m, const struct want *want)
{
	const struct function *f;
	const char *error;

	for_each_function(f, m) {
		if (strcmp(f->pf, want->address) || in_vfio(f))
			continue;
		error = function_switch(m, f)->last_error;
		say("%s: it did not enter VFIO, it is %s%s%s", f->address, state_name(f->state),
		    *error ? ": " : "", error);
	}
	say("%s: of its %ld VFs, %ld are in VFIO", want->address, want->vfs,
	    count_arrived(m, want));
}

bool vfs_wait(const struct transaction *t)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / LOOKS };
	struct want *want;
	bool all, coming = true;

	/* Whatever has come until nothing more may, is seen by one more look */
	for (unsigned long i = 0; !all_arrived(t) && coming && i < t->o->timeout * LOOKS; i++) {
		if (interrupt_came())
			break;
		coming = any_may_come(t);
		if (coming)
			nanosleep(&pause, NULL);
		machine_read_again(t->m);
	}
	all = all_arrived(t);
	for_each_want(want, t->wants) {
		if (!concerns(want) || count_arrived(t->m, want) == want->vfs)
			continue;
		tell_missing(t->m, want);
		want->result = "failed";
		want->code = EXIT_FAILED;
	}
	return all;
}

bool vfs_note_early(const struct transaction *t, const struct want *want)
{
	const struct function *f;
	bool ok = true;

	for_each_function(f, t->m)
		if (want->made && want->vfio && !strcmp(f->pf, want->address) && in_vfio(f))
			ok &= early_note(t->m, f);
	return ok;
}
