// SPDX-License-Identifier: GPL-2.0
/*
 * A slice of an edu is moved to another and back, as a monitor does it: its registers, its
 * buffer, a factorial that was not begun, an interrupt that was not told. While it is moved
 * it touches no memory; and what cannot be moved changes nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "edu_fixture.h"
#include "edu_migrant.h"
#include "migration.h"
#include "migration_stream.h"
#include "module.h"
#include "slice.h"
#include "wait.h"

#define SILENCE_MS	300

/* The stream, as drivers/vfio/pci/edu/slice_migration.c has it, of the largest buffer */
struct slice_stream {
	struct vfio_pci_migration_header header;
	u32 buffer_size, liveness, factorial, status, irq_status;
	u64 dma_src, dma_dst, dma_count, dma_cmd;
	u8 buffer[EDU_BUFFER_SIZE];
} __attribute__((packed));

static const char *const names[] = { "here", "there" };

/* A guest: the slice that it has now, its interrupt, memory of either's */
FIXTURE(moved) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	struct edu_migrant m;
	struct slice_stream good;
	struct slice_stream bad;
	u8 bytes[EDU_BUFFER_SIZE];
};

static int open_slice(FIXTURE_DATA(moved) *self, int i)
{
	char device[PCI_NAME_LEN];
	int ret = slice_device(self->edu, names[i], device, sizeof(device));

	if (!ret)
		ret = vfio_open(&self->m.f[i], device, &vfio_group_mode);
	if (!ret)
		vfio_config_write(&self->m.f[i], PCI_COMMAND, 2,
				  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return ret ? diag_error(ret, "%s", names[i]) : 0;
}

static int open_there_again(FIXTURE_DATA(moved) *self)
{
	int ret = open_slice(self, 1);

	return ret ?: vfio_group_mode.map(&self->m.f[1], self->m.memory.addr,
					  self->m.memory.iova, self->m.memory.size);
}

/* The buffer has @self->bytes from now on, and nothing else knows them */
static int fill_buffer(FIXTURE_DATA(moved) *self)
{
	edu_random(self->bytes, sizeof(self->bytes));
	memcpy(self->m.memory.addr, self->bytes, sizeof(self->bytes));
	edu_migrant_aim(&self->m, self->m.memory.iova, EDU_BUFFER);
	edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_INTERRUPT);
	memset(self->m.memory.addr, 0xff, self->m.memory.size);
	return edu_migrant_transferred(&self->m) ? 0 : -EIO;
}

static bool buffer_is_there(FIXTURE_DATA(moved) *self)
{
	edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
	edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY | EDU_DMA_INTERRUPT);
	return edu_migrant_transferred(&self->m) &&
	       !memcmp(self->m.memory.addr, self->bytes, sizeof(self->bytes));
}

static ssize_t save(FIXTURE_DATA(moved) *self)
{
	return migration_save(self->m.at, (u8 *)&self->good, sizeof(self->good));
}

FIXTURE_SETUP(moved)
{
	int i;

	ASSERT_EQ(0, slice_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, slice_make(self->edu, names[i]));
		ASSERT_EQ(0, slice_set_live(self->edu, names[i], true));
		ASSERT_EQ(0, open_slice(self, i));
	}
	ASSERT_EQ(0, edu_migrant_begin(&self->m));
}

FIXTURE_TEARDOWN(moved)
{
	edu_migrant_end(&self->m);
	EXPECT_EQ(0, edu_prove(self->edu));
	EXPECT_EQ(0, slice_teardown(self->edu));
}

TEST_F_TIMEOUT(moved, offer, 120)
{
	EXPECT_EQ(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P, migration_flags(self->m.at));
	EXPECT_EQ(sizeof(self->good), migration_data_size(self->m.at));
	EXPECT_EQ(sizeof(self->good), save(self));
}

/* All that a guest has set and can see, what only DMA reaches included */
TEST_F_TIMEOUT(moved, back_and_forth, 200)
{
	u32 n, i;

	for (i = 0; i < 4; i++) {
		n = 5 + i;
		edu_migrant_set(&self->m, EDU_LIVENESS, 0x1234 + i);
		edu_migrant_set(&self->m, EDU_FACTORIAL, n);
		ASSERT_EQ(0, wait_for(!(edu_migrant_get(&self->m, EDU_STATUS) &
					EDU_STATUS_COMPUTING),
				      EDU_INTERRUPT_MS));
		ASSERT_EQ(0, fill_buffer(self));
		ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));

		EXPECT_EQ(~(0x1234 + i), edu_migrant_get(&self->m, EDU_LIVENESS));
		EXPECT_EQ(edu_factorial_expected(n), edu_migrant_get(&self->m, EDU_FACTORIAL));
		EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_STATUS));
		EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_IRQ_STATUS));
		EXPECT_EQ(EDU_BUFFER, edu_migrant_get(&self->m, EDU_DMA_DST));
		EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
		EXPECT_TRUE(buffer_is_there(self));
	}
}

/* What was asked for and not begun is computed where the guest gets to, or where it stays */
TEST_F_TIMEOUT(moved, factorial_not_begun, 200)
{
	int i;

	for (i = 0; i < 3; i++) {
		edu_migrant_set(&self->m, EDU_STATUS, EDU_STATUS_IRQ);
		ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_STOP, NULL));
		edu_migrant_set(&self->m, EDU_FACTORIAL, 6 + i);
		EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
		EXPECT_EQ(EDU_STATUS_IRQ | EDU_STATUS_COMPUTING,
			  edu_migrant_get(&self->m, EDU_STATUS));
		ASSERT_EQ(0, i == 1 ? migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL) :
				      edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
		EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
		EXPECT_EQ(edu_factorial_expected(6 + i), edu_migrant_get(&self->m, EDU_FACTORIAL));
		EXPECT_EQ(EDU_STATUS_IRQ, edu_migrant_get(&self->m, EDU_STATUS));
		EXPECT_EQ(EDU_IRQ_FACTORIAL, edu_migrant_acknowledge(&self->m));
		EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
	}
}

