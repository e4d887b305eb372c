// SPDX-License-Identifier: GPL-2.0
/* Trace events, see tracefs.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "tracefs.h"

#define TRACEFS		"/sys/kernel/tracing"
#define INSTANCE	TRACEFS "/instances/pci-personality-selftest"

int tracefs_start(const char *event)
{
	char path[PATH_MAX];
	int ret;

	/* It stays mounted, as most systems have it */
	if (access(TRACEFS "/instances", F_OK) &&
	    mount("tracefs", TRACEFS, "tracefs", 0, NULL))
		return diag_error(-errno, TRACEFS);
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		return diag_error(-errno, INSTANCE);
	snprintf(path, sizeof(path), INSTANCE "/events/%s/enable", event);
	ret = file_write(path, "1");
	return ret ? diag_error(ret, "trace event %s", event) : 0;
}

int tracefs_read(char *buf, size_t size)
{
	return file_read(INSTANCE "/trace", buf, size);
}

int tracefs_clear(void)
{
	int fd = open(INSTANCE "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

void tracefs_stop(void)
{
	rmdir(INSTANCE);
}
