/* SPDX-License-Identifier: GPL-2.0 */
/*
 * early: functions that apply took before their native driver could have them.
 *
 * The switch leads such a function back to no driver at all, which is what it
 * had. Its administrator wants the driver that it would have without us: disable
 * then asks the bus for one.
 */
#ifndef VP_EARLY_H
#define VP_EARLY_H

#include "function.h"

/* Until the next boot; what goes wrong has been said */
bool early_note(const struct machine *m, const struct function *f);
void early_forget(const struct path_ctx *root, const char *address);
/* On the way back @f will get no driver, unless the bus is asked for one */
bool early_is(const struct machine *m, const struct function *f);

#endif
