// SPDX-License-Identifier: GPL-2.0
/* Fault injection and its traces, see fail_nth.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fail_nth.h"
#include "file.h"
#include "wait.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define DEBUGFS		"/sys/kernel/debug/"
#define KMEMLEAK	DEBUGFS "kmemleak"

/* An object is a leak when several scans, some seconds apart, did not find it */
#define SCANS		5
#define SCAN_APART_MS	6000

/* Open beforehand: to open it takes allocations */
static int fail_nth = -1;

const char *fail_nth_lacks(void)
{
	if (access(FAIL_NTH, F_OK))
		return "this kernel has no fault injection (CONFIG_FAULT_INJECTION)";
	if (access(DEBUGFS "failslab", F_OK) ||
	    access(DEBUGFS "fail_page_alloc", F_OK))
		return "this kernel fails no allocations (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC)";
	return NULL;
}

int fail_nth_setup(void)
{
	static const struct {
		const char *path, *value;
	} settings[] = {
		/* Those that may sleep, too, which is all that matter here */
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
		/* That one was injected is known; where, only if asked */
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		ret = file_write(settings[i].path, settings[i].value);
		if (ret)
			return diag_error(ret, "%s", settings[i].path);
	}
	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	return fail_nth < 0 ? diag_error(-errno, FAIL_NTH) : 0;
}

int fail_nth_arm(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fail_nth, text, length, 0) == length ? 0 : -errno;
}

bool fail_nth_disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0 ||
	    fail_nth_arm(0))
		diag("cannot read or write " FAIL_NTH);
	return !atoi(text);
}

void kmemleak_forget(void)
{
	file_write(KMEMLEAK, "scan");
	file_write(KMEMLEAK, "clear");
}

int kmemleak_count(void)
{
	char line[512];
	int count = 0;
	FILE *f;
	int i;

	if (access(KMEMLEAK, F_OK))
		return 0;
	for (i = 0; i < SCANS; i++) {
		if (i)
			sleep_ms(SCAN_APART_MS);
		file_write(KMEMLEAK, "scan");
	}
	f = fopen(KMEMLEAK, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		diag("%s", line);
		count += !strncmp(line, "unreferenced object", 19);
	}
	fclose(f);
	return count;
}
