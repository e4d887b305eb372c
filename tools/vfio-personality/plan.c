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

static int plan_vfs(struct plan *plan, const struct machine *m, const struct function *f,
		    const struct want *want)
{
	unsigned long born_vfio, vfs = (unsigned long)want->vfs;

	if (!f->max_vfs)
		return say_and(EXIT_UNSUPPORTED, "%s has no VFs (SR-IOV)", f->address);
	if (vfs > f->max_vfs)
		return say_and(EXIT_UNSUPPORTED, "%s can have %lu VFs, not %lu", f->address,
			       f->max_vfs, vfs);
	if (vfs && f->vfs && f->vfs != vfs)
		return say_and(EXIT_REFUSED,
				"%s has %lu VFs already; remove them first, by disable --vfs 0",
			       f->address, f->vfs);
	if (path_read_number(m->root, &born_vfio, SYS_PCI "/%s/" VFS_USE_VFIO, f->address))
		return say_and(EXIT_UNSUPPORTED, "%s: " VFS_USE_VFIO " cannot be read", f->address);
	if (born_vfio != want->vfio)
		add_number(plan, f, VFS_USE_VFIO, born_vfio, want->vfio);
	if (!vfs)
		plan_leave(plan, m, f);
	if (f->vfs != vfs)
		add_number(plan, f, NUMVFS, f->vfs, vfs);
	else if (vfs && born_vfio != want->vfio)
		say("%s: its %lu VFs stay as they are, only new ones are born otherwise",
		    f->address, vfs);
	return EXIT_DONE;
}

static int plan_enable(struct plan *plan, const struct function *f, const struct want *want)
{
	const char *driver = want->driver, *now = *f->vfio_driver ? f->vfio_driver : "auto";

	if (in_vfio(f)) {
		if (!*driver || !strcmp(driver, "auto") || !strcmp(driver, f->driver) ||
		    (!strcmp(driver, "bound") && f->state == STATE_VFIO))
			return EXIT_DONE;
		return say_and(EXIT_FAILED,
				"%s is in VFIO with %s; disable it first to have it with %s",
			       f->address, f->driver, driver);
	}
	if (f->group < 0)
		return say_and(EXIT_UNSUPPORTED,
				"%s has no IOMMU group; is the IOMMU on (firmware, intel_iommu=on)?",
			       f->address);
	if (*driver && strcmp(driver, now))
		add_step(plan, f, VFIO_DRIVER, now, driver);
	add_step(plan, f, USE_VFIO, "0", "1");
	return EXIT_DONE;
}

static int plan_function(struct plan *plan, const struct machine *m, const struct function *f,
			 const struct want *want)
{
	if (!f)
		return say_and(EXIT_UNSUPPORTED, "%s is gone", want->address);
	if (is_bridge(f))
		return say_and(EXIT_UNSUPPORTED, "%s is a bridge, which VFIO cannot have",
			       f->address);
	if (m->has_switch && !f->switchable)
		return say_and(EXIT_UNSUPPORTED, "%s cannot be switched: it has no use_vfio",
			       f->address);
	if (want->vfs >= 0)
		return plan_vfs(plan, m, f, want);
	if (want->vfio)
		return plan_enable(plan, f, want);
	if (in_vfio(f) || f->state == STATE_BROKEN)
		add_step(plan, f, USE_VFIO, in_vfio(f) ? "1" : "0", "0");
	if (early_is(m->root, f))
		add_step(plan, f, PROBE, f->address, f->address);
	return EXIT_DONE;
}

void plan_build(struct plan *plan, const struct machine *m, const struct wants *wants)
{
	const struct function *f;
	struct want *want;
	size_t i;

	for_each_want(want, wants) {
		if (want->code)
			continue;
		i = plan->n;
		f = machine_find(m, want->address);
		want->code = plan_function(plan, m, f, want);
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
