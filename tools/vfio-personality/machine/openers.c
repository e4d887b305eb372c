// SPDX-License-Identifier: GPL-2.0
/*
 * openers: which processes have which device files open.
 *
 * Compared by number where that can be asked for: a process in a container may
 * know a device by another name.
 */
#include "openers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* It looks at every device that comes or has been written to, and lets it go at once */
static bool is_udev(const char *command)
{
	return !strcmp(command, "(udev-worker)") || !strcmp(command, "systemd-udevd") ||
	       !strcmp(command, "udevd");
}

/* In a fixture tree, links are all that there is */
static void stat_file(const struct path_ctx *root, int pid, const char *fd, struct stat *info)
{
	char *name;

	*info = (struct stat){ 0 };
	if (!root->real)
		return;
	name = xasprintf("proc/%d/fd/%s", pid, fd);
	if (fstatat(root->dir, name, info, 0))
		*info = (struct stat){ 0 };
	free(name);
}

/*
 * What most processes have most of: files, sockets, pipes; and /dev/null and its like,
 * whose major number, 1, no function has. A file of no type has no name in a file system,
 * as a vfio_device's.
 */
static bool is_of_no_function(const struct stat *info)
{
	if (S_ISCHR(info->st_mode))
		return major(info->st_rdev) == 1;
	return info->st_mode & S_IFMT && !S_ISBLK(info->st_mode);
}

static void add_file(struct openers *openers, const struct path_ctx *root, int pid,
		     const char *fd)
{
	struct opener *opener;
	char file[PATH_TEXT];
	struct stat info;
	bool device;

	stat_file(root, pid, fd, &info);
	if (is_of_no_function(&info))
		return;
	if (path_read_link(root, file, sizeof(file), "proc/%d/fd/%s", pid, fd))
		return;
	device = root->real ? S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) :
			      !strncmp(file, "/dev/", 5);
	if (!device && strcmp(file, "anon_inode:[vfio-device]"))
		return;
	openers->v = xrealloc(openers->v, openers->n + 1, sizeof(*openers->v));
	opener = openers->v + openers->n++;
	*opener = (struct opener){
		.pid = pid,
		.file = xstrdup(file),
		.number = device ? info.st_rdev : 0,
		.block = S_ISBLK(info.st_mode),
	};
	snprintf(opener->fd, sizeof(opener->fd), "%s", fd);
}

/* The process has the files from @first on, unless it is udev */
static void name_process(struct openers *openers, const struct path_ctx *root, int pid,
			 size_t first)
{
	char command[sizeof(openers->v->command)];

	if (first == openers->n)
		return;
	path_read(root, command, sizeof(command), "proc/%d/comm", pid);
	if (is_udev(command))
		while (openers->n > first)
			free(openers->v[--openers->n].file);
	for (size_t i = first; i < openers->n; i++)
		memcpy(openers->v[i].command, command, sizeof(command));
}

/* The size of the folder: since Linux 6.2 the number of open files, before it 0 */
static off_t count_files(const struct path_ctx *root, const char *pid)
{
	char *name = xasprintf("proc/%s/fd", pid);
	struct stat info;
	off_t count = -1;

	if (root->real && !fstatat(root->dir, name, &info, 0))
		count = info.st_size;
	free(name);
	return count;
}

/* negative errno, but for processes that have ended */
static int scan_process(struct openers *openers, const struct path_ctx *root, int pid)
{
	size_t first = openers->n;
	struct names fds;
	int error = path_try_list(root, &fds, "proc/%d/fd", pid);

	for (size_t i = 0; i < fds.n; i++)
		add_file(openers, root, pid, fds.v[i]);
	names_free(&fds);
	name_process(openers, root, pid, first);
	return error == -EACCES || error == -EPERM ? error : 0;
}

static bool process_has(const struct path_ctx *root, unsigned long pid, const char *file)
{
	struct names fds = path_list(root, "proc/%lu/fd", pid);
	char text[PATH_TEXT];
	bool has = false;

	for (size_t i = 0; i < fds.n && !has; i++)
		has = !path_read_link(root, text, sizeof(text), "proc/%lu/fd/%s", pid, fds.v[i]) &&
		      !strcmp(text, file);
	names_free(&fds);
	return has;
}

bool openers_who_has(const struct path_ctx *root, const char *file, struct opener *who)
{
	struct names pids = path_list(root, "proc");
	unsigned long pid;
	bool found = false;

	for (size_t i = 0; i < pids.n && !found; i++) {
		found = parse_number(pids.v[i], 10, 1, 1UL << 30, &pid) &&
			process_has(root, pid, file);
		if (!found)
			continue;
		*who = (struct opener){ .pid = (int)pid };
		path_read(root, who->command, sizeof(who->command), "proc/%lu/comm", pid);
	}
	names_free(&pids);
	return found;
}

/*
 * The first PID namespace has the same inode number on every kernel; a kernel without
 * such namespaces (CONFIG_PID_NS) has but one, and no link that tells it
 */
bool openers_all_processes(const struct path_ctx *root)
{
	char ns[64];

	if (!root->real || path_read_link(root, ns, sizeof(ns), "proc/self/ns/pid"))
		return !root->real || path_exists(root, "proc/self/ns");
	return !strcmp(ns, "pid:[4026531836]");
}

static char *why_partly(const struct path_ctx *root, unsigned int refused)
{
	if (refused)
		return xasprintf("the open files of %u processes may not be looked at",
				 refused);
	if (!openers_all_processes(root))
		return xstrdup("the processes outside of this container cannot be seen");
	return NULL;
}

struct openers openers_find(const struct path_ctx *root)
{
	struct openers openers = { 0 };
	/* Kernel threads, of which there are many, have none. This process has some */
	bool counted = count_files(root, "self") > 0;
	unsigned int refused = 0, seen = 0;
	unsigned long pid, own = root->real ? (unsigned long)getpid() : 0;
	struct names pids;
	int error = path_try_list(root, &pids, "proc");

	for (size_t i = 0; i < pids.n; i++) {
		if (!parse_number(pids.v[i], 10, 1, 1UL << 30, &pid))
			continue;
		seen++;
		if (pid != own && (!counted || count_files(root, pids.v[i])))
			refused += scan_process(&openers, root, (int)pid) < 0;
	}
	names_free(&pids);
	if (error || (root->real && !seen))
		openers.unseen = xstrdup("processes cannot be seen: /proc is not there");
	else
		openers.unseen = why_partly(root, refused);
	return openers;
}

void openers_free(struct openers *openers)
{
	for (size_t i = 0; i < openers->n; i++)
		free(openers->v[i].file);
	free(openers->v);
	free(openers->unseen);
	*openers = (struct openers){ 0 };
}
