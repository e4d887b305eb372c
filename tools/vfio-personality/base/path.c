// SPDX-License-Identifier: GPL-2.0
/*
 * path: files below a root that is / or, in tests, a folder that looks like it.
 */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int path_init(struct path_ctx *ctx, const char *root)
{
	ctx->dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ctx->dir < 0)
		return -errno;
	ctx->name = xstrdup(root);
	ctx->real = !strcmp(root, "/");
	return 0;
}

void path_done(struct path_ctx *ctx)
{
	close(ctx->dir);
	free(ctx->name);
}

/* The name that @fmt makes, in the caller's frame */
#define MAKE_NAME(name, fmt) char name[PATH_MAX]; do {			\
	va_list args;							\
	int len;							\
									\
	va_start(args, fmt);						\
	len = vsnprintf(name, sizeof(name), fmt, args);			\
	va_end(args);							\
	if (len < 0 || (size_t)len >= sizeof(name))			\
		name[0] = '\0';	/* which is ENOENT */			\
} while (0)

int path_open(const struct path_ctx *ctx, int flags, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	int fd = openat(ctx->dir, name, flags | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

bool path_exists(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	return !faccessat(ctx->dir, name, F_OK, 0);
}

bool path_is_link(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	struct stat info;

	return !fstatat(ctx->dir, name, &info, AT_SYMLINK_NOFOLLOW) && S_ISLNK(info.st_mode);
}

int path_mkdir(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	return mkdirat(ctx->dir, name, 0755) && errno != EEXIST ? -errno : 0;
}

/* What is in /run does not survive a power cut, whatever is done for it */
static bool is_lasting(const char *name)
{
	return strncmp(name, "run/", 4);
}

/* So that a new name of it survives a power cut */
static int sync_folder(const struct path_ctx *ctx, const char *name)
{
	const char *slash = strrchr(name, '/');
	int fd, error = 0;
	char *folder;

	if (!is_lasting(name))
		return 0;
	folder = xasprintf("%.*s", slash ? (int)(slash - name) : 1, slash ? name : ".");
	fd = openat(ctx->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		error = -errno;
	if (fd >= 0)
		close(fd);
	free(folder);
	return error;
}

int path_close_folder(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	return fchmodat(ctx->dir, name, 0700, 0) ? -errno : 0;
}

int path_unlink(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	return unlinkat(ctx->dir, name, 0) ? -errno : sync_folder(ctx, name);
}

int path_rmdir(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	return unlinkat(ctx->dir, name, AT_REMOVEDIR) ? -errno : 0;
}

/* @once: the first read has all that there is */
static ssize_t read_whole(int fd, bool once, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? (size_t)n : 0;
	} while (n && len < size - 1 && !(once && n > 0));
	buf[len] = '\0';
	return (ssize_t)len;
}

/* More than any file of /proc or of ours has */
#define ALL_MAX (16 << 20)

char *fd_read_all(int fd)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	do {
		text = xrealloc(text, size + PATH_TEXT + 1, 1);
		n = read(fd, text + size, PATH_TEXT);
		size += n > 0 ? (size_t)n : 0;
	} while (n > 0 && size < ALL_MAX);
	text[size] = '\0';
	return text;
}

ssize_t path_read_raw(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	ssize_t len;
	int fd;

	buf[0] = '\0';
	fd = openat(ctx->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	/* Documentation/filesystems/sysfs.rst: an attribute is formatted once, for the first */
	len = read_whole(fd, !strncmp(name, "sys/", 4), buf, size);
	close(fd);
	return len;
}

ssize_t path_read(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	ssize_t len = path_read_raw(ctx, buf, size, "%s", name);

	if (len > 0 && buf[len - 1] == '\n')
		buf[--len] = '\0';
	return len;
}

char *path_read_all(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	int fd = openat(ctx->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = fd < 0 ? xstrdup("") : fd_read_all(fd);

	if (fd >= 0)
		close(fd);
	return text;
}

int path_read_number(const struct path_ctx *ctx, unsigned long *value, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	char text[64];
	ssize_t len = path_read(ctx, text, sizeof(text), "%s", name);

	if (len < 0)
		return (int)len;
	return parse_number(text, 0, 0, ULONG_MAX, value) ? 0 : -EINVAL;
}

int path_read_link(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	ssize_t len = readlinkat(ctx->dir, name, buf, size - 1);

	buf[len < 0 ? 0 : len] = '\0';
	return len < 0 ? -errno : 0;
}

int path_read_link_name(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	char target[PATH_MAX], *slash;
	int error = path_read_link(ctx, target, sizeof(target), "%s", name);

	buf[0] = '\0';
	if (error)
		return error;
	slash = strrchr(target, '/');
	if ((size_t)snprintf(buf, size, "%s", slash ? slash + 1 : target) >= size)
		return -ENAMETOOLONG;
	return 0;
}

static int write_whole(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n = write(fd, text, len);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int path_write(const struct path_ctx *ctx, const char *text, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	int fd = openat(ctx->dir, name, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = write_whole(fd, text);
	close(fd);
	return error;
}

/* A name of its own for each process, and for each time that one is begun anew */
static char *new_name(const char *name)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return xasprintf("%s.%d-%lx%lx", name, getpid(), (unsigned long)now.tv_sec,
			 (unsigned long)now.tv_nsec);
}

int path_replace(const struct path_ctx *ctx, const char *text, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	char *new = new_name(name);
	int fd, error;

	fd = openat(ctx->dir, new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	error = fd < 0 ? -errno : write_whole(fd, text);
	if (!error && is_lasting(name) && fsync(fd))
		error = -errno;
	if (fd >= 0)
		close(fd);
	if (!error && renameat(ctx->dir, new, ctx->dir, name))
		error = -errno;
	if (error && fd >= 0)
		unlinkat(ctx->dir, new, 0);
	free(new);
	return error ? error : sync_folder(ctx, name);
}

/* So much at a time; each takes less than its structure has room for */
#define ENTRIES 64

/* Not every file system tells it with the name */
static bool is_folder(int dir, const struct dirent64 *entry)
{
	struct stat info;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return !fstatat(dir, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(info.st_mode);
}

static void add_entry(int dir, const struct dirent64 *entry, struct names *names,
		      struct names *folders)
{
	if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
		names_add(folders && is_folder(dir, entry) ? folders : names, entry->d_name);
}

/*
 * With @folders NULL, those are names as others. readdir() takes half as many system calls
 * again, which tell where there are hundreds of functions.
 */
static int read_dir(int dir, struct names *names, struct names *folders)
{
	struct dirent64 buf[ENTRIES];
	const struct dirent64 *entry;
	ssize_t len;
	int error;

	while ((len = getdents64(dir, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < len; at += entry->d_reclen) {
			entry = (const struct dirent64 *)((const char *)buf + at);
			add_entry(dir, entry, names, folders);
		}
	error = len < 0 ? -errno : 0;
	close(dir);
	names_sort(names);
	if (folders)
		names_sort(folders);
	return error;
}

int path_try_list(const struct path_ctx *ctx, struct names *names, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	int fd = openat(ctx->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*names = (struct names){ 0 };
	return fd < 0 ? -errno : read_dir(fd, names, NULL);
}

int path_try_split(const struct path_ctx *ctx, struct names *names, struct names *folders,
		   const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	int fd = openat(ctx->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*names = (struct names){ 0 };
	*folders = (struct names){ 0 };
	return fd < 0 ? -errno : read_dir(fd, names, folders);
}

struct names path_list(const struct path_ctx *ctx, const char *fmt, ...)
{
	MAKE_NAME(name, fmt);
	struct names names;

	path_try_list(ctx, &names, "%s", name);
	return names;
}
