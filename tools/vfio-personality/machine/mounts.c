// SPDX-License-Identifier: GPL-2.0
/*
 * mounts: what is mounted, in this mount namespace and in others; and swap.
 */
#include "mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct libmnt_table *read_table(const struct path_ctx *root, const char *file,
				       int (*parse)(struct libmnt_table *, const char *))
{
	struct libmnt_table *table = mnt()->new_table();
	char *name = xasprintf("%s/%s", root->name, file);

	if (table && (!path_exists(root, "%s", file) || parse(table, name))) {
		mnt()->unref_table(table);
		table = NULL;
	}
	free(name);
	return table;
}

static struct libmnt_table *read_mounts(const struct path_ctx *root, const char *pid)
{
	char *file = xasprintf("proc/%s/mountinfo", pid);
	struct libmnt_table *table = read_table(root, file, mnt()->table_parse_file);

	free(file);
	return table;
}

static void add_view(struct mounts *mounts, const struct path_ctx *root, const char *pid)
{
	struct libmnt_table *table = read_mounts(root, pid);
	char command[32];

	if (!table)
		return;
	mounts->views = xrealloc(mounts->views, mounts->n + 1, sizeof(*mounts->views));
	mounts->views[mounts->n] = (struct mount_view){ .table = table };
	if (strcmp(pid, "self")) {
		path_read(root, command, sizeof(command), "proc/%s/comm", pid);
		snprintf(mounts->views[mounts->n].where, sizeof(mounts->views->where),
			 " in the mount namespace of process %s (%s)", pid, command);
	}
	mounts->n++;
}

/* One process of each namespace, by what proc/PID/ns/mnt is a link to */
static void add_others(struct mounts *mounts, const struct path_ctx *root)
{
	struct names pids = path_list(root, "proc"), seen = { 0 };
	unsigned long pid;
	char ns[64];

	if (!path_read_link(root, ns, sizeof(ns), "proc/self/ns/mnt"))
		names_add(&seen, ns);
	for (size_t i = 0; i < pids.n; i++) {
		if (!parse_number(pids.v[i], 10, 1, 1UL << 30, &pid) ||
		    path_read_link(root, ns, sizeof(ns), "proc/%s/ns/mnt", pids.v[i]) ||
		    names_have(&seen, ns))
			continue;
		names_add(&seen, ns);
		add_view(mounts, root, pids.v[i]);
	}
	names_free(&pids);
	names_free(&seen);
}

struct mounts mounts_find(const struct path_ctx *root)
{
	struct mounts mounts = { 0 };

	add_view(&mounts, root, "self");
	if (!mounts.n)
		mounts.unseen = xasprintf("mounts cannot be seen: %s cannot be read",
					  "/proc/self/mountinfo");
	add_others(&mounts, root);
	mounts.swaps = read_table(root, "proc/swaps", mnt()->table_parse_swaps);
	/* A kernel without swap has no such file */
	if (!mounts.swaps && !mounts.unseen && path_exists(root, "proc/swaps"))
		mounts.unseen = xstrdup("swap cannot be seen: /proc/swaps cannot be read");
	return mounts;
}

void mounts_free(struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		mnt()->unref_table(mounts->views[i].table);
	free(mounts->views);
	mnt()->unref_table(mounts->swaps);
	free(mounts->unseen);
	*mounts = (struct mounts){ 0 };
}
