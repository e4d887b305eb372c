// SPDX-License-Identifier: GPL-2.0
/* What modprobe has been told beforehand, see modprobe.h. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modprobe.h"

/* One of modprobe's folders, and one that a reboot clears */
#define FOLDER	"/run/modprobe.d"
#define FILE_IN	FOLDER "/pci-personality-selftest.conf"

int modprobe_configure(const char *lines)
{
	FILE *f;

	if (!lines)
		return unlink(FILE_IN) && errno != ENOENT ? -errno : 0;

	mkdir(FOLDER, 0755);
	f = fopen(FILE_IN, "we");
	if (!f)
		return -errno;
	fprintf(f, "%s\n", lines);
	return fclose(f) ? -errno : 0;
}