/* An interrupt comes when the guest goes on, once, wherever that is */
TEST_F_TIMEOUT(moved, interrupt_not_told, 120)
{
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_STOP, NULL));
	edu_migrant_set(&self->m, EDU_IRQ_RAISE, 0x20);
	EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));

	ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	EXPECT_EQ(0x20, edu_migrant_acknowledge(&self->m));
	ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
	EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
}

/* From P2P on no memory is touched */
TEST_F_TIMEOUT(moved, no_transfer_meanwhile, 120)
{
	const u32 command = EDU_DMA_RUN | EDU_DMA_TO_MEMORY;
	u64 at = self->m.at->bars[0].offset + EDU_DMA_CMD;

	edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
	memset(self->m.memory.addr, 0xff, self->m.memory.size);
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING_P2P, NULL));
	EXPECT_EQ(-1, pwrite(self->m.at->device, &command, sizeof(command), at));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(0xff, ((u8 *)self->m.memory.addr)[0]);
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(sizeof(command), pwrite(self->m.at->device, &command, sizeof(command), at));
	EXPECT_EQ(0, ((u8 *)self->m.memory.addr)[0]);
}

/* Refused with @error by write(): RESUMING still, and nothing is other than it was */
#define EXPECT_REFUSED(error) do {					\
	struct vfio_function *to = &self->m.f[1];				\
									\
	migration_stream_seal(&self->bad, sizeof(self->bad));		\
	vfio_write32(to, 0, EDU_LIVENESS, 0x5eed);			\
	EXPECT_EQ(error, migration_write(to, (u8 *)&self->bad, sizeof(self->bad))); \
	EXPECT_EQ(VFIO_DEVICE_STATE_RESUMING, migration_get(to));	\
	EXPECT_EQ(~0x5eedu, vfio_read32(to, 0, EDU_LIVENESS));		\
	EXPECT_EQ(0, vfio_reset(to));					\
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(to));	\
	EXPECT_TRUE(is_reset(to));			\
	self->bad = self->good;						\
} while (0)

/* A reset is one of configuration space, too */
static bool is_reset(struct vfio_function *f)
{
	vfio_config_write(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return !vfio_read32(f, 0, EDU_LIVENESS);
}

TEST_F_TIMEOUT(moved, refused, 200)
{
	edu_migrant_set(&self->m, EDU_LIVENESS, 0xabcd);
	ASSERT_EQ(sizeof(self->good), save(self));
	self->bad = self->good;
	self->bad.buffer_size -= 8;
	EXPECT_REFUSED(-EBADMSG);
	self->bad.status |= 2;
	EXPECT_REFUSED(-EBADMSG);
	self->bad.dma_cmd |= EDU_DMA_RUN;
	EXPECT_REFUSED(-EBADMSG);
	/* Of an edu as a whole, and of a slice with another revision */
	self->bad.header.data_version = 1;
	EXPECT_REFUSED(-EPROTONOSUPPORT);
	self->bad.header.revision ^= 1;
	EXPECT_REFUSED(-EXDEV);

	EXPECT_EQ(0, migration_load(&self->m.f[1], (u8 *)&self->good, sizeof(self->good)));
	EXPECT_EQ(~0xabcdu, vfio_read32(&self->m.f[1], 0, EDU_LIVENESS));
}

/* The buffer is what was configured, and a stream is for no other */
TEST_F_TIMEOUT(moved, another_buffer_size, 120)
{
	vfio_close(&self->m.f[1]);
	ASSERT_EQ(0, slice_set_live(self->edu, names[1], false));
	ASSERT_EQ(0, slice_write(self->edu, names[1], "buffer_size", "64"));
	ASSERT_EQ(0, slice_set_live(self->edu, names[1], true));
	ASSERT_EQ(0, open_there_again(self));

	ASSERT_EQ(sizeof(self->good), save(self));
	EXPECT_EQ(-EBADMSG, migration_write(&self->m.f[1], (u8 *)&self->good,
					    sizeof(self->good)));
	ASSERT_EQ(0, vfio_reset(&self->m.f[1]));
	EXPECT_EQ(offsetof(struct slice_stream, buffer) + 64,
		  (size_t)migration_save(&self->m.f[1], (u8 *)&self->bad, sizeof(self->bad)));
}

/* Who holds a stream holds no slice with it: that can go, and its module when both have */
TEST_F_TIMEOUT(moved, stream_outlives_slice, 120)
{
	u8 byte;
	int fd;

	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	vfio_irq_disable(&self->m.irq);
	vfio_close(&self->m.f[0]);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(0, slice_set_live(self->edu, names[0], false));
	vfio_close(&self->m.f[1]);
	EXPECT_EQ(0, slice_set_live(self->edu, names[1], false));
	EXPECT_EQ(0, slice_remove(self->edu, names[0]));
	EXPECT_EQ(0, slice_remove(self->edu, names[1]));
	EXPECT_EQ(-EAGAIN, module_unload(SLICE_MODULE));
	close(fd);
}

TEST_HARNESS_MAIN
