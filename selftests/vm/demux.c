// SPDX-License-Identifier: GPL-2.0
/*
 * demux KMSG: the host's end of frame.h. Reads the guest's stream from its
 * standard input until the guest's last word, sends what COMMAND wrote to
 * standard output and error and the kernel's log to the file KMSG, and reports
 * on descriptor 3, a line each:
 *
 *   started
 *   alive, every few seconds from then on
 *   exit STATUS | timeout | failed MESSAGE | lost (the stream just ended)
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

#define REPORT_FD 3

static bool read_all(void *data, size_t size)
{
	char *at = data;

	while (size) {
		ssize_t n = read(STDIN_FILENO, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= n;
	}
	return true;
}

/*
 * If nobody reads COMMAND's output any more, the run goes on: its status still
 * counts.
 */
static void pass_on(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		data += n;
		size -= n;
	}
}

static void report(const char *what, const char *data, size_t size)
{
	dprintf(REPORT_FD, "%s%s%.*s\n", what, size ? " " : "", (int)size, data);
}

int main(int argc, char **argv)
{
	static char data[UINT16_MAX];
	struct frame_header header;
	int kmsg;

	if (argc != 2) {
		fprintf(stderr, "usage: demux KMSG\n");
		return 2;
	}
	kmsg = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (kmsg < 0) {
		fprintf(stderr, "demux: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);

	while (read_all(&header, sizeof(header)) && read_all(data, header.length)) {
		switch (header.channel) {
		case FRAME_STDOUT:
			pass_on(STDOUT_FILENO, data, header.length);
			break;
		case FRAME_STDERR:
			pass_on(STDERR_FILENO, data, header.length);
			break;
		case FRAME_KMSG:
			pass_on(kmsg, data, header.length);
			break;
		case FRAME_STARTED:
			report("started", data, header.length);
			break;
		case FRAME_ALIVE:
			report("alive", data, header.length);
			break;
		case FRAME_EXIT:
			report("exit", data, header.length);
			return 0;
		case FRAME_TIMEOUT:
			report("timeout", data, header.length);
			return 0;
		case FRAME_FAILED:
			report("failed", data, header.length);
			return 0;
		default:
			report("failed", "the guest's stream is damaged", 29);
			return 1;
		}
	}
	report("lost", "", 0);
	return 0;
}
