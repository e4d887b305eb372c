/* SPDX-License-Identifier: GPL-2.0 */
/*
 * path: files below a root that is / or, in tests, a folder that looks like it.
 *
 * Names are given without a leading slash ("sys/bus/pci"), as printf formats.
 * What goes wrong comes back as a negative errno; a file of sysfs may vanish
 * at any time, so every caller says what that means to it.
 */
#ifndef VP_PATH_H
#define VP_PATH_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util.h"

/* Longer than any file that is read here */
#define PATH_TEXT 4096

/**
 * struct path_ctx - a root
 * @dir: the open folder
 * @name: its name
 * @real: it is /, so that asking the kernel by other ways makes sense
 */
struct path_ctx {
	int dir;
	char *name;
	bool real;
};

#define PATH_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

int path_init(struct path_ctx *ctx, const char *root);
void path_done(struct path_ctx *ctx);

/* What it creates is for root only */
int path_open(const struct path_ctx *ctx, int flags, const char *fmt, ...) PATH_FORMAT(3);
bool path_exists(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
bool path_is_link(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
int path_mkdir(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
/* Lets nobody else into a folder */
int path_close_folder(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
int path_unlink(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
int path_rmdir(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);

/* The file's text without the newline at its end; its length */
ssize_t path_read(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
	PATH_FORMAT(4);
/* The same with that newline, so that a cut can be seen */
ssize_t path_read_raw(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
	PATH_FORMAT(4);
/* All of a file that may be long, empty if it cannot be read; to be freed */
char *path_read_all(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);
/* The same of what is open */
char *fd_read_all(int fd);
/* A number in the notation of C */
int path_read_number(const struct path_ctx *ctx, unsigned long *value, const char *fmt, ...)
	PATH_FORMAT(3);
/* Where a link leads, and the last part of that */
int path_read_link(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
	PATH_FORMAT(4);
int path_read_link_name(const struct path_ctx *ctx, char *buf, size_t size, const char *fmt, ...)
	PATH_FORMAT(4);
/* Writes to a file that exists, in one write */
int path_write(const struct path_ctx *ctx, const char *text, const char *fmt, ...)
	PATH_FORMAT(3);
/* Makes the file anew, whole or not at all */
int path_replace(const struct path_ctx *ctx, const char *text, const char *fmt, ...)
	PATH_FORMAT(3);
/* The names in a folder, sorted; negative errno, for those to whom "none" is an answer */
int path_try_list(const struct path_ctx *ctx, struct names *names, const char *fmt, ...)
	PATH_FORMAT(3);
/* The same, but for folders, which go to @folders; a link to one is none */
int path_try_split(const struct path_ctx *ctx, struct names *names, struct names *folders,
		   const char *fmt, ...) PATH_FORMAT(4);
/* The same where a folder that cannot be read is as good as an empty one */
struct names path_list(const struct path_ctx *ctx, const char *fmt, ...) PATH_FORMAT(2);

#endif
