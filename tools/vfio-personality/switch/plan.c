// SPDX-License-Identifier: GPL-2.0
/*
 * plan: the writes to sysfs that bring about what is wanted.
 */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "early.h"
#include "vf.h"

#define USE_VFIO PLAN_USE_VFIO
#define VFIO_DRIVER "personality/vfio_driver"
#define PROBE "drivers_probe"

static const char *const attrs[] = {
	USE_VFIO, VFIO_DRIVER, PLAN_VFS_USE_VFIO, PLAN_NUMVFS, PLAN_AUTOPROBE, PROBE,
};

/* "virtfn3/use_vfio", "virtfn3/drivers_probe" */
static bool is_of_coming_vf(const char *name)
{
	unsigned int number;
	int end = 0;

	if (sscanf(name, "virtfn%5u/%n", &number, &end) != 1 || !end)
		return false;
	return !strcmp(name + end, USE_VFIO) || !strcmp(name + end, PROBE);
}

const char *plan_attr(const char *name)
{
	enum vf_setting setting;
	unsigned long number;

	for (size_t i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!strcmp(name, attrs[i]))
			return attrs[i];
	return vf_attr_parse(name, &number, &setting) || is_of_coming_vf(name) ? xintern(name) :
		NULL;
}

static int read_setting(const struct step *step, const struct path_ctx *root,
			unsigned long number, enum vf_setting setting, char *buf, size_t size)
{
	struct vf_table table;
	int error = vf_read(root, step->address, &table);

	if (!error && number >= table.n)
		error = -ENOENT;
	if (!error)
		snprintf(buf, size, "%s", table.v[number].v[setting]);
	vf_table_free(&table);
	return error;
}

int step_read(const struct step *step, const struct path_ctx *root, char *buf, size_t size)
{
	enum vf_setting setting;
	unsigned long number;
	ssize_t len;

	if (vf_attr_parse(step->attr, &number, &setting))
		return read_setting(step, root, number, setting, buf, size);
	len = path_read(root, buf, size, SYS_PCI "/%s/%s", step->address, step->attr);
	return len < 0 ? (int)len : 0;
}

/* Has the kernel look for a driver; of a VF that is to come, only the link has its address */
static int probe(const struct step *step, const struct path_ctx *root)
{
	const char *slash = strchr(step->attr, '/');
	char address[NAME_LEN];
	int error = 0;

	if (slash)
		error = path_read_link_name(root, address, sizeof(address), SYS_PCI "/%s/%.*s",
					    step->address, (int)(slash - step->attr), step->attr);
	return error ? error : path_write(root, slash ? address : step->address,
					  "sys/bus/pci/" PROBE);
}

int step_write(const struct step *step, const struct path_ctx *root, const char *value)
{
	size_t len = strlen(step->attr), end = strlen(PROBE);
	enum vf_setting setting;
	unsigned long number;

	if (!strcmp(value, PLAN_NOTHING))
		return 0;
	if (len >= end && !strcmp(step->attr + len - end, PROBE))
		return probe(step, root);
	if (vf_attr_parse(step->attr, &number, &setting))
		return vf_write(root, step->address, number, setting, value);
	return path_write(root, value, SYS_PCI "/%s/%s", step->address, step->attr);
}

void plan_add(struct plan *plan, const struct function *f, const char *attr, const char *from,
	      const char *to)
{
	struct step *step;

	plan->steps = xrealloc(plan->steps, plan->n + 1, sizeof(*plan->steps));
	step = plan->steps + plan->n++;
	*step = (struct step){ .attr = attr };
	memcpy(step->address, f->address, sizeof(step->address));
	snprintf(step->from, sizeof(step->from), "%s", from);
	snprintf(step->to, sizeof(step->to), "%s", to);
}

void plan_add_number(struct plan *plan, const struct function *f, const char *attr,
		     unsigned long from, unsigned long to)
{
	char texts[2][24];

	snprintf(texts[0], sizeof(texts[0]), "%lu", from);
	snprintf(texts[1], sizeof(texts[1]), "%lu", to);
	plan_add(plan, f, attr, texts[0], texts[1]);
}

static void plan_enable(struct plan *plan, const struct machine *m, const struct function *f,
			const struct want *want)
{
	const char *driver = want->driver;

	if (in_vfio(f))
		return;
	if (*driver && strcmp(driver, function_vfio_driver(m, f)))
		plan_add(plan, f, VFIO_DRIVER, function_vfio_driver(m, f), driver);
	plan_add(plan, f, USE_VFIO, "0", "1");
}

static void plan_function(struct plan *plan, const struct machine *m, const struct function *f,
			  struct want *want)
{
	if (want->vfs >= 0) {
		plan_vfs(plan, m, f, want);
		return;
	}
	if (want->vfio) {
		plan_enable(plan, m, f, want);
		return;
	}
	if (in_vfio(f) || f->state == STATE_BROKEN)
		plan_add(plan, f, USE_VFIO, in_vfio(f) ? "1" : "0", "0");
	if (early_is(m, f))
		plan_add(plan, f, PROBE, f->address, f->address);
}

void plan_build(struct plan *plan, const struct machine *m, const struct wants *wants)
{
	const struct function *f;
	struct want *want;
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
