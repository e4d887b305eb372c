/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's machine protocol: one JSON object a line, in either direction. Functions return
 * 0 or a negative errno.
 */
#ifndef LIB_QMP_H
#define LIB_QMP_H

#include <stddef.h>

#include "types.h"

#define QMP_LINE	8192

/**
 * struct qmp - a connection
 * @fd: the socket or port that it goes by
 * @stop_us: when the machine stopped the last time, by the clock of the day
 * @resume_us: when it went on the last time; both 0 before
 */
struct qmp {
	int fd;
	u64 stop_us;
	u64 resume_us;
};

/* Begin; also if somebody has done so before */
int qmp_begin(struct qmp *qmp, int fd);

/*
 * Run @command, a JSON object but for its closing brace; @reply is the line that comes
 * back. -EREMOTEIO, silently, if that is an error
 */
int qmp_ask(struct qmp *qmp, const char *command, char reply[QMP_LINE]);

/* The same; an error is told by diag(). -EEXIST if what was to be made is there already */
int qmp_run(struct qmp *qmp, const char *command);

/* The same, without waiting for the reply, which is passed over later */
void qmp_tell(struct qmp *qmp, const char *command);

/* The number that comes after "@key" in a reply: -ENOENT if there is none */
long qmp_number(const char *reply, const char *key);

/* Is there "@key": "@value" in it? */
bool qmp_says(const char *reply, const char *key, const char *value);

#endif /* LIB_QMP_H */
