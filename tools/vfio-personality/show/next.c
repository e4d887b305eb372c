// SPDX-License-Identifier: GPL-2.0
/*
 * next: what to do with functions that have just come to VFIO, and how long that lasts.
 */
#include "next.h"

#include "diag.h"
#include "transaction.h"
#include "wanted.h"

static bool outlives_boot(const struct machine *m, const struct want *want)
{
	const struct function *f = machine_find(m, want->address);
	struct wanted wanted;

	return f && f->known && !wanted_of(m, f, &wanted) && wanted.config.vfio &&
	       wanted.config.vfs == want->vfs;
}

void next_tell(const struct machine *m, const struct options *o, const struct wants *wants)
{
	const struct want *want, *first = NULL;
	bool lasts = true;
	size_t n = 0;

	for_each_want(want, wants) {
		if (!want_is_fine(want) || !want->vfio || want->vfs == 0)
			continue;
		first = first ? first : want;
		lasts &= outlives_boot(m, want);
		n++;
	}
	if (!n || o->dry_run)
		return;
	say("%s; to use %s: vfio-personality emit qemu %s (or libvirt, cdi, podman, link)",
	    lasts ? "this lasts over boots" : "this lasts until the next boot (--persist keeps it)",
	    n > 1 || first->vfs > 0 ? "one" : "it",
	    n > 1 || first->vfs > 0 ? "ADDRESS" : first->address);
}
