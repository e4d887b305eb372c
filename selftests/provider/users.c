// SPDX-License-Identifier: GPL-2.0
/*
 * Several users of one edu, each with a slice: what one does reaches only him, and who means
 * harm finds nobody else's bytes and holds nobody up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "drivers/edu.h"
#include "edu_fixture.h"
#include "slice.h"
#include "wait.h"

#define USERS		4
#define WORK		20
/* A transfer of the hardware would take 100 ms: what waits for another takes longer */
#define NOT_STALLED_MS	20000

FIXTURE(users) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	struct device_user user[USERS];
	struct proof proof;
	char name[USERS][8];
};

FIXTURE_VARIANT(users) {
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(users, group) {
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(users, cdev) {
	.mode = &vfio_cdev_mode,
};

FIXTURE_SETUP(users)
{
	const char *lacking = variant->mode->lacking(NULL);
	int i;

	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, slice_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	for (i = 0; i < USERS; i++) {
		snprintf(self->name[i], sizeof(self->name[i]), "u%d", i);
		ASSERT_EQ(0, slice_make(self->edu, self->name[i]));
		ASSERT_EQ(0, slice_set_live(self->edu, self->name[i], true));
	}
}

FIXTURE_TEARDOWN(users)
{
	int i;

	for (i = 0; i < USERS; i++)
		device_close(&self->user[i]);
	EXPECT_EQ(0, slice_teardown(self->edu));
}

static void start_dma(struct vfio_function *f, u64 src, u64 dst, u64 count, u32 flags)
{
	vfio_write64(f, 0, EDU_DMA_SRC, src);
	vfio_write64(f, 0, EDU_DMA_DST, dst);
	vfio_write64(f, 0, EDU_DMA_COUNT, count);
	vfio_write64(f, 0, EDU_DMA_CMD, EDU_DMA_RUN | flags);
}

/* Works it as ever, and no slower? */
static bool works(struct device_user *user)
{
	struct proof proof;
	u64 start = now_ms();
	int i;

	for (i = 0; i < WORK; i++)
		if (device_work(user, &proof))
			return false;
	if (now_ms() - start < NOT_STALLED_MS)
		return true;
	diag("it took %llu ms", now_ms() - start);
	return false;
}

/* Each has bytes of his own, and interrupts */
TEST_F(users, bytes_and_interrupts)
{
	u8 bytes[USERS][EDU_BUFFER_SIZE], seen[EDU_BUFFER_SIZE];
	char device[PCI_NAME_LEN];
	struct vfio_function f[USERS];
	struct vfio_buffer buf[USERS];
	struct vfio_irq irq[USERS];
	int i, j;

	for (i = 0; i < USERS; i++) {
		ASSERT_EQ(0, slice_device(self->edu, self->name[i], device, sizeof(device)));
		ASSERT_EQ(0, vfio_open(&f[i], device, variant->mode));
		vfio_dma_bits(&f[i], EDU_DMA_BITS);
		ASSERT_EQ(0, vfio_alloc(&f[i], EDU_BUFFER_SIZE, &buf[i]));
		ASSERT_EQ(0, vfio_irq_enable(&f[i], &irq[i], VFIO_PCI_MSI_IRQ_INDEX, 1));
		edu_random(bytes[i], EDU_BUFFER_SIZE);
		memcpy(buf[i].addr, bytes[i], EDU_BUFFER_SIZE);
	}
	for (i = 0; i < USERS; i++) {
		start_dma(&f[i], buf[i].iova, EDU_BUFFER, EDU_BUFFER_SIZE, EDU_DMA_INTERRUPT);
		EXPECT_EQ(1, vfio_irq_wait(&irq[i], 0, 5000));
		for (j = 0; j < USERS; j++)
			EXPECT_EQ(-ETIMEDOUT, vfio_irq_wait(&irq[j], 0, 0));
	}
	for (i = USERS; i--;) {
		memset(buf[i].addr, 0, EDU_BUFFER_SIZE);
		start_dma(&f[i], EDU_BUFFER, buf[i].iova, EDU_BUFFER_SIZE,
			  EDU_DMA_INTERRUPT | EDU_DMA_TO_MEMORY);
		EXPECT_EQ(1, vfio_irq_wait(&irq[i], 0, 5000));
		memcpy(seen, buf[i].addr, EDU_BUFFER_SIZE);
		EXPECT_EQ(0, memcmp(seen, bytes[i], EDU_BUFFER_SIZE));
		vfio_write32(&f[i], 0, EDU_IRQ_ACK, ~0);
	}
	/* Different factorials at the same time */
	for (i = 0; i < USERS; i++) {
		vfio_write32(&f[i], 0, EDU_STATUS, EDU_STATUS_IRQ);
		vfio_write32(&f[i], 0, EDU_FACTORIAL, 5 + i);
	}
	for (i = 0; i < USERS; i++) {
		EXPECT_EQ(1, vfio_irq_wait(&irq[i], 0, 5000));
		EXPECT_EQ(edu_factorial_expected(5 + i), vfio_read32(&f[i], 0, EDU_FACTORIAL));
		EXPECT_EQ(EDU_IRQ_FACTORIAL, vfio_read32(&f[i], 0, EDU_IRQ_STATUS));
	}
	EXPECT_EQ(0, edu_prove(self->edu));
	for (i = 0; i < USERS; i++) {
		vfio_irq_disable(&irq[i]);
		vfio_close(&f[i]);
	}
}

/* Who comes next finds nothing of who was there before, nor does who resets */
TEST_F(users, cleared)
{
	u8 zeros[EDU_BUFFER_SIZE] = {}, seen[EDU_BUFFER_SIZE];
	struct device_user *user = &self->user[0];
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, slice_open(user, self->edu, self->name[0], variant->mode));
		ASSERT_EQ(0, edu_peek(user, seen));
		EXPECT_EQ(0, memcmp(zeros, seen, sizeof(seen)));
		ASSERT_EQ(0, device_work(user, &self->proof));
		ASSERT_EQ(0, edu_peek(user, seen));
		EXPECT_NE(0, memcmp(zeros, seen, sizeof(seen)));
		device_close(user);
	}
	ASSERT_EQ(0, slice_open(user, self->edu, self->name[0], variant->mode));
	ASSERT_EQ(0, device_work(user, &self->proof));
	ASSERT_EQ(0, vfio_reset(&user->f));
	EXPECT_EQ(0, vfio_config_read(&user->f, PCI_COMMAND, 2));
	vfio_config_write(&user->f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT_EQ(0, vfio_read32(&user->f, 0, EDU_LIVENESS));
	EXPECT_EQ(0, vfio_read64(&user->f, 0, EDU_DMA_SRC));
	ASSERT_EQ(0, edu_peek(user, seen));
	EXPECT_EQ(0, memcmp(zeros, seen, sizeof(seen)));
}

/* As the hardware: no DMA without bus mastering, no registers without memory space */
TEST_F(users, command_register)
{
	struct device_user *user = &self->user[0];
	struct vfio_buffer buf;

	ASSERT_EQ(0, slice_open(user, self->edu, self->name[0], variant->mode));
	ASSERT_EQ(0, vfio_alloc(&user->f, 4096, &buf));
	memset(buf.addr, 0xa5, 4096);
	vfio_config_write(&user->f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	start_dma(&user->f, EDU_BUFFER, buf.iova, 4096, EDU_DMA_TO_MEMORY);
	EXPECT_EQ(0xa5, *(u8 *)buf.addr);
	vfio_config_write(&user->f, PCI_COMMAND, 2, 0);
	EXPECT_EQ(~0U, vfio_read32(&user->f, 0, EDU_ID));
	vfio_config_write(&user->f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	start_dma(&user->f, EDU_BUFFER, buf.iova, 4096, EDU_DMA_TO_MEMORY);
	EXPECT_EQ(0, *(u8 *)buf.addr);
	/* The size of BAR 0 */
	vfio_config_write(&user->f, PCI_BASE_ADDRESS_0, 4, ~0);
	EXPECT_EQ(0xfff00000, vfio_config_read(&user->f, PCI_BASE_ADDRESS_0, 4));
	EXPECT_NE(0, vfio_find_capability(&user->f, PCI_CAP_ID_MSI, 0));
}

/* Random accesses to all there is; most are none that a driver would do */
static void misbehave(struct vfio_function *f, u64 iova)
{
	const u64 addresses[] = {
		0, ~0ULL, iova, iova + 4090, EDU_BUFFER, EDU_BUFFER + 4095, EDU_BUFFER - 1,
		1ULL << 63, EDU_BUFFER + 4096,
	};
	const u64 counts[] = { 0, 1, 4096, 4097, 1ULL << 32, ~0ULL, 1 << 20 };
	unsigned int seed = getpid();

	for (;;) {
		vfio_write32(f, 0, EDU_FACTORIAL, ~0U - rand_r(&seed) % 3);
		vfio_write32(f, 0, EDU_STATUS, rand_r(&seed));
		vfio_write32(f, 0, EDU_IRQ_RAISE, rand_r(&seed));
		start_dma(f, addresses[rand_r(&seed) % ARRAY_SIZE(addresses)],
			  addresses[rand_r(&seed) % ARRAY_SIZE(addresses)],
			  counts[rand_r(&seed) % ARRAY_SIZE(counts)], rand_r(&seed) & 6);
		vfio_write64(f, 0, rand_r(&seed) % 0x100000 & ~7U, rand_r(&seed));
		vfio_read8(f, 0, rand_r(&seed) % 0x100000);
		vfio_config_write(f, 0x10 + rand_r(&seed) % 0xf0, 1, rand_r(&seed));
	}
}

enum hostile { RANDOM, DMA_FOREVER, UNMAPS, STALLS };

static void *keep_unmapping(void *arg)
{
	struct vfio_function *f = arg;
	struct vfio_buffer *buf = &f->buffers[VFIO_BUFFERS_MAX - 1];

	for (;;) {
		f->mode->unmap(f, buf->iova, buf->size);
		f->mode->map(f, buf->addr, buf->iova, buf->size);
	}
	return NULL;
}

static u64 map_unmapped_later(struct vfio_function *f)
{
	struct vfio_buffer *last = &f->buffers[VFIO_BUFFERS_MAX - 1];
	pthread_t thread;

	last->size = 4096;
	last->iova = 1 << 20;
	last->addr = mmap(NULL, last->size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	f->mode->map(f, last->addr, last->iova, last->size);
	if (pthread_create(&thread, NULL, keep_unmapping, f))
		_exit(1);
	return last->iova;
}

/* Memory that nobody will ever page in: 0 if this kernel has no such thing */
static u64 map_stalling(struct vfio_function *f)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	void *addr = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	reg.range.start = (unsigned long)addr;
	reg.range.len = 4096;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg) ||
	    f->mode->map(f, addr, 2 << 20, 4096))
		return 0;
	return 2 << 20;
}

#define LACKS 77

static void be_hostile(const char *device, const struct vfio_mode *mode, enum hostile how,
		       int ready)
{
	struct vfio_function f;
	struct vfio_buffer buf;
	u64 iova;

	if (vfio_open(&f, device, mode))
		_exit(1);
	vfio_dma_bits(&f, EDU_DMA_BITS);
	if (vfio_alloc(&f, 4096, &buf))
		_exit(1);
	iova = how == UNMAPS ? map_unmapped_later(&f) :
	       how == STALLS ? map_stalling(&f) : buf.iova;
	if (!iova)
		_exit(LACKS);
	if (write(ready, "", 1) != 1)
		_exit(1);
	if (how == RANDOM)
		misbehave(&f, iova);
	for (;;) {
		start_dma(&f, EDU_BUFFER, iova, 4096, EDU_DMA_TO_MEMORY);
		start_dma(&f, iova, EDU_BUFFER, 4096, 0);
	}
}

/* Somebody does that to slice 0, is killed, and slice 1 goes on as if nothing were */
static int endure(struct __test_metadata *_metadata, FIXTURE_DATA(users) *self,
		  const struct vfio_mode *mode, enum hostile how)
{
	char device[PCI_NAME_LEN];
	int ready[2], status, null;
	pid_t pid;
	char c;

	ASSERT_EQ(0, slice_open(&self->user[1], self->edu, self->name[1], mode));
	ASSERT_EQ(0, slice_device(self->edu, self->name[0], device, sizeof(device)));
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		/* It has much to say of what fails */
		null = open("/dev/null", O_WRONLY);
		dup2(null, 2);
		be_hostile(device, mode, how, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1) {
		waitpid(pid, &status, 0);
		close(ready[0]);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	close(ready[0]);
	sleep_ms(100);
	EXPECT_TRUE(works(&self->user[1]));
	EXPECT_EQ(0, edu_prove(self->edu));
	EXPECT_EQ(-EBUSY, slice_set_live(self->edu, self->name[0], false));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	EXPECT_EQ(0, slice_set_live(self->edu, self->name[0], false));
	EXPECT_EQ(0, slice_set_live(self->edu, self->name[0], true));
	ASSERT_EQ(0, slice_open(&self->user[0], self->edu, self->name[0], mode));
	EXPECT_EQ(0, device_work(&self->user[0], &self->proof));
	EXPECT_TRUE(works(&self->user[1]));
	return 0;
}

TEST_F_TIMEOUT(users, hostile_random, 200)
{
	EXPECT_EQ(0, endure(_metadata, self, variant->mode, RANDOM));
}

TEST_F_TIMEOUT(users, hostile_killed_in_dma, 200)
{
	EXPECT_EQ(0, endure(_metadata, self, variant->mode, DMA_FOREVER));
}

TEST_F_TIMEOUT(users, hostile_unmaps_in_dma, 200)
{
	EXPECT_EQ(0, endure(_metadata, self, variant->mode, UNMAPS));
}

TEST_F_TIMEOUT(users, hostile_stalls, 200)
{
	int ret = endure(_metadata, self, variant->mode, STALLS);

	if (ret == LACKS)
		SKIP(return, "this kernel has no userfaultfd, or pins what is mapped");
	EXPECT_EQ(0, ret);
}

TEST_HARNESS_MAIN
