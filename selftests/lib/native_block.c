// SPDX-License-Identifier: GPL-2.0
/* A disk proven by what it holds and what it keeps, see native.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "native.h"
#include "wait.h"

#define BLOCKS		8
#define BYTES		(BLOCKS * DISK_BLOCK_SIZE)

int disk_check(const char *bdf, const void *data, unsigned int first,
	       unsigned int count)
{
	char expected[DISK_BLOCK_SIZE];
	unsigned int i;
	int length;

	for (i = 0; i < count; i++) {
		const char *block = data + i * DISK_BLOCK_SIZE;

		length = snprintf(expected, sizeof(expected),
				  "pci-personality block %u\n", first + i);
		if (memcmp(block, expected, length))
			return diag_error(-EIO, "%s: block %u begins \"%.30s\"",
					  bdf, first + i, block);
	}
	return 0;
}

static int transfer(int fd, void *data, off_t at, bool write)
{
	ssize_t n = write ? pwrite(fd, data, BYTES, at) :
			    pread(fd, data, BYTES, at);

	if (n == BYTES)
		return 0;
	return diag_error(n < 0 ? -errno : -EIO, "%s of %d bytes at %lld",
			  write ? "writing" : "reading", BYTES, (long long)at);
}

/* Write the last blocks, read them back, and restore them */
static int check_write(int fd, u8 *data, u8 *saved, off_t at)
{
	int ret, restored;
	int i;

	ret = transfer(fd, saved, at, false);
	if (ret)
		return ret;
	for (i = 0; i < BYTES; i++)
		data[i] = i * 7 + now_ms();
	memcpy(data + BYTES, data, BYTES);
	ret = transfer(fd, data, at, true);
	memset(data, 0, BYTES);
	if (!ret)
		ret = transfer(fd, data, at, false);
	if (!ret && memcmp(data, data + BYTES, BYTES))
		ret = diag_error(-EIO, "other bytes were read than written");
	restored = transfer(fd, saved, at, true);
	return ret ?: restored;
}

int block_prove(const char *bdf, const char *disk, char *story, size_t size)
{
	char path[64];
	u64 bytes;
	u8 *data;
	int ret;
	int fd;

	/* The node may follow the kernel's announcement */
	snprintf(path, sizeof(path), "/dev/%s", disk);
	if (wait_for(!access(path, F_OK), 5000))
		return diag_error(-ENOENT, "%s", path);

	/* Past the page cache: the device shall answer, not memory */
	fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return diag_error(-errno, "%s", path);
	data = aligned_alloc(4096, 3 * BYTES);
	if (!data) {
		close(fd);
		return -ENOMEM;
	}

	ret = ioctl(fd, BLKGETSIZE64, &bytes) ?
		diag_error(-errno, "%s: size", path) : 0;
	if (!ret)
		ret = transfer(fd, data, 0, false);
	if (!ret)
		ret = disk_check(bdf, data, 0, BLOCKS);
	if (!ret)
		ret = check_write(fd, data, data + 2 * BYTES, bytes - BYTES);
	free(data);
	close(fd);
	if (!ret)
		snprintf(story, size,
			 "%s has its first %d blocks right and keeps what is written",
			 disk, BLOCKS);
	return ret;
}
