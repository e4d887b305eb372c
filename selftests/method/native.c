// SPDX-License-Identifier: GPL-2.0
/*
 * The reference driver's native side: what /dev/eduN promises, and what outlives
 * what. It is the ground for the tests of its VFIO personality.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "edu_fixture.h"
#include "module.h"
#include "native_edu.h"
#include "wait.h"

#define HALF		(EDU_BUFFER_SIZE / 2)
#define ROUNDS		4
#define TIMEOUT_MS	10000

/* Two devices, their driver, and two openers of the first of them */
FIXTURE(native) {
	bool loaded;
	char bdf[2][PCI_BDF_LEN];
	int fd;
	int other;
	u8 out[EDU_BUFFER_SIZE];
	u8 in[EDU_BUFFER_SIZE];
};

FIXTURE_SETUP(native)
{
	const char *lacking = edu_lacks();

	if (lacking)
		SKIP(return, "%s", lacking);
	self->fd = -1;
	self->other = -1;
	self->loaded = !module_loaded("edu");
	ASSERT_EQ(0, module_load("edu"));
	ASSERT_EQ(2, edu_find(self->bdf, 2));
	self->fd = edu_open(self->bdf[0]);
	ASSERT_LE(0, self->fd);
	self->other = edu_open(self->bdf[0]);
	ASSERT_LE(0, self->other);
	edu_random(self->out, sizeof(self->out));
}

FIXTURE_TEARDOWN(native)
{
	close(self->fd);
	close(self->other);
	if (self->loaded)
		EXPECT_EQ(0, module_unload("edu"));
}

TEST_F(native, factorial)
{
	u32 result;
	u32 n;

	for (n = 0; n <= EDU_FACTORIAL_MAX; n++) {
		ASSERT_EQ(0, edu_factorial(self->fd, n, &result));
		EXPECT_EQ(edu_factorial_expected(n), result);
	}
	EXPECT_EQ(-ERANGE, edu_factorial(self->fd, n, &result));
	EXPECT_EQ(-ERANGE, edu_factorial(self->fd, ~0U, &result));
}

TEST_F(native, dma_both_ways)
{
	const u8 clear[EDU_BUFFER_SIZE] = {};

	/* At the start it is clear, whoever had the device before */
	ASSERT_EQ(0, edu_read(self->fd, self->in, EDU_BUFFER_SIZE, 0));
	if (self->loaded)
		EXPECT_EQ(0, memcmp(clear, self->in, EDU_BUFFER_SIZE));

	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
	ASSERT_EQ(0, edu_read(self->other, self->in, EDU_BUFFER_SIZE, 0));
	EXPECT_EQ(0, memcmp(self->out, self->in, EDU_BUFFER_SIZE));

	/* Parts of it, at odd places */
	ASSERT_EQ(0, edu_write(self->fd, self->out, 7, 1001));
	ASSERT_EQ(0, edu_read(self->other, self->in, 9, 1000));
	EXPECT_EQ(self->out[1000], self->in[0]);
	EXPECT_EQ(0, memcmp(self->out, self->in + 1, 7));
	EXPECT_EQ(self->out[1008], self->in[8]);
}

