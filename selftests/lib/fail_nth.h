/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The n-th allocation fails: the kernel's fault injection, for what one thread
 * does. See the kernel's Documentation/fault-injection/fault-injection.rst.
 */
#ifndef LIB_FAIL_NTH_H
#define LIB_FAIL_NTH_H

#include "types.h"

/* Why this kernel cannot do it, or NULL */
const char *fail_nth_lacks(void);

/*
 * Have allocations of any kind count, and say little, for this thread: 0 or a
 * negative errno
 */
int fail_nth_setup(void);
void fail_nth_finish(void);

/*
 * Those do not count that are made by the kernel's @function, or by who it calls. There
 * is one such function: the next replaces it, and at first it is ACPI's interpreter.
 */
int fail_nth_spare(const char *function);

/* Only those count that are made by @module, or by who it calls; NULL for all */
int fail_nth_below(const char *module);

/*
 * Where a sweep of all takes too long for make check, each @every-th allocation fails,
 * or each so many-th as EVERY in the environment says.
 */
unsigned int fail_nth_every(unsigned int every);

/*
 * From now on the @n-th allocation of this thread fails, @n from 1 on; the ones
 * after it do not. Then: did it come to that?
 */
int fail_nth_arm(unsigned int n);
bool fail_nth_disarm(void);

/**
 * struct lent_node - a device's node, for as long as it is needed
 * @path: in /dev; empty if none was missing
 */
struct lent_node {
	char path[64];
};

/*
 * The kernel makes a device although it could not make its node: device_add()
 * does not look at what devtmpfs says. If that befell a character device of
 * @class, make its node, and remove it again. Was it so?
 */
bool node_lend(const char *class, struct lent_node *node);
void node_return(struct lent_node *node);

#endif /* LIB_FAIL_NTH_H */
