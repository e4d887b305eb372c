/* SPDX-License-Identifier: GPL-2.0 */
/*
 * select: marks the functions that the command line means.
 */
#ifndef VP_SELECT_H
#define VP_SELECT_H

#include "options.h"

/* EXIT_DONE, or what has been said to be wrong */
int select_functions(struct machine *m, const struct options *o);

#endif