TEST_F(native, file_offsets)
{
	const int end = EDU_BUFFER_SIZE;
	void *nowhere;

	EXPECT_EQ(4, write(self->fd, self->out, 4));
	EXPECT_EQ(4, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(end - 2, lseek(self->fd, -2, SEEK_END));
	/* Across the end: what there is room for; at the end: none */
	EXPECT_EQ(2, write(self->fd, self->out, 4));
	EXPECT_EQ(-1, write(self->fd, self->out, 4));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(0, read(self->fd, self->in, 4));
	EXPECT_EQ(2, pread(self->fd, self->in, 4, end - 2));
	EXPECT_EQ(0, memcmp(self->out, self->in, 2));
	EXPECT_EQ(-1, lseek(self->fd, end + 1, SEEK_SET));
	EXPECT_EQ(EINVAL, errno);

	EXPECT_EQ(0, write(self->fd, self->out, 0));
	EXPECT_EQ(-1, ioctl(self->fd, _IO(0xed, 0x7f)));
	EXPECT_EQ(ENOTTY, errno);
	/* The driver's to find: the kernel's own range would not get that far */
	nowhere = mmap(NULL, end, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, nowhere);
	EXPECT_EQ(-EFAULT, edu_write(self->fd, nowhere, 1, 0));
	EXPECT_EQ(-EFAULT, edu_read(self->fd, nowhere, 1, 0));
	EXPECT_EQ(-1, ioctl(self->fd, EDU_IOCTL_FACTORIAL, nowhere));
	EXPECT_EQ(EFAULT, errno);
	munmap(nowhere, end);
}

TEST_F(native, counts_and_interrupts)
{
	long operations = edu_operations(self->bdf[0]);
	long other_operations = edu_operations(self->bdf[1]);
	long interrupts;
	u32 result;

	ASSERT_LE(0, operations);
	/* The first request of all also loads the buffer */
	ASSERT_EQ(0, edu_read(self->fd, self->in, 1, 0));
	interrupts = edu_interrupts(self->bdf[0]);
	ASSERT_LE(1, interrupts);

	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
	ASSERT_EQ(0, edu_read(self->fd, self->in, EDU_BUFFER_SIZE, 0));
	ASSERT_EQ(0, edu_factorial(self->fd, 5, &result));
	ASSERT_EQ(-ERANGE, edu_factorial(self->fd, 13, &result));

	EXPECT_EQ(interrupts + 3, edu_interrupts(self->bdf[0]));
	EXPECT_EQ(operations + 4, edu_operations(self->bdf[0]));
	EXPECT_EQ(other_operations, edu_operations(self->bdf[1]));
}

/* One opener's work on one part of the buffer: its exit status */
static int busy_opener(int fd, size_t offset)
{
	u8 out[HALF], in[HALF];
	u32 n, result;

	for (n = 0; n < ROUNDS; n++) {
		edu_random(out, sizeof(out));
		if (edu_write(fd, out, sizeof(out), offset) ||
		    edu_factorial(fd, n, &result) ||
		    result != edu_factorial_expected(n) ||
		    edu_read(fd, in, sizeof(in), offset) ||
		    memcmp(out, in, sizeof(in)))
			return 1;
	}
	return 0;
}

TEST_F(native, concurrent_openers)
{
	int second = edu_open(self->bdf[1]);
	const struct {
		int fd;
		size_t offset;
	} openers[] = {
		{ self->fd, 0 }, { self->other, HALF }, { second, 0 },
	};
	pid_t pids[ARRAY_SIZE(openers)];
	int status;
	size_t i;

	ASSERT_LE(0, second);
	for (i = 0; i < ARRAY_SIZE(openers); i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i])
			_exit(busy_opener(openers[i].fd, openers[i].offset));
	}
	for (i = 0; i < ARRAY_SIZE(openers); i++) {
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	close(second);
}

/* A request that waits for its turn can be interrupted, and leaves no trace */
TEST_F(native, interrupted_waiter)
{
	long operations;
	int status;
	pid_t pid;
	int i;

	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
	for (i = 0; i < ROUNDS; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			for (;;)
				edu_read(self->other, self->in, 64, 0);
		ASSERT_EQ(0, edu_read(self->fd, self->in, EDU_BUFFER_SIZE, 0));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, memcmp(self->out, self->in, EDU_BUFFER_SIZE));
	}
	operations = edu_operations(self->bdf[0]);
	ASSERT_EQ(0, edu_read(self->fd, self->in, 1, 0));
	EXPECT_EQ(operations + 1, edu_operations(self->bdf[0]));
}

static bool bus_master(const char *bdf)
{
	char config[64];

	return pci_read(bdf, "config", config, sizeof(config)) > PCI_COMMAND &&
	       config[PCI_COMMAND] & PCI_COMMAND_MASTER;
}

TEST_F(native, runtime_pm)
{
	const char *bdf = self->bdf[0];
	/* An error, and the same again, where the kernel does not show it */
	long usage = pci_number(bdf, "power/runtime_usage");
	int i;

	ASSERT_TRUE(pci_reads(bdf, "power/control", "on"));
	EXPECT_TRUE(pci_reads(bdf, "power/runtime_status", "active"));
	EXPECT_TRUE(bus_master(bdf));
	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));

	ASSERT_EQ(0, pci_write(bdf, "power/autosuspend_delay_ms", "20"));
	ASSERT_EQ(0, pci_write(bdf, "power/control", "auto"));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, wait_for(pci_reads(bdf, "power/runtime_status",
						"suspended"), TIMEOUT_MS));
		EXPECT_FALSE(bus_master(bdf));
		ASSERT_EQ(0, edu_read(self->fd, self->in, EDU_BUFFER_SIZE, 0));
		EXPECT_EQ(0, memcmp(self->out, self->in, EDU_BUFFER_SIZE));
	}

	/* Unbound asleep, bound asleep: awake and balanced afterwards */
	ASSERT_EQ(0, wait_for(pci_reads(bdf, "power/runtime_status", "suspended"),
			      TIMEOUT_MS));
	ASSERT_EQ(0, pci_unbind(bdf));
	ASSERT_EQ(0, pci_bind(bdf, "edu"));
	ASSERT_EQ(0, pci_write(bdf, "power/autosuspend_delay_ms", "20"));
	EXPECT_EQ(0, wait_for(pci_reads(bdf, "power/runtime_status", "suspended"),
			      TIMEOUT_MS));
	EXPECT_EQ(0, edu_prove(bdf));

	ASSERT_EQ(0, pci_write(bdf, "power/control", "on"));
	EXPECT_TRUE(pci_reads(bdf, "power/runtime_status", "active"));
	EXPECT_TRUE(bus_master(bdf));

	ASSERT_EQ(0, pci_unbind(bdf));
	ASSERT_EQ(0, pci_bind(bdf, "edu"));
	EXPECT_EQ(usage, pci_number(bdf, "power/runtime_usage"));
}

