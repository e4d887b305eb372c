// SPDX-License-Identifier: GPL-2.0
/* Small files, see file.h. Says nothing: an error may be what a test is after. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static int copy_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;

	if (strlen(last) >= size)
		return -ENAMETOOLONG;
	strcpy(name, last);
	return 0;
}

int file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while (length < size - 1) {
		n = read(fd, buf + length, size - 1 - length);
		if (n < 0) {
			n = -errno;
			close(fd);
			buf[0] = '\0';
			return n;
		}
		if (!n)
			break;
		length += n;
	}
	close(fd);
	buf[length] = '\0';
	return length;
}

int file_read_line(const char *path, char *buf, size_t size)
{
	int length = file_read(path, buf, size);

	if (length > 0 && buf[length - 1] == '\n')
		buf[--length] = '\0';
	return length;
}

int file_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int file_link_name(const char *path, char *name, size_t size)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return copy_name(target, name, size);
}

int file_match(const char *pattern, char *name, size_t size)
{
	glob_t found;
	int ret = -ENOENT;

	if (!glob(pattern, 0, NULL, &found) && found.gl_pathc)
		ret = copy_name(found.gl_pathv[0], name, size);
	globfree(&found);
	return ret;
}

int file_count(const char *pattern)
{
	glob_t found;
	int count = 0;

	if (!glob(pattern, GLOB_NOSORT, NULL, &found))
		count = found.gl_pathc;
	globfree(&found);
	return count;
}
