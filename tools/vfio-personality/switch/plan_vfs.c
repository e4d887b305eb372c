// SPDX-License-Identifier: GPL-2.0
/*
 * plan_vfs: the writes that make VFs, and set them up.
 *
 * VFs that are set up are made without a driver, whatever the PF's autoprobe says: nobody
 * has one before it is as it was wanted. The others are born into their personality.
 */
#include "plan.h"

#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "vf.h"

/* VFs that are in VFIO leave it first: removal would wait for their users */
static void plan_leave(struct plan *plan, const struct machine *m, const struct function *pf)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address) && in_vfio(f))
			plan_add(plan, f, PLAN_USE_VFIO, "1", "0");
}

/* From one number of VFs to another the way is by none */
static void plan_number(struct plan *plan, const struct machine *m, const struct function *pf,
			unsigned long vfs)
{
	if (pf->vfs == vfs)
		return;
	if (pf->vfs) {
		plan_leave(plan, m, pf);
		plan_add_number(plan, pf, PLAN_NUMVFS, pf->vfs, 0);
	}
	if (vfs)
		plan_add_number(plan, pf, PLAN_NUMVFS, 0, vfs);
}

/* Those that are there already and stay */
static void plan_enter(struct plan *plan, const struct machine *m, const struct function *pf)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address) && !in_vfio(f))
			plan_add(plan, f, PLAN_USE_VFIO, "0", "1");
}

/* Those of one VF; @now is NULL if there is none yet, and it will have what drivers give */
static void plan_settings(struct plan *plan, const struct function *pf, const struct want *want,
			  unsigned long number, const struct vf_values *now)
{
	struct vf_values values = vf_values_of(want->vf, number);
	const char *to, *from;

	for (int s = 0; s < VF_SETTINGS; s++) {
		to = values.v[s];
		from = now && *now->v[s] ? now->v[s] : PLAN_NOTHING;
		if (!*to || !strcmp(from, to) ||
		    (!now && vf_is_default((enum vf_setting)s, to, false)))
			continue;
		plan_add(plan, pf, vf_attr(number, (enum vf_setting)s), from, to);
	}
}

/* What is written, 1, to a file of each of the first @n VFs */
static void plan_each(struct plan *plan, const struct function *pf, unsigned long n,
		      const char *file, const char *from)
{
	char attr[48];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(attr, sizeof(attr), "virtfn%lu/%s", i, file);
		plan_add(plan, pf, xintern(attr), from, "1");
	}
}

static void plan_made(struct plan *plan, const struct machine *m, const struct function *pf,
		      const struct want *want, unsigned long born_vfio)
{
	unsigned long vfs = (unsigned long)want->vfs, autoprobe = 0;

	plan_number(plan, m, pf, 0);
	if (born_vfio)
		plan_add_number(plan, pf, PLAN_VFS_USE_VFIO, 1, 0);
	path_read_number(m->root, &autoprobe, SYS_PCI "/%s/" PLAN_AUTOPROBE, pf->address);
	if (autoprobe)
		plan_add_number(plan, pf, PLAN_AUTOPROBE, 1, 0);
	plan_add_number(plan, pf, PLAN_NUMVFS, 0, vfs);
	for (unsigned long i = 0; i < vfs; i++)
		plan_settings(plan, pf, want, i, NULL);
	/* Their native driver may be loaded just now, and would take what it may probe */
	plan_each(plan, pf, want->vfio ? vfs : 0, PLAN_USE_VFIO, "0");
	if (autoprobe)
		plan_add_number(plan, pf, PLAN_AUTOPROBE, 0, 1);
	plan_each(plan, pf, !want->vfio && autoprobe ? vfs : 0, "drivers_probe", "1");
	if (want->vfio)
		plan_add_number(plan, pf, PLAN_VFS_USE_VFIO, 0, 1);
}

static void plan_set_up(struct plan *plan, const struct machine *m, const struct function *pf,
			const struct want *want)
{
	struct vf_values none = { 0 };
	struct vf_table now;

	vf_read(m->root, pf->address, &now);
	for (unsigned long i = 0; i < (unsigned long)want->vfs; i++)
		plan_settings(plan, pf, want, i, i < now.n ? &now.v[i] : &none);
	vf_table_free(&now);
}

void plan_vfs(struct plan *plan, const struct machine *m, const struct function *f,
	      struct want *want)
{
	unsigned long born_vfio = 0, vfs = (unsigned long)want->vfs;

	path_read_number(m->root, &born_vfio, SYS_PCI "/%s/" PLAN_VFS_USE_VFIO, f->address);
	if (vfs && *want->vf && f->vfs != vfs) {
		want->made = true;
		plan_made(plan, m, f, want, born_vfio);
		return;
	}
	if (born_vfio != want->vfio)
		plan_add_number(plan, f, PLAN_VFS_USE_VFIO, born_vfio, want->vfio);
	plan_number(plan, m, f, vfs);
	if (vfs && *want->vf)
		plan_set_up(plan, m, f, want);
	if (want->vfio && vfs && f->vfs == vfs)
		plan_enter(plan, m, f);
	else if (!want->vfio && vfs && f->vfs == vfs && born_vfio)
		say("%s: its %lu VFs stay as they are, only new ones are born otherwise",
		    f->address, vfs);
}
