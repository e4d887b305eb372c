/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest inside the lab that QEMU migrates from one of its processes to another.
 *
 * Functions return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_NESTED_MIGRATION_H
#define LIB_NESTED_MIGRATION_H

#include "nested.h"

/* Where a destination listens, by its name; as the host's QEMU sees it and as we do */
#define NESTED_SOCKET	"/tmp/nested-%s.socket"

/* Start a machine that waits for a guest, with these arguments more; it listens then */
int nested_await_guest(struct nested *n, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Begin to send the guest to where @name listens, or where somebody does in its place,
 * at @bandwidth bytes a second at most
 */
#define NESTED_UNLIMITED	(1ULL << 32)
int nested_send(struct nested *n, const char *name, u64 bandwidth);

/*
 * Give up, as an administrator does. QEMU may answer only when it can go on with what it was
 * writing to the destination: that is not waited for
 */
void nested_cancel(struct nested *n);

/*
 * Await the end: 0 if it is "completed", -ECANCELED, or -EIO if it has "failed". @reply is
 * what QEMU tells of it, for qmp_number()
 */
int nested_await_sent(struct nested *n, char reply[QMP_LINE]);

/* Await that the guest runs: where it was, after a migration that failed, or has come to */
int nested_await_running(struct nested *n);

/*
 * How long, in microseconds, QEMU was busy with one part of the state while the guest
 * stood still: "save" or "load", and the part's name, such as "ram" or "/vfio". -1 if not
 */
long nested_busy_us(struct nested *n, const char *what, const char *part);

#endif /* LIB_NESTED_MIGRATION_H */
