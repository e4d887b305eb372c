// SPDX-License-Identifier: GPL-2.0
/* QEMU's machine protocol, see qmp.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "qmp.h"
#include "wait.h"

#define TIMEOUT_MS	240000

/* The next line, -ETIMEDOUT if none comes */
static int read_line(int fd, char *line, size_t size, u64 deadline)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	u64 now;

	while (length < size - 1) {
		now = now_ms();
		if (now >= deadline || poll(&pollfd, 1, deadline - now) <= 0)
			return -ETIMEDOUT;
		if (read(fd, line + length, 1) != 1)
			return -EIO;
		if (line[length] == '\n')
			break;
		length++;
	}
	line[length] = '\0';
	return 0;
}

long qmp_number(const char *reply, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\": ", key);
	at = strstr(reply, quoted);
	return at ? strtol(at + strlen(quoted), NULL, 10) : -ENOENT;
}

bool qmp_says(const char *reply, const char *key, const char *value)
{
	char text[128];

	snprintf(text, sizeof(text), "\"%s\": \"%s\"", key, value);
	return strstr(reply, text);
}

static void note_event(struct qmp *qmp, const char *line)
{
	u64 us = qmp_number(line, "seconds") * 1000000ULL +
		 qmp_number(line, "microseconds");

	if (qmp_says(line, "event", "STOP"))
		qmp->stop_us = us;
	else if (qmp_says(line, "event", "RESUME"))
		qmp->resume_us = us;
}

/* Replies that someone before us did not wait for are passed over */
int qmp_ask(struct qmp *qmp, const char *command, char reply[QMP_LINE])
{
	u64 deadline = now_ms() + TIMEOUT_MS;
	static unsigned int serial;
	char id[48];
	int ret;

	snprintf(id, sizeof(id), "\"id\": \"%d-%u\"", getpid(), serial++);
	dprintf(qmp->fd, "%s, %s}\n", command, id);
	for (;;) {
		ret = read_line(qmp->fd, reply, QMP_LINE, deadline);
		if (ret)
			return diag_error(ret, "QEMU's monitor, on %s}", command);
		if (strstr(reply, id))
			break;
		note_event(qmp, reply);
	}
	return strstr(reply, "\"error\": {") ? -EREMOTEIO : 0;
}

int qmp_run(struct qmp *qmp, const char *command)
{
	char reply[QMP_LINE];
	int ret = qmp_ask(qmp, command, reply);

	if (ret != -EREMOTEIO)
		return ret;
	if (strstr(reply, "Duplicate "))
		return -EEXIST;
	diag("QEMU's monitor, on %s}: %.200s", command, reply);
	return -EIO;
}

void qmp_tell(struct qmp *qmp, const char *command)
{
	dprintf(qmp->fd, "%s}\n", command);
}

int qmp_begin(struct qmp *qmp, int fd)
{
	char reply[QMP_LINE];
	int ret;

	*qmp = (struct qmp) { .fd = fd };
	ret = qmp_ask(qmp, "{\"execute\": \"qmp_capabilities\"", reply);
	return ret == -EREMOTEIO ? 0 : ret;
}
