/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outcome: what a transaction came to, or would.
 */
#ifndef VP_OUTCOME_H
#define VP_OUTCOME_H

#include "plan.h"
#include "transaction.h"

/* Sets the wants' codes and results; true if something could not be undone */
bool outcome_of_plan(const struct transaction *t, const struct plan *plan);
/* The functions as they are now, with their results */
struct json_object *outcome_items(const struct transaction *t);
/* What the plan would do to each function */
struct json_object *outcome_planned(const struct transaction *t, const struct plan *plan);
/* One exit code for all */
int outcome_code(const struct transaction *t);

#endif
