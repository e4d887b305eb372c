/* SPDX-License-Identifier: GPL-2.0 */
/*
 * next: what to do with functions that have just come to VFIO, and how long that lasts.
 */
#ifndef VP_NEXT_H
#define VP_NEXT_H

#include "options.h"
#include "want.h"

/* One line on stderr for all of @wants that are there */
void next_tell(const struct machine *m, const struct options *o, const struct wants *wants);

#endif
