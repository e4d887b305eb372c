/* SPDX-License-Identifier: GPL-2.0 */
/*
 * interrupt: SIGINT, SIGTERM and SIGHUP, which end whatever is waited for.
 */
#ifndef VP_INTERRUPT_H
#define VP_INTERRUPT_H

#include <stdbool.h>

/* From now on they do not end the program, which undoes what it has done */
void interrupt_catch(void);
/* Which one has come last, or 0 */
int interrupt_signal(void);
/* What has come was meant for something else */
void interrupt_forget(void);
/* One has come */
bool interrupt_came(void);

#endif
