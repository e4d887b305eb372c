/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lock: one run at a time works on an IOMMU group.
 */
#ifndef VP_LOCK_H
#define VP_LOCK_H

#include "function.h"

/**
 * struct locks - the groups that are ours
 * @fds: their files
 * @n: their number
 */
struct locks {
	int *fds;
	size_t n;
};

/* How often a lock is tried, per second */
#define LOCK_TRIES 20

/*
 * Locks the open file @fd, trying so many times more at most, of which what is left
 * comes back in @tries. 0, -EWOULDBLOCK, or -EINTR after a signal.
 */
int lock_wait(int fd, unsigned long *tries);

/*
 * Locks the groups of the selected functions, waiting for @timeout s. EXIT_DONE,
 * or EXIT_LOCKED or EXIT_FAILED, with the reason said.
 */
int locks_take(struct locks *locks, const struct machine *m, unsigned long timeout);
void locks_release(struct locks *locks);

#endif
