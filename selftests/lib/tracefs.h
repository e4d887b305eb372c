/* SPDX-License-Identifier: GPL-2.0 */
/* Trace events, recorded in an instance of one's own. */
#ifndef LIB_TRACEFS_H
#define LIB_TRACEFS_H

#include "types.h"

/* Start to record @event ("system/name"): 0 or a negative errno */
int tracefs_start(const char *event);

/* What was recorded since, as text; the length or a negative errno */
int tracefs_read(char *buf, size_t size);

/* Forget it: 0 or a negative errno */
int tracefs_clear(void);

/* End, and remove the instance */
void tracefs_stop(void);

#endif /* LIB_TRACEFS_H */
