// SPDX-License-Identifier: GPL-2.0
/*
 * Modules by the names that devices have for them, as udev loads them, see zoo.h.
 * What is below a function is only known when its driver is there: to be called until
 * there is nothing new.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "file.h"
#include "module.h"
#include "zoo.h"

#define KEY "MODALIAS="

/* All that modprobe has been asked for so far, and after them a NULL */
static char **asked;
static size_t count;

static bool is_new(const char *alias)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(asked[i], alias))
			return false;
	return true;
}

static int note(const char *alias)
{
	char **more;

	if (!is_new(alias))
		return 0;
	more = realloc(asked, (count + 2) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	asked = more;
	asked[count] = strdup(alias);
	if (!asked[count])
		return -ENOMEM;
	asked[++count] = NULL;
	return 0;
}

/* Not all devices have a file modalias, but all tell udev. False if there is none */
static bool read_alias(const char *bdf, const char *path, char *alias, size_t size)
{
	char file[PATH_MAX], text[4096] = "\n";
	const char *line;

	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%s/%s/uevent", bdf, path);
	if (file_read(file, text + 1, sizeof(text) - 1) <= 0)
		return false;
	line = strstr(text, "\n" KEY);
	if (!line)
		return false;
	line += strlen("\n" KEY);
	snprintf(alias, size, "%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

static bool note_one(const char *bdf, const char *path)
{
	char alias[1024];

	return read_alias(bdf, path, alias, sizeof(alias)) && note(alias);
}

static bool note_child(const struct child *child, void *bdf)
{
	return note_one(bdf, child->path);
}

int coldplug(const char *bdf)
{
	size_t before = count;

	if (note_one(bdf, "") || children_walk(bdf, note_child, (void *)bdf))
		return diag_error(-ENOMEM, "%s: aliases", bdf);
	if (count == before)
		return 0;
	module_load_some(asked + before);
	return count - before;
}

static bool lacks_one(const char *bdf, const char *path)
{
	char alias[1024];

	return read_alias(bdf, path, alias, sizeof(alias)) && !module_exists(alias);
}

static bool lacks_child(const struct child *child, void *bdf)
{
	return lacks_one(bdf, child->path);
}

bool coldplug_lacks(const char *bdf)
{
	return lacks_one(bdf, "") || children_walk(bdf, lacks_child, (void *)bdf);
}
