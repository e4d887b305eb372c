/* SPDX-License-Identifier: GPL-2.0 */
/*
 * modprobe, as an administrator configures it in /etc/modprobe.d: for what happens
 * while a module is being loaded, and when it cannot be. Functions return 0 or a
 * negative errno, after they said with diag() why.
 */
#ifndef LIB_MODPROBE_H
#define LIB_MODPROBE_H

#include "types.h"

/*
 * From now on, whoever asks for a module by an alias that matches @pattern (a shell's)
 * gets none, and waits until modprobe_restore(), or for some minutes.
 */
int modprobe_hold(const char *pattern);

/* Await that somebody asks for it, and so waits */
int modprobe_await_held(void);

/* From now on @module is not loaded, whoever asks for it by whatever alias */
int modprobe_forbid(const char *module);

/* From now on it obeys these lines of modprobe.d(5) as well */
int modprobe_obey(const char *lines);

/* The end of all of that, also if there was none */
void modprobe_restore(void);

#endif /* LIB_MODPROBE_H */
