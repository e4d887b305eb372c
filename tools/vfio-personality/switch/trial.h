/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trial: functions that go back by themselves unless somebody confirms that all is well,
 * for those who may lose the line by which they came in.
 *
 * A file in /run stands for each; whoever takes it away decides.
 */
#ifndef VP_TRIAL_H
#define VP_TRIAL_H

#include "options.h"
#include "want.h"

/* Of what @wants has brought to VFIO; what it means has been said */
void trial_begin(const struct machine *m, const struct options *o, const struct wants *wants);
/* Asks at the terminal, if there is one, for as long as it lasts */
void trial_ask(const struct path_ctx *root);
/* How many were confirmed */
unsigned int trial_confirm(const struct path_ctx *root);

#endif
