// SPDX-License-Identifier: GPL-2.0
/*
 * What leaked in all the tests that this machine has run, those with failing
 * allocations first of all: a scan takes too long to make one after each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "file.h"
#include "wait.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

/* An object is a leak when several scans, some seconds apart, did not find it */
#define SCANS		5
#define APART_MS	6000

static int count_leaks(void)
{
	FILE *f = fopen(KMEMLEAK, "re");
	char line[512];
	int count = 0;

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

FIXTURE(leaks) {};

FIXTURE_SETUP(leaks)
{
}

FIXTURE_TEARDOWN(leaks)
{
}

TEST_F_TIMEOUT(leaks, none, 280)
{
	int i;

	if (access(KMEMLEAK, F_OK))
		SKIP(return, "this kernel does not look for leaks (CONFIG_DEBUG_KMEMLEAK)");
	for (i = 0; i < SCANS; i++) {
		if (i)
			sleep_ms(APART_MS);
		ASSERT_EQ(0, file_write(KMEMLEAK, "scan"));
	}
	EXPECT_EQ(0, count_leaks());
}

TEST_HARNESS_MAIN
