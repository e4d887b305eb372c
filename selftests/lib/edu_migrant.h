/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that is moved between two edus, or slices of one, as a monitor does it, without
 * the guest's knowledge. Functions that can fail return 0 or a negative errno.
 */
#ifndef LIB_EDU_MIGRANT_H
#define LIB_EDU_MIGRANT_H

#include <sys/types.h>

#include "drivers/edu.h"
#include "vfio.h"

#define EDU_INTERRUPT_MS	20000

/**
 * struct edu_migrant - the guest
 * @f: the two, open
 * @at: the one that it has now
 * @irq: its interrupt
 * @memory: its memory, which both reach
 */
struct edu_migrant {
	struct vfio_function f[2];
	struct vfio_function *at;
	struct vfio_irq irq;
	struct vfio_buffer memory;
};

/* Begin at the first of the two, which are open; end, with both closed */
int edu_migrant_begin(struct edu_migrant *m);
void edu_migrant_end(struct edu_migrant *m);

u32 edu_migrant_get(struct edu_migrant *m, u32 reg);
void edu_migrant_set(struct edu_migrant *m, u32 reg, u32 value);

/* How many interrupts have come, 1 at least, or -ETIMEDOUT; and what for */
int edu_migrant_interrupt(struct edu_migrant *m, int timeout_ms);
int edu_migrant_acknowledge(struct edu_migrant *m);

/* Has the transfer ended, by one interrupt? It is acknowledged */
bool edu_migrant_transferred(struct edu_migrant *m);

/* Say from where to where the whole of the buffer is to be copied */
void edu_migrant_aim(struct edu_migrant *m, u32 src, u32 dst);

/* To the other one, by @stream of just @size bytes */
int edu_migrant_move(struct edu_migrant *m, void *stream, ssize_t size);

#endif /* LIB_EDU_MIGRANT_H */
