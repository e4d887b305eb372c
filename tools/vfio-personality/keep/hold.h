/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold: keeps native drivers off saved functions where the switch cannot be loaded, or is
 * not there yet.
 *
 * An ordinary driver_override does that, as it always has: it names the VFIO driver,
 * or, where that cannot be had either, a driver that there is not.
 */
#ifndef VP_HOLD_H
#define VP_HOLD_H

#include "want.h"

/* What driver_override has so that no driver fits */
#define HOLD_NAME "held-by-vfio-personality"

/*
 * Holds what @want is about, and says so; its result and code are set. A dry run writes
 * nothing.
 */
void hold(const struct machine *m, struct want *want, bool dry_run);
/* Lets go of @f, if it was held by a name that no driver has */
void hold_release(const struct machine *m, const struct function *f);

/*
 * In the initramfs: holds @f, which has no driver yet, until apply comes. That there is
 * something to be applied, or let go of, is noted until then. What went wrong has been said.
 */
bool hold_early(const struct machine *m, const struct function *f);
bool hold_is_early(const struct path_ctx *root, const char *address);
/* The addresses of those that are held so */
struct names hold_list_early(const struct path_ctx *root);
/* It has been applied */
void hold_forget_early(const struct path_ctx *root, const char *address);
/* It will not be: the driver that it would have had without us gets it */
void hold_let_go(const struct path_ctx *root, const char *address);

#endif
