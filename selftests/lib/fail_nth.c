// SPDX-License-Identifier: GPL-2.0
/* Fault injection, see fail_nth.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "diag.h"
#include "fail_nth.h"
#include "file.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define DEBUGFS		"/sys/kernel/debug/"
/* Open beforehand: to open it takes allocations */
static int fail_nth = -1;

const char *fail_nth_lacks(void)
{
	if (access(FAIL_NTH, F_OK))
		return "this kernel has no fault injection (CONFIG_FAULT_INJECTION)";
	if (access(DEBUGFS "failslab", F_OK) ||
	    access(DEBUGFS "fail_page_alloc", F_OK))
		return "this kernel fails no allocations (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC)";
	if (access(DEBUGFS "failslab/reject-start", F_OK))
		return "this kernel can spare no code (CONFIG_FAULT_INJECTION_STACKTRACE_FILTER)";
	return NULL;
}

/* Where the kernel has a function, which ends where the next begins */
static bool find_function(const char *name, u64 *start, u64 *end)
{
	char line[256], symbol[128];
	u64 address;
	FILE *f = fopen("/proc/kallsyms", "re");

	*start = 0;
	*end = 0;
	while (f && !*end && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %127s", &address, symbol) != 2)
			continue;
		if (!strcmp(symbol, name))
			*start = address;
		else if (*start && address > *start)
			*end = address;
	}
	if (f)
		fclose(f);
	return *end;
}

/*
 * ACPI's interpreter is spared, whatever is called from there: a driver gets there
 * when it enables a device. It has its own idea of what to do without memory, uses
 * what it has freed, and what it loses stays lost.
 */
static int spare_acpi(void)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	struct {
		const char *file;
		u64 value;
	} range[] = {
		{ "reject-start", 0 }, { "reject-end", 0 },
		{ "stacktrace-depth", 32 },
	};
	char path[64], text[24];
	unsigned int kind, i;
	int ret;

	if (!find_function("acpi_ns_evaluate", &range[0].value, &range[1].value))
		return 0;
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		for (i = 0; i < ARRAY_SIZE(range); i++) {
			snprintf(path, sizeof(path), DEBUGFS "%s/%s", kinds[kind],
				 range[i].file);
			snprintf(text, sizeof(text), "%llu", range[i].value);
			ret = file_write(path, text);
			if (ret)
				return diag_error(ret, "%s", path);
		}
	}
	return 0;
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
		{ DEBUGFS "fail_usercopy/verbose", "0" },
		/* For splat.awk, which knows what the kernel says of it itself */
		{ "/dev/kmsg", "<6>fail-nth: allocations fail from here on" },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		ret = file_write(settings[i].path, settings[i].value);
		/* Copies to and from user space may not be part of it */
		if (ret && ret != -ENOENT)
			return diag_error(ret, "%s", settings[i].path);
	}
	ret = spare_acpi();
	if (ret)
		return ret;
	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	return fail_nth < 0 ? diag_error(-errno, FAIL_NTH) : 0;
}

void fail_nth_finish(void)
{
	close(fail_nth);
	fail_nth = -1;
	file_write("/dev/kmsg", "<6>fail-nth: allocations fail no longer");
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

	/* It may be what fails: then the operation had too few */
	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		return false;
	fail_nth_arm(0);
	return !atoi(text);
}

/* A device's uevent has what its node is called and its numbers */
static bool read_node(const char *uevent, char *path, size_t size, dev_t *dev)
{
	unsigned int major, minor;
	char name[32], text[512];
	const char *line;

	if (file_read(uevent, text, sizeof(text)) <= 0 ||
	    sscanf(text, "MAJOR=%u MINOR=%u", &major, &minor) != 2)
		return false;
	line = strstr(text, "\nDEVNAME=");
	if (!line || sscanf(line, "\nDEVNAME=%31s", name) != 1)
		return false;
	snprintf(path, size, "/dev/%s", name);
	*dev = makedev(major, minor);
	return true;
}

bool node_lend(const char *class, struct lent_node *node)
{
	char pattern[64];
	glob_t found;
	size_t i;
	dev_t dev;

	node->path[0] = '\0';
	snprintf(pattern, sizeof(pattern), "/sys/class/%s/*/uevent", class);
	if (glob(pattern, 0, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc && !node->path[0]; i++)
		if (!read_node(found.gl_pathv[i], node->path, sizeof(node->path),
			       &dev) ||
		    !access(node->path, F_OK) ||
		    mknod(node->path, S_IFCHR | 0600, dev))
			node->path[0] = '\0';
	globfree(&found);
	return node->path[0];
}

void node_return(struct lent_node *node)
{
	if (node->path[0])
		unlink(node->path);
	node->path[0] = '\0';
}
