/* SPDX-License-Identifier: GPL-2.0 */
/* Somebody who writes 1 and 0 to use_vfio, again and again, while others do something. */
#ifndef LIB_FLIPPER_H
#define LIB_FLIPPER_H

#include <pthread.h>
#include <stdatomic.h>

#include "pci.h"

/**
 * struct flipper - writes by a thread of its own
 * @bdf: the function
 * @is_legal: whether a write may come to that, 0 or a negative errno
 * @thread: the thread
 * @stop: it is to end
 * @done: how many writes have succeeded
 * @unexpected: the last result that was not legal, or 0
 */
struct flipper {
	const char *bdf;
	bool (*is_legal)(int ret);
	pthread_t thread;
	atomic_bool stop;
	atomic_int done;
	int unexpected;
};

/* Begin: 0 or a negative errno */
int flipper_start(struct flipper *flipper, const char *bdf, bool (*is_legal)(int ret));

/* End, after the write that is under way: 0, or what was unexpected */
int flipper_stop(struct flipper *flipper);

#endif /* LIB_FLIPPER_H */
