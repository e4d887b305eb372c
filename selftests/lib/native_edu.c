// SPDX-License-Identifier: GPL-2.0
/* The native personality of edu, see native_edu.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "native_edu.h"

int edu_find(char bdf[][PCI_BDF_LEN], int max)
{
	char all[EDU_MAX][PCI_BDF_LEN];
	int n = pci_find(EDU_VENDOR, EDU_DEVICE, all, EDU_MAX);
	int found = 0;
	int i;

	for (i = 0; i < n && i < EDU_MAX && found < max; i++)
		if (pci_driver_is(all[i], "edu"))
			memcpy(bdf[found++], all[i], PCI_BDF_LEN);
	return found;
}

int edu_open(const char *bdf)
{
	char path[PATH_MAX];
	char name[32];
	int ret;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/misc/edu*", bdf);
	ret = file_match(path, name, sizeof(name));
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "/dev/%s", name);
	ret = open(path, O_RDWR | O_CLOEXEC);
	return ret < 0 ? -errno : ret;
}

int edu_write(int fd, const void *buf, size_t count, size_t offset)
{
	ssize_t n = pwrite(fd, buf, count, offset);

	if (n < 0)
		return -errno;
	return (size_t)n == count ? 0 : -EIO;
}

int edu_read(int fd, void *buf, size_t count, size_t offset)
{
	ssize_t n = pread(fd, buf, count, offset);

	if (n < 0)
		return -errno;
	return (size_t)n == count ? 0 : -EIO;
}

int edu_factorial(int fd, u32 n, u32 *result)
{
	struct edu_factorial f = { .n = n };

	if (ioctl(fd, EDU_IOCTL_FACTORIAL, &f))
		return -errno;
	*result = f.result;
	return 0;
}

u32 edu_factorial_expected(u32 n)
{
	return n ? n * edu_factorial_expected(n - 1) : 1;
}

void edu_random(void *buf, size_t size)
{
	/* At most 256 bytes are had in one go, for certain */
	u8 *next = buf;
	ssize_t n;

	while (size) {
		n = getrandom(next, size < 256 ? size : 256, 0);
		if (n < 0)
			continue;
		next += n;
		size -= n;
	}
}

long edu_operations(const char *bdf)
{
	return pci_number(bdf, "operations");
}

/* A line of /proc/interrupts: the number, a count for each CPU, then words */
static long interrupts_of(const char *line, int irq)
{
	long total = 0;
	char *next;
	long n;

	if (strtol(line, &next, 10) != irq || *next++ != ':')
		return -ENOENT;
	for (;;) {
		const char *start = next;

		n = strtol(start, &next, 10);
		if (next == start)
			return total;
		total += n;
	}
}

long edu_interrupts(const char *bdf)
{
	char path[PATH_MAX];
	char line[1024];
	char name[32];
	long total;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/msi_irqs/*", bdf);
	total = file_match(path, name, sizeof(name));
	if (total)
		return total;
	f = fopen("/proc/interrupts", "re");
	if (!f)
		return -errno;
	total = -ENOENT;
	while (total < 0 && fgets(line, sizeof(line), f))
		total = interrupts_of(line, atoi(name));
	fclose(f);
	return total;
}

static int prove_dma(const char *bdf, int fd)
{
	u8 out[EDU_BUFFER_SIZE], in[EDU_BUFFER_SIZE];
	int ret;

	edu_random(out, sizeof(out));
	ret = edu_write(fd, out, sizeof(out), 0);
	if (ret)
		return diag_error(ret, "%s: DMA to the device", bdf);
	ret = edu_read(fd, in, sizeof(in), 0);
	if (ret)
		return diag_error(ret, "%s: DMA from the device", bdf);
	if (memcmp(out, in, sizeof(out)))
		return diag_error(-EIO, "%s: other bytes came back than went out",
				  bdf);
	return 0;
}

static int prove_factorial(const char *bdf, int fd)
{
	u32 n = EDU_FACTORIAL_MAX;
	u32 result = 0;
	int ret;

	ret = edu_factorial(fd, n, &result);
	if (ret)
		return diag_error(ret, "%s: factorial", bdf);
	if (result != edu_factorial_expected(n))
		return diag_error(-EIO, "%s: %u! is not %u", bdf, n, result);
	return 0;
}

int edu_prove(const char *bdf)
{
	long before = edu_interrupts(bdf);
	long after;
	int fd, ret;

	if (before < 0)
		return diag_error(before, "%s: its interrupt", bdf);
	fd = edu_open(bdf);
	if (fd < 0)
		return diag_error(fd, "%s: its /dev/eduN", bdf);
	ret = prove_dma(bdf, fd);
	if (!ret)
		ret = prove_factorial(bdf, fd);
	close(fd);
	if (ret)
		return ret;

	after = edu_interrupts(bdf);
	if (after - before < 3)
		return diag_error(-EIO, "%s: %ld interrupts for three requests",
				  bdf, after - before);
	return 0;
}
