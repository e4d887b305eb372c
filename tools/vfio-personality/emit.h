/* SPDX-License-Identifier: GPL-2.0 */
/*
 * emit: what the next program needs to be told of functions that are in VFIO.
 *
 * By names that last: addresses and by-path links. A CDI specification has numbers of
 * groups in it, which hold until the next boot, as does its place in /run.
 */
#ifndef VP_EMIT_H
#define VP_EMIT_H

#include "function.h"

/* The formats, with commas between; to be freed */
char *emit_words(void);
bool emit_knows(const char *format);
/* Of @functions, which are in VFIO and end with NULL; to be freed */
char *emit(const struct machine *m, const char *format, const struct function *const *functions);

#endif
