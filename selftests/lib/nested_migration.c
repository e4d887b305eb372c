// SPDX-License-Identifier: GPL-2.0
/* A guest that QEMU migrates, see nested_migration.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "nested_migration.h"
#include "wait.h"

#define MIGRATE_MS	240000
/* A machine with other work may copy memory more slowly than the guest changes it */
#define CONVERGE_MS	60000
#define RESUME_MS	60000

/*
 * Without return-path the source does not hear of a destination that refuses. The
 * downtime may be as long as it takes: it is measured, not limited.
 */
static int prepare(struct nested *n, u64 bandwidth)
{
	char text[256];
	int ret = qmp_run(&n->qmp,
		"{\"execute\": \"migrate-set-capabilities\", \"arguments\": {\"capabilities\": [{\"capability\": \"return-path\", \"state\": true}]}");

	snprintf(text, sizeof(text),
		 "{\"execute\": \"migrate-set-parameters\", \"arguments\": {\"max-bandwidth\": %llu, \"downtime-limit\": 5000}",
		 bandwidth);
	return ret ?: qmp_run(&n->qmp, text);
}

static int migrate_by(struct nested *n, const char *command, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"execute\": \"%s\", \"arguments\": {\"uri\": \"unix:" NESTED_SOCKET "\"}",
		 command, name);
	return qmp_run(&n->qmp, text);
}

int nested_await_guest(struct nested *n, const char *name, const char *format, ...)
{
	char text[1024];
	va_list args;
	int ret;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ret = nested_start(n, name, "%s -incoming defer", text);
	if (!ret)
		ret = prepare(n, NESTED_UNLIMITED);
	if (!ret)
		ret = migrate_by(n, "migrate-incoming", name);
	if (ret)
		nested_tell(n);
	return ret;
}

int nested_send(struct nested *n, const char *name, u64 bandwidth)
{
	int ret;

	n->qmp.stop_us = 0;
	n->qmp.resume_us = 0;
	ret = prepare(n, bandwidth);
	return ret ?: migrate_by(n, "migrate", name);
}

void nested_cancel(struct nested *n)
{
	qmp_tell(&n->qmp, "{\"execute\": \"migrate_cancel\"");
}

static bool ended(struct nested *n, char reply[QMP_LINE], int *ret)
{
	*ret = qmp_ask(&n->qmp, "{\"execute\": \"query-migrate\"", reply);
	if (*ret)
		return true;
	if (qmp_says(reply, "status", "cancelled"))
		*ret = -ECANCELED;
	else if (qmp_says(reply, "status", "failed"))
		*ret = -EIO;
	else
		return qmp_says(reply, "status", "completed");
	return true;
}

/* QEMU's longest: the rest is copied meanwhile */
static const char stand_still[] =
	"{\"execute\": \"migrate-set-parameters\", \"arguments\": {\"downtime-limit\": 2000000}";

int nested_await_sent(struct nested *n, char reply[QMP_LINE])
{
	int ret;

	if (!wait_for(ended(n, reply, &ret), CONVERGE_MS))
		return ret;
	diag("%s: memory has not converged in %u ms", n->name, CONVERGE_MS);
	ret = qmp_run(&n->qmp, stand_still);
	if (!ret && wait_for(ended(n, reply, &ret), MIGRATE_MS))
		ret = diag_error(-ETIMEDOUT, "%s: migration: %.300s", n->name, reply);
	return ret;
}

static bool runs(struct nested *n)
{
	char reply[QMP_LINE];

	return !qmp_ask(&n->qmp, "{\"execute\": \"query-status\"", reply) &&
	       qmp_says(reply, "status", "running");
}

int nested_await_running(struct nested *n)
{
	int ret = wait_for(runs(n), RESUME_MS);

	return ret ? diag_error(ret, "%s: the guest does not run", n->name) : 0;
}

long nested_busy_us(struct nested *n, const char *what, const char *part)
{
	char path[64], line[512], event[64];
	long us = -1;
	FILE *f;

	nested_log(n, "qemu", path, sizeof(path));
	snprintf(event, sizeof(event), "vmstate_downtime_%s type=iterable ", what);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, "downtime=");

		if (at && strstr(line, event) && strstr(line, part))
			us = strtol(at + strlen("downtime="), NULL, 10);
	}
	if (f)
		fclose(f);
	return us;
}
