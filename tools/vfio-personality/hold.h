/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold: keeps native drivers off saved functions where the switch cannot be loaded.
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

#endif
