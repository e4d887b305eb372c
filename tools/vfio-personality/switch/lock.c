// SPDX-License-Identifier: GPL-2.0
/*
 * lock: one run at a time works on an IOMMU group.
 *
 * Groups are locked in the order of their numbers, so that no two runs wait for
 * each other.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "denied.h"
#include "diag.h"
#include "interrupt.h"
#include "journal.h"

int lock_wait(int fd, unsigned long *tries)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / LOCK_TRIES };

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (interrupt_came())
			return -EINTR;
		if (!*tries)
			return -EWOULDBLOCK;
		--*tries;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int take(struct locks *locks, const struct path_ctx *root, long group,
		unsigned long *tries)
{
	int fd = path_open(root, O_RDWR | O_CREAT, RUN_DIR "/group-%ld", group), error;

	if (fd < 0)
		return say_and(EXIT_FAILED, "cannot lock IOMMU group %ld: %s", group,
			       error_text(root, -fd));
	locks->fds = xrealloc(locks->fds, locks->n + 1, sizeof(*locks->fds));
	locks->fds[locks->n++] = fd;
	error = lock_wait(fd, tries);
	if (error == -EINTR)
		return say_and(EXIT_FAILED, "interrupted");
	return error ? say_and(EXIT_LOCKED,
				"another vfio-personality works on IOMMU group %ld; try later",
			       group) : EXIT_DONE;
}

static int by_number(const void *a, const void *b)
{
	const long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

int locks_take(struct locks *locks, const struct machine *m, unsigned long timeout)
{
	long *groups = xcalloc(m->count, sizeof(*groups));
	unsigned long tries = timeout * LOCK_TRIES;
	struct function *f;
	int code = EXIT_DONE;
	size_t n = 0, i;

	for_each_selected(f, m)
		groups[n++] = f->group;
	qsort(groups, n, sizeof(*groups), by_number);
	for (i = 0; !code && i < n; i++)
		if (!i || groups[i] != groups[i - 1])
			code = take(locks, m->root, groups[i], &tries);
	free(groups);
	return code;
}

void locks_release(struct locks *locks)
{
	for (size_t i = 0; i < locks->n; i++)
		close(locks->fds[i]);
	free(locks->fds);
	*locks = (struct locks){ 0 };
}
