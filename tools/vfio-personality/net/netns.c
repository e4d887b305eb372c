// SPDX-License-Identifier: GPL-2.0
/*
 * netns: network interfaces in other namespaces than this program's.
 *
 * A namespace has a name (ip netns), a file that it is mounted on (container
 * engines), or a process that is in it. Sysfs shows one namespace's interfaces only,
 * so each is entered and asked.
 */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "late.h"
#include "openers.h"
#include "rtnl.h"

/**
 * struct search - a search through namespaces
 * @root: where
 * @netns: what was found
 * @here: our namespace
 * @where: the one that is searched, in words
 * @nsid: what it calls ours
 * @seen: the inode numbers of those that have been searched
 * @seen_count: their number
 * @refused: some could not be entered
 */
struct search {
	const struct path_ctx *root;
	struct netns *netns;
	int here;
	const char *where;
	int nsid;
	ino_t *seen;
	size_t seen_count;
	bool refused;
};

static void add_link(void *data, const struct rtnl_link *link)
{
	struct search *search = data;
	struct netns *netns = search->netns;
	struct foreign_link *new;

	netns->v = xrealloc(netns->v, netns->n + 1, sizeof(*netns->v));
	new = netns->v + netns->n++;
	*new = (struct foreign_link){ .where = xstrdup(search->where) };
	snprintf(new->name, sizeof(new->name), "%s", link->name);
	snprintf(new->parent, sizeof(new->parent), "%s", link->parent ? link->parent : "");
	if (link->lower_nsid >= 0 && link->lower_nsid == search->nsid)
		new->lower = link->lower;
}

static bool is_seen(const struct search *search, ino_t number)
{
	for (size_t i = 0; i < search->seen_count; i++)
		if (search->seen[i] == number)
			return true;
	return false;
}

/* Each namespace once, whatever leads to it */
static bool is_new(struct search *search, int fd)
{
	struct stat info;

	if (fstat(fd, &info) || is_seen(search, info.st_ino))
		return false;
	search->seen = xrealloc(search->seen, search->seen_count + 1, sizeof(*search->seen));
	search->seen[search->seen_count++] = info.st_ino;
	return true;
}

static void search_in(struct search *search, int there, const char *where)
{
	if (setns(there, CLONE_NEWNET)) {
		search->refused = true;
		return;
	}
	search->where = where;
	search->nsid = rtnl_nsid(search->here);
	rtnl_links(search->root, "elsewhere", add_link, search);
	if (setns(search->here, CLONE_NEWNET))
		abort();	/* all that follows would be about the wrong one */
}

static void search_file(struct search *search, const char *file, const char *where)
{
	int there = path_open(search->root, O_RDONLY, "%s", file);

	if (there == -EACCES || there == -EPERM)
		search->refused = true;
	if (there < 0)
		return;
	if (is_new(search, there))
		search_in(search, there, where);
	close(there);
}

static void search_named(struct search *search)
{
	struct names named = path_list(search->root, "run/netns");
	char *file;

	for (size_t i = 0; i < named.n; i++) {
		file = xasprintf("run/netns/%s", named.v[i]);
		search_file(search, file, named.v[i]);
		free(file);
	}
	names_free(&named);
}

/* Most machines have none: the library that tells which need not be loaded then */
static bool any_is_mounted(const struct path_ctx *root)
{
	char *text = path_read_all(root, "proc/self/mountinfo");
	bool any = strstr(text, " - nsfs ");

	free(text);
	return any;
}

static void search_mounted(struct search *search)
{
	struct libmnt_table *mounts = mnt()->new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt()->new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	const char *target;

	while (mounts && iter && !mnt()->table_next_fs(mounts, iter, &fs)) {
		target = mnt()->fs_get_target(fs);
		if (target && mnt()->fs_match_fstype(fs, "nsfs") && mnt()->fs_get_root(fs) &&
		    !strncmp(mnt()->fs_get_root(fs), "net:", 4))
			search_file(search, target + 1, target);
	}
	mnt()->free_iter(iter);
	mnt()->unref_table(mounts);
}

/* Most processes are in a namespace that has been searched, as the link tells without opening it */
static bool is_elsewhere(const struct search *search, unsigned long pid)
{
	char link[64];
	unsigned long number;

	return path_read_link(search->root, link, sizeof(link), "proc/%lu/ns/net", pid) ||
	       sscanf(link, "net:[%lu]", &number) != 1 || !is_seen(search, number);
}

static void search_process(struct search *search, unsigned long pid)
{
	char *file, *where, command[32];

	path_read(search->root, command, sizeof(command), "proc/%lu/comm", pid);
	file = xasprintf("proc/%lu/ns/net", pid);
	where = xasprintf("that of process %lu (%s)", pid, command);
	search_file(search, file, where);
	free(where);
	free(file);
}

static void search_processes(struct search *search)
{
	struct names pids = path_list(search->root, "proc");
	unsigned long pid;

	for (size_t i = 0; i < pids.n; i++)
		if (parse_number(pids.v[i], 10, 1, 1UL << 30, &pid) && is_elsewhere(search, pid))
			search_process(search, pid);
	names_free(&pids);
}

static char *why_partly(const struct search *search)
{
	if (search->here < 0)
		return xasprintf("other network namespaces cannot be found (/proc/self/ns/net: %s)",
				 strerror(-search->here));
	if (search->refused)
		return xstrdup("some network namespaces may not be entered");
	if (!openers_all_processes(search->root))
		return xstrdup("the network namespaces outside of this container cannot be seen");
	return NULL;
}

struct netns netns_find(const struct path_ctx *root)
{
	struct netns netns = { 0 };
	struct search search = { .root = root, .netns = &netns, .where = "fixture" };

	if (!root->real) {
		rtnl_links(root, "elsewhere", add_link, &search);
		return netns;
	}
	search.here = path_open(root, O_RDONLY, "proc/self/ns/net");
	if (search.here >= 0) {
		is_new(&search, search.here);
		search_named(&search);
		if (any_is_mounted(root))
			search_mounted(&search);
		search_processes(&search);
		close(search.here);
	}
	netns.unseen = why_partly(&search);
	free(search.seen);
	return netns;
}

void netns_free(struct netns *netns)
{
	for (size_t i = 0; i < netns->n; i++)
		free(netns->v[i].where);
	free(netns->v);
	free(netns->unseen);
	*netns = (struct netns){ 0 };
}
