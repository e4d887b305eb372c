/* SPDX-License-Identifier: GPL-2.0 */
/* Somebody else who writes to use_vfio, while this thread does something about it. */
#ifndef LIB_WRITER_H
#define LIB_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "pci.h"

/**
 * struct writer - a write by a thread of its own
 * @thread: the thread; valid while @started
 * @started: there is one
 * @done: its write has returned
 * @bdf: the function
 * @value: what it writes
 * @result: 0 or a negative errno
 */
struct writer {
	pthread_t thread;
	bool started;
	atomic_bool done;
	const char *bdf;
	const char *value;
	int result;
};

/* Begin to write to a function's use_vfio: 0 or a negative errno */
int writer_start(struct writer *writer, const char *bdf, bool vfio);

/* Send it a signal, which does nothing but to end what can be interrupted */
void writer_interrupt(struct writer *writer);

/*
 * What the write came to: 0 or a negative errno; or -ETIME if it has not returned in
 * @timeout_ms. Then it goes on, and can be asked again.
 */
int writer_finish(struct writer *writer, int timeout_ms);

#endif /* LIB_WRITER_H */
