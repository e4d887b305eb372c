/* SPDX-License-Identifier: GPL-2.0 */
/*
 * emit: what the next program needs to be told of functions that are in VFIO, and of what has been
 * created on functions.
 *
 * By names that last: addresses and by-path links. A CDI specification has numbers of
 * groups in it, which hold until the next boot, as does its place in /run.
 */
#ifndef VP_EMIT_H
#define VP_EMIT_H

#include "function.h"
#include "instance.h"

/**
 * struct emitted - what a program is to take
 * @address: the function
 * @f: it, if it is to be taken itself; else NULL
 * @instance: else what has been created on it, and is live
 */
struct emitted {
	char address[BDF_LEN];
	const struct function *f;
	struct instance instance;
};

/**
 * struct emissions - all that a program is to take
 * @v: each; functions, then instances
 * @n: their number
 */
struct emissions {
	struct emitted *v;
	size_t n;
};

/* The formats, with commas between; to be freed */
char *emit_words(void);
bool emit_knows(const char *format);
/* To be freed; NULL if the format has nothing for one of @all, which has been said */
char *emit(const struct machine *m, const char *format, const struct emissions *all);

#endif
