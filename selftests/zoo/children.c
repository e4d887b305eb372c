// SPDX-License-Identifier: GPL-2.0
/* What a driver makes of a function: the devices below it, see zoo.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "zoo.h"

static bool is_folder(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && S_ISDIR(status.st_mode);
}

/**
 * struct walker - on its way through the folders of a function
 * @top: how long the function's own path is
 * @visit: called for each device
 * @data: of the caller's
 */
struct walker {
	size_t top;
	bool (*visit)(const struct child *child, void *data);
	void *data;
};

static bool visit(const struct walker *walker, const char *path)
{
	char link[PATH_MAX + 16], subsystem[PCI_NAME_LEN];
	struct child child = {
		.path = path + walker->top + 1,
		.subsystem = subsystem,
	};

	snprintf(link, sizeof(link), "%s/subsystem", path);
	return !file_link_name(link, subsystem, sizeof(subsystem)) &&
	       walker->visit(&child, walker->data);
}

/* What is there and gone a moment later is not there */
static bool walk(const struct walker *walker, const char *path)
{
	char below[PATH_MAX];
	struct dirent *entry;
	bool done = false;
	DIR *dir;

	dir = opendir(path);
	if (!dir)
		return false;
	while (!done && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (is_folder(below))
			done = visit(walker, below) || walk(walker, below);
	}
	closedir(dir);
	return done;
}

bool children_walk(const char *bdf,
		   bool (*visit)(const struct child *child, void *data), void *data)
{
	struct walker walker = { .visit = visit, .data = data };
	char top[PATH_MAX], path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (!realpath(path, top))
		return false;
	walker.top = strlen(top);
	return walk(&walker, top);
}

/**
 * struct lister - collects the list
 * @lines: sorted
 */
struct lister {
	char **lines;
	size_t count;
	bool no_memory;
};

/*
 * The length of the number that is there, 0 if none: digits, of hexadecimal numbers,
 * too. Small ones only in what is nothing else, as in mmc0:bb6c.
 */
static size_t counter_length(const char *at, char before)
{
	size_t small = strspn(at, "0123456789abcdef");

	if (before == ':' && small && (!at[small] || at[small] == '/'))
		return small;
	return strspn(at, "0123456789ABCDEF");
}

/* And of the names of disks, such as sda and vdb, all but the beginning */
static void leave_out_counters(char *line)
{
	const char *disk = strncmp(line, "block ", 6) ? NULL : strrchr(line, '/') + 3;
	const char *from = line;
	char *to = line;
	char before = ' ';
	size_t length;

	while (*from && from != disk) {
		length = counter_length(from, before);
		before = *from;
		*to++ = length ? '#' : *from;
		from += length ?: 1;
	}
	*to = '\0';
}

/* What OSS calls a MIDI port besides depends on which card was there first */
static bool is_second_name(const struct child *child)
{
	const char *name = strrchr(child->path, '/');

	return !strcmp(child->subsystem, "sound") && name &&
	       (!strncmp(name, "/dmmidi", 7) ||
		(!strncmp(name, "/midi", 5) && name[5] != 'C'));
}

static bool list_one(const struct child *child, void *data)
{
	struct lister *lister = data;
	char **lines, *line;

	if (is_second_name(child))
		return false;
	lines = realloc(lister->lines, (lister->count + 1) * sizeof(*lines));
	if (lines)
		lister->lines = lines;
	if (!lines || asprintf(&line, "%s %s", child->subsystem, child->path) < 0) {
		lister->no_memory = true;
		return true;
	}
	leave_out_counters(line);
	lines[lister->count++] = line;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *children_list(const char *bdf)
{
	struct lister lister = {};
	size_t size = 0, i;
	FILE *text;
	char *list;

	children_walk(bdf, list_one, &lister);
	qsort(lister.lines, lister.count, sizeof(*lister.lines), compare);
	text = lister.no_memory ? NULL : open_memstream(&list, &size);
	for (i = 0; i < lister.count; i++) {
		if (text)
			fprintf(text, "%s\n", lister.lines[i]);
		free(lister.lines[i]);
	}
	free(lister.lines);
	return !text || fclose(text) ? NULL : list;
}

/**
 * struct finder - counts devices of a class
 * @subsystem: the class
 * @count: how many
 * @first: the first one's path below the function
 */
struct finder {
	const char *subsystem;
	int count;
	char first[PATH_MAX];
};

static bool find_one(const struct child *child, void *data)
{
	struct finder *finder = data;

	if (!strcmp(child->subsystem, finder->subsystem) && !finder->count++)
		snprintf(finder->first, sizeof(finder->first), "%s", child->path);
	return false;
}

int children_count(const char *bdf, const char *subsystem)
{
	struct finder finder = { .subsystem = subsystem };

	children_walk(bdf, find_one, &finder);
	return finder.count;
}

int children_first(const char *bdf, const char *subsystem, char *name, size_t size)
{
	struct finder finder = { .subsystem = subsystem };
	const char *slash;

	children_walk(bdf, find_one, &finder);
	if (!finder.count)
		return -ENOENT;
	slash = strrchr(finder.first, '/');
	snprintf(name, size, "%s", slash ? slash + 1 : finder.first);
	return 0;
}
