// SPDX-License-Identifier: GPL-2.0
/*
 * plan: the writes to sysfs that bring about what is wanted.
 */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "early.h"

#define USE_VFIO "use_vfio"
#define VFIO_DRIVER "personality/vfio_driver"
#define VFS_USE_VFIO "personality/vfs_use_vfio"
#define NUMVFS "sriov_numvfs"
#define PROBE "drivers_probe"

static const char *const attrs[] = { USE_VFIO, VFIO_DRIVER, VFS_USE_VFIO, NUMVFS, PROBE };

const char *plan_attr(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!strcmp(name, attrs[i]))
			return attrs[i];
	return NULL;
}

int step_write(const struct step *step, const struct path_ctx *root, const char *value)
{
	if (!strcmp(step->attr, PROBE))
		return path_write(root, value, "sys/bus/pci/" PROBE);
	return path_write(root, value, SYS_PCI "/%s/%s", step->address, step->attr);
}

static void add_step(struct plan *plan, const struct function *f, const char *attr,
		     const char *from, const char *to)
{
	struct step *step;

	plan->steps = xrealloc(plan->steps, plan->n + 1, sizeof(*plan->steps));
	step = plan->steps + plan->n++;
	*step = (struct step){ .attr = attr };
	memcpy(step->address, f->address, sizeof(step->address));
	snprintf(step->from, sizeof(step->from), "%s", from);
	snprintf(step->to, sizeof(step->to), "%s", to);
}

static void add_number(struct plan *plan, const struct function *f, const char *attr,
		       unsigned long from, unsigned long to)
{
	char texts[2][24];

	snprintf(texts[0], sizeof(texts[0]), "%lu", from);
	snprintf(texts[1], sizeof(texts[1]), "%lu", to);
	add_step(plan, f, attr, texts[0], texts[1]);
}

/* VFs that are in VFIO leave it first: removal would wait for their users */
static void plan_leave(struct plan *plan, const struct machine *m, const struct function *pf)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address) && in_vfio(f))
			add_step(plan, f, USE_VFIO, "1", "0");
}

/* From one number of VFs to another the way is by none */
static void plan_number(struct plan *plan, const struct machine *m, const struct function *pf,
			unsigned long vfs)
{
	if (pf->vfs == vfs)
		return;
	if (pf->vfs) {
		plan_leave(plan, m, pf);
		add_number(plan, pf, NUMVFS, pf->vfs, 0);
	}
	if (vfs)
		add_number(plan, pf, NUMVFS, 0, vfs);
}

/* Those that are there already and stay */
static void plan_enter(struct plan *plan, const struct machine *m, const struct function *pf)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address) && !in_vfio(f))
			add_step(plan, f, USE_VFIO, "0", "1");
}

static void plan_vfs(struct plan *plan, const struct machine *m, const struct function *f,
		     const struct want *want)
{
	unsigned long born_vfio = 0, vfs = (unsigned long)want->vfs;

	path_read_number(m->root, &born_vfio, SYS_PCI "/%s/" VFS_USE_VFIO, f->address);
	if (born_vfio != want->vfio)
		add_number(plan, f, VFS_USE_VFIO, born_vfio, want->vfio);
	plan_number(plan, m, f, vfs);
	if (want->vfio && vfs && f->vfs == vfs)
		plan_enter(plan, m, f);
	else if (!want->vfio && vfs && f->vfs == vfs && born_vfio)
		say("%s: its %lu VFs stay as they are, only new ones are born otherwise",
		    f->address, vfs);
}

static void plan_enable(struct plan *plan, const struct function *f, const struct want *want)
{
	const char *driver = want->driver, *now = *f->vfio_driver ? f->vfio_driver : "auto";

	if (in_vfio(f))
		return;
	if (*driver && strcmp(driver, now))
		add_step(plan, f, VFIO_DRIVER, now, driver);
	add_step(plan, f, USE_VFIO, "0", "1");
}

static void plan_function(struct plan *plan, const struct machine *m, const struct function *f,
			  const struct want *want)
{
	if (want->vfs >= 0) {
		plan_vfs(plan, m, f, want);
		return;
	}
	if (want->vfio) {
		plan_enable(plan, f, want);
		return;
	}
	if (in_vfio(f) || f->state == STATE_BROKEN)
		add_step(plan, f, USE_VFIO, in_vfio(f) ? "1" : "0", "0");
	if (early_is(m->root, f))
		add_step(plan, f, PROBE, f->address, f->address);
}

void plan_build(struct plan *plan, const struct machine *m, const struct wants *wants)
{
	const struct function *f;
	const struct want *want;
	size_t i;

	for_each_want(want, wants) {
		f = machine_find(m, want->address);
		if (want->code || !f)
			continue;
		i = plan->n;
		plan_function(plan, m, f, want);
		for (; i < plan->n; i++) {
			plan->steps[i].owner = want->address;
			plan->steps[i].group = f->group;
		}
	}
}

void plan_drop(struct plan *plan, const struct want *want)
{
	size_t i, kept = 0;

	for (i = 0; i < plan->n; i++)
		if (plan->steps[i].owner != want->address)
			plan->steps[kept++] = plan->steps[i];
	plan->n = kept;
}

void plan_free(struct plan *plan)
{
	free(plan->steps);
	*plan = (struct plan){ 0 };
}
