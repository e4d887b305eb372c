// SPDX-License-Identifier: GPL-2.0
/*
 * check_sriov: a PF cannot leave its driver while it has VFs.
 */
#include "check.h"

void check_sriov(const struct machine *m, const struct function *f, struct findings *findings)
{
	(void)m;
	if (f->vfs)
		found(findings, f, HAZARD_VFS,
		      "%lu VFs are enabled on it; remove them first: vfio-personality disable --vfs 0 %s",
		      f->vfs, f->address);
}