TEST_F(native, unbind_with_open_file)
{
	const char *bdf = self->bdf[0];
	u32 result;
	int fd;

	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
	ASSERT_EQ(0, pci_unbind(bdf));
	EXPECT_EQ(-ENOENT, edu_open(bdf));
	EXPECT_EQ(-ENODEV, edu_read(self->fd, self->in, 1, 0));
	EXPECT_EQ(-ENODEV, edu_write(self->fd, self->out, 1, 0));
	EXPECT_EQ(-ENODEV, edu_factorial(self->fd, 5, &result));

	/* The device comes back as another one: without counter and buffer */
	ASSERT_EQ(0, pci_bind(bdf, "edu"));
	EXPECT_EQ(-ENODEV, edu_read(self->fd, self->in, 1, 0));
	EXPECT_EQ(0, edu_operations(bdf));
	fd = edu_open(bdf);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, edu_read(fd, self->in, EDU_BUFFER_SIZE, 0));
	EXPECT_NE(0, memcmp(self->out, self->in, EDU_BUFFER_SIZE));
	close(fd);
	EXPECT_EQ(0, edu_prove(bdf));
}

TEST_F(native, unbind_under_requests)
{
	const char *bdf = self->bdf[0];
	int status;
	pid_t pid;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		int fd = edu_open(bdf);

		ASSERT_LE(0, fd);
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			int ret;

			do {
				ret = edu_read(fd, self->in, 64, 0);
			} while (!ret);
			_exit(ret == -ENODEV ? 0 : 1);
		}
		/* Wait until it is at work, then take the device away */
		ASSERT_EQ(0, wait_for(edu_operations(bdf) > 1, TIMEOUT_MS));
		ASSERT_EQ(0, pci_unbind(bdf));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
		close(fd);
		ASSERT_EQ(0, pci_bind(bdf, "edu"));
	}
	EXPECT_EQ(0, edu_prove(bdf));
}

TEST_F(native, unload)
{
	u32 result;

	if (!self->loaded)
		SKIP(return, "the module was loaded already");
	EXPECT_EQ(-EAGAIN, module_unload("edu"));
	EXPECT_EQ(0, edu_factorial(self->fd, 5, &result));
	close(self->fd);
	close(self->other);
	self->fd = -1;
	self->other = -1;
	ASSERT_EQ(0, module_unload("edu"));
	EXPECT_EQ(0, edu_find(self->bdf, 2));
	ASSERT_EQ(0, module_load("edu"));
}

/* What the next vfio_device will be like is said beforehand */
TEST_F(native, vfio_revision)
{
	const char *bdf = self->bdf[0];

	EXPECT_EQ(pci_number(bdf, "revision"), pci_number(bdf, "vfio/revision"));
	EXPECT_EQ(0, pci_write(bdf, "vfio/revision", "0x42"));
	EXPECT_EQ(0x42, pci_number(bdf, "vfio/revision"));
	EXPECT_EQ(-ERANGE, pci_write(bdf, "vfio/revision", "256"));
	EXPECT_EQ(-EINVAL, pci_write(bdf, "vfio/revision", "new"));
	EXPECT_EQ(0x42, pci_number(bdf, "vfio/revision"));
	ASSERT_EQ(0, pci_unbind(bdf));
	ASSERT_EQ(0, pci_bind(bdf, "edu"));
	EXPECT_EQ(pci_number(bdf, "revision"), pci_number(bdf, "vfio/revision"));
}

TEST_HARNESS_MAIN
