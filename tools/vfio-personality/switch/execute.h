/* SPDX-License-Identifier: GPL-2.0 */
/*
 * execute: carries out a plan, each IOMMU group's steps in a row, the groups
 * side by side.
 */
#ifndef VP_EXECUTE_H
#define VP_EXECUTE_H

#include "plan.h"

/* Each sleeps in the kernel most of the time */
#define EXECUTE_MAX_JOBS 64

/*
 * If a step fails, or a signal has come (see interrupt.h), all that was done is undone;
 * with @keep_going, only what the same group did. The steps' states and errors tell how
 * it went. At most @jobs groups are under way at a time; one job takes them in the
 * plan's order.
 */
void execute(struct plan *plan, const struct path_ctx *root, unsigned long jobs,
	     bool keep_going);
/* Undoes all that was done */
void execute_undo(struct plan *plan, const struct path_ctx *root, unsigned long jobs);

#endif
