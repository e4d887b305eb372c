/* SPDX-License-Identifier: GPL-2.0 */
/* Small files, as sysfs and procfs have them: whole reads and writes. */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include "types.h"

/* All bytes, with a NUL after them: the length, or a negative errno */
int file_read(const char *path, char *buf, size_t size);

/* The same without the final newline */
int file_read_line(const char *path, char *buf, size_t size);

/* @value in one write: 0 or a negative errno */
int file_write(const char *path, const char *value);

/* The last component of a link's target: 0 or a negative errno */
int file_link_name(const char *path, char *name, size_t size);

/* The last component of the one path that matches @pattern: 0 or -ENOENT */
int file_match(const char *pattern, char *name, size_t size);

/* How many paths match @pattern */
int file_count(const char *pattern);

#endif /* LIB_FILE_H */
