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

/*
 * From now on the @n-th allocation of this thread fails, @n from 1 on; the ones
 * after it do not. Then: did it come to that?
 */
int fail_nth_arm(unsigned int n);
bool fail_nth_disarm(void);

/*
 * Forget what leaked so far; look for leaks since, and report them. No kernel with
 * CONFIG_DEBUG_KMEMLEAK: none. How many objects, or a negative errno.
 */
void kmemleak_forget(void);
int kmemleak_count(void);

#endif /* LIB_FAIL_NTH_H */
