// SPDX-License-Identifier: GPL-2.0
/* Fault injection, see fail_nth.h. */
#define _GNU_SOURCE
#include <ctype.h>
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

/**
 * struct code - a range of the kernel's code
 * @start: its first address
 * @end: the first one after it
 */
struct code {
	u64 start;
	u64 end;
};

/* Page by page, a module's code is its own */
#define PAGE		4096ULL

/**
 * struct symbol - a line of /proc/kallsyms
 * @address: where it is
 * @kind: what it is, t or T if code
 * @name: of the symbol
 * @module: that has it; empty for the kernel
 */
struct symbol {
	u64 address;
	char kind;
	char name[128];
	char module[64];
};

/* Where the kernel has the code called @name: @look at each symbol until it has found it */
static bool find_code(struct code *code, const char *name,
		      bool (*look)(struct code *code, const char *name,
				   const struct symbol *symbol))
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct symbol symbol;
	bool found = false;
	char line[256];

	memset(code, 0, sizeof(*code));
	while (f && !found && fgets(line, sizeof(line), f)) {
		symbol.module[0] = '\0';
		if (sscanf(line, "%llx %c %127s [%63[^]]", &symbol.address,
			   &symbol.kind, symbol.name, symbol.module) >= 3)
			found = look(code, name, &symbol);
	}
	if (f)
		fclose(f);
	return code->start && code->end;
}

/* A function ends where the next begins */
static bool look_for_function(struct code *code, const char *name,
			      const struct symbol *symbol)
{
	if (!strcmp(symbol->name, name))
		code->start = symbol->address;
	else if (code->start && symbol->address > code->start)
		code->end = symbol->address;
	return code->end;
}

static bool look_for_module(struct code *code, const char *name,
			    const struct symbol *symbol)
{
	if (strcmp(symbol->module, name) || tolower(symbol->kind) != 't')
		return false;
	if (!code->start || symbol->address < code->start)
		code->start = symbol->address;
	if (symbol->address >= code->end)
		code->end = (symbol->address / PAGE + 1) * PAGE;
	return false;
}

/*
 * The switch as a part of the kernel (series/) is linked in one piece, too, but for what
 * runs at boot.
 */
static bool look_for_built_in(struct code *code, const char *name,
			      const struct symbol *symbol)
{
	if (strcmp(name, "pci_personality") || symbol->module[0] ||
	    !strcmp(symbol->name, "personality_init") ||
	    !strcmp(symbol->name, "personality_exit") ||
	    (strncmp(symbol->name, "personality_", 12) && strncmp(symbol->name, "pcore_", 6)))
		return false;
	return look_for_module(code, "", symbol);
}

/*
 * ACPI's interpreter is drivers/acpi/acpica, linked in one piece, all of whose functions
 * are called acpi_*: one of them is @name.
 */
static bool look_for_acpi(struct code *code, const char *name,
			  const struct symbol *symbol)
{
	if (!strncmp(symbol->name, "acpi_", 5)) {
		if (!code->start)
			code->start = symbol->address;
		if (!strcmp(symbol->name, name))
			code->end = symbol->address;
		return false;
	}
	if (code->end)
		code->end = symbol->address;
	else
		code->start = 0;
	return code->end;
}

/* Of both kinds of allocations */
static int set(const char *file, u64 value)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	char path[64], text[24];
	unsigned int i;
	int ret;

	snprintf(text, sizeof(text), "%llu", value);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s/%s", kinds[i], file);
		ret = file_write(path, text);
		if (ret)
			return diag_error(ret, "%s", path);
	}
	return 0;
}

static int spare(const struct code *code)
{
	int ret = set("reject-start", code->start);

	ret = ret ?: set("reject-end", code->end);
	return ret ?: set("stacktrace-depth", 32);
}

/*
 * ACPI's interpreter is spared, whatever is called from there: a driver gets there
 * when it enables a device. It has its own idea of what to do without memory, uses
 * what it has freed, and what it loses stays lost.
 */
static int spare_acpi(void)
{
	struct code acpi;

	return find_code(&acpi, "acpi_ns_evaluate", look_for_acpi) ? spare(&acpi) : 0;
}

int fail_nth_spare(const char *function)
{
	struct code code;

	if (!find_code(&code, function, look_for_function))
		return diag_error(-ENOENT, "%s() has no code", function);
	return spare(&code);
}

int fail_nth_below(const char *module)
{
	struct code code = { .start = 0, .end = ~0ULL };
	int ret;

	if (module && !find_code(&code, module, look_for_module) &&
	    !find_code(&code, module, look_for_built_in))
		return diag_error(-ENOENT, "%s has no code", module);
	ret = set("require-start", code.start);
	return ret ?: set("require-end", code.end);
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
	fail_nth_below(NULL);
	file_write("/dev/kmsg", "<6>fail-nth: allocations fail no longer");
}

unsigned int fail_nth_every(unsigned int every)
{
	const char *text = getenv("EVERY");
	unsigned int wished = text ? strtoul(text, NULL, 10) : 0;

	return wished ?: every;
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
