// SPDX-License-Identifier: GPL-2.0
/* Somebody else who writes to use_vfio, see writer.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "wait.h"
#include "writer.h"

static void *write_use_vfio(void *arg)
{
	struct writer *writer = arg;

	writer->result = pci_write(writer->bdf, "use_vfio", writer->value);
	writer->done = true;
	return NULL;
}

int writer_start(struct writer *writer, const char *bdf, bool vfio)
{
	int ret;

	memset(writer, 0, sizeof(*writer));
	writer->bdf = bdf;
	writer->value = vfio ? "1" : "0";
	ret = pthread_create(&writer->thread, NULL, write_use_vfio, writer);
	writer->started = !ret;
	return -ret;
}

static void ignore(int signal)
{
	(void)signal;
}

void writer_interrupt(struct writer *writer)
{
	/* A handler, and no SA_RESTART: what is ignored or restarted ends nothing */
	const struct sigaction action = { .sa_handler = ignore };

	sigaction(SIGUSR1, &action, NULL);
	pthread_kill(writer->thread, SIGUSR1);
}

int writer_finish(struct writer *writer, int timeout_ms)
{
	if (!writer->started)
		return -ESRCH;
	if (wait_for(writer->done, timeout_ms))
		return -ETIME;
	pthread_join(writer->thread, NULL);
	writer->started = false;
	return writer->result;
}
