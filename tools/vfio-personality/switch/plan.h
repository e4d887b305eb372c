/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plan: the writes to sysfs that bring about what is wanted.
 *
 * Every step is one attribute's new value, with the old one to go back to: the
 * dry run shows them, the journal keeps them, the roll-back reverses them.
 */
#ifndef VP_PLAN_H
#define VP_PLAN_H

#include "want.h"

enum step_state {
	STEP_PENDING,
	STEP_DONE,
	STEP_FAILED,
	STEP_UNDONE,
	STEP_STUCK,		/* could not be undone */
};

/**
 * struct step - one write
 * @owner: the address in the want that it is for
 * @address: to this function
 * @attr: this attribute; or the bus's drivers_probe, with @from and @to the same,
 *	as there is nothing to go back to; or a setting of a VF, see vf.h; or an attribute
 *	of a VF that is not there yet, by virtfnN of its PF
 * @from: its value before
 * @to: its value then
 * @group: steps of one IOMMU group go one after the other
 * @state: how far it came
 * @error: negative errno, of the write or of its undoing
 */
struct step {
	const char *owner;
	char address[BDF_LEN];
	const char *attr;
	char from[NAME_LEN], to[NAME_LEN];
	long group;
	enum step_state state;
	int error;
};

/**
 * struct plan - all the steps, those of one group in order
 * @steps: the steps
 * @n: their number
 */
struct plan {
	struct step *steps;
	size_t n;
};

/* For the wants that checking had nothing against, whose code is EXIT_DONE */
void plan_build(struct plan *plan, const struct machine *m, const struct wants *wants);
/* Without the steps that are for @want */
void plan_drop(struct plan *plan, const struct want *want);
void plan_free(struct plan *plan);

/* One more step, for plan_*.c; its owner and its group come later */
void plan_add(struct plan *plan, const struct function *f, const char *attr, const char *from,
	      const char *to);
void plan_add_number(struct plan *plan, const struct function *f, const char *attr,
		     unsigned long from, unsigned long to);
void plan_vfs(struct plan *plan, const struct machine *m, const struct function *f,
	      struct want *want);

#define PLAN_USE_VFIO "use_vfio"
#define PLAN_VFS_USE_VFIO "personality/vfs_use_vfio"
#define PLAN_NUMVFS "sriov_numvfs"
#define PLAN_AUTOPROBE "sriov_drivers_autoprobe"
/* What a VF that is to come has before: nothing that could be set back */
#define PLAN_NOTHING "-"

/* The attribute called @name, if it is one that plans are made of, or NULL */
const char *plan_attr(const char *name);
/* The value of the step's attribute now; negative errno */
int step_read(const struct step *step, const struct path_ctx *root, char *buf, size_t size);
/* Writes @value to the step's attribute; negative errno */
int step_write(const struct step *step, const struct path_ctx *root, const char *value);

#endif
