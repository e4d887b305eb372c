// SPDX-License-Identifier: GPL-2.0
/*
 * rules_file: the files of rules.d, and which of those that have one name counts.
 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define SUFFIX ".conf"

/* Longer is no file that anyone has written */
#define TEXT_MAX (256 << 10)

/* The administrator's go before the running system's, and these before packages' */
static const char *const folders[] = {
	"etc/vfio-personality/rules.d", "run/vfio-personality/rules.d",
	"usr/lib/vfio-personality/rules.d",
};

/*
 * There, nothing is mounted yet by which a rule could be kept from the disks that the
 * system stands on.
 */
static bool is_initramfs(const struct path_ctx *root)
{
	return path_exists(root, "etc/initrd-release") ||
	       path_exists(root, "conf/initramfs.conf");
}

static struct rules all;
static bool is_read;

static void read_file(const struct path_ctx *root, const char *folder, const char *name)
{
	char *path = xasprintf("/%s/%s", folder, name), *text = xcalloc(1, TEXT_MAX);
	const char *file = xintern(path), *why = NULL;
	ssize_t len = path_read_raw(root, text, TEXT_MAX, "%s", file + 1);
	unsigned int line = 0;

	if (len < 0)
		why = strerror((int)-len);
	else if (strlen(text) != (size_t)len || len == TEXT_MAX - 1)
		why = "this is not a text file of rules";
	else
		rules_parse(&all, text, file, &why, &line);
	if (why && line)
		say_as("error", "%s, line %u: %s; nothing in this file is followed", file, line,
		       why);
	else if (why)
		say_as("error", "%s: %s; nothing in this file is followed", file, why);
	if (why)
		names_add(&all.broken, file);
	free(text);
	free(path);
}

static bool is_ours(const char *name)
{
	size_t len = strlen(name);

	return *name != '.' && len > strlen(SUFFIX) &&
	       !strcmp(name + len - strlen(SUFFIX), SUFFIX);
}

/* Each name once, in the order of names, whichever folders they are in */
static struct names find_names(const struct path_ctx *root)
{
	struct names names = { 0 }, files;

	for (size_t d = 0; d < ARRAY_SIZE(folders); d++) {
		files = path_list(root, "%s", folders[d]);
		for (size_t i = 0; i < files.n; i++)
			if (is_ours(files.v[i]) && !names_have(&names, files.v[i]))
				names_add(&names, files.v[i]);
		names_free(&files);
	}
	names_sort(&names);
	return names;
}

/* A link to /dev/null is a file with nothing in it, and hides the others all the same */
static void read_first(const struct path_ctx *root, const char *name)
{
	for (size_t d = 0; d < ARRAY_SIZE(folders); d++)
		if (path_exists(root, "%s/%s", folders[d], name) ||
		    path_is_link(root, "%s/%s", folders[d], name)) {
			read_file(root, folders[d], name);
			return;
		}
}

struct rules *rules_all(const struct path_ctx *root)
{
	struct names names;

	if (is_read)
		return &all;
	is_read = true;
	if (is_initramfs(root))
		return &all;
	names = find_names(root);
	for (size_t i = 0; i < names.n; i++)
		read_first(root, names.v[i]);
	names_free(&names);
	return &all;
}

void rules_done(void)
{
	rules_free(&all);
	is_read = false;
}
