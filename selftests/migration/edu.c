// SPDX-License-Identifier: GPL-2.0
/*
 * The reference driver's function is moved to another and back: its registers, a
 * factorial under way, an interrupt that is pending. What cannot be moved is not, and a
 * stream that is none for it changes nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "edu_fixture.h"
#include "edu_migrant.h"
#include "lab.h"
#include "migration.h"
#include "migration_stream.h"
#include "personality.h"
#include "wait.h"

#define COMPUTED_MS	120000
#define SILENCE_MS	300

/* Takes seconds, and is a multiple of 2^32 as all from 34! on: the result reads 0 */
#define LONG_FACTORIAL	0x60000000

/* The state in the stream, as drivers/vfio/pci/edu/edu_vfio.c has it */
struct edu_stream {
	struct vfio_pci_migration_header header;
	u32 argument, status, raised, liveness, src, dst, count;
};

/* A guest: the function that it has now, its interrupt, memory of either's */
FIXTURE(moved) {
	struct edu_fixture fixture;
	const char *bdf[2];
	struct edu_migrant m;
	struct edu_stream good;
	struct edu_stream bad;
	u8 bytes[EDU_BUFFER_SIZE];
};

/* Native, it was written to: then its buffer is cleared for who has it next */
static int with_a_clear_buffer(const char *bdf)
{
	int fd = edu_open(bdf);
	int ret = fd < 0 ? fd : edu_write(fd, "native", 6, 0);

	close(fd);
	return ret < 0 ? ret : personality_set(bdf, true);
}

static ssize_t save(struct vfio_function *f, struct edu_stream *stream)
{
	return migration_save(f, (u8 *)stream, sizeof(*stream));
}

FIXTURE_SETUP(moved)
{
	const char *lacking = edu_lacks();
	int i;

	if (lacking)
		SKIP(return, "%s", lacking);
	REQUIRE_LAB(&lab_edu);
	REQUIRE_LAB(&lab_edu2);
	self->bdf[0] = lab_edu.bdf;
	self->bdf[1] = lab_edu2.bdf;
	ASSERT_EQ(0, edu_setup(&self->fixture, 2));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, with_a_clear_buffer(self->bdf[i]));
		ASSERT_EQ(0, vfio_open(&self->m.f[i], self->bdf[i], &vfio_group_mode));
	}
	ASSERT_EQ(0, edu_migrant_begin(&self->m));
}

/* A factorial that goes on would keep the native driver waiting */
FIXTURE_TEARDOWN(moved)
{
	int i;

	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, wait_for(!(vfio_read32(&self->m.f[i], 0, EDU_STATUS) &
					EDU_STATUS_COMPUTING), COMPUTED_MS));
	edu_migrant_end(&self->m);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, edu_drive(self->bdf[i]));
		EXPECT_EQ(0, personality_set(self->bdf[i], false));
		EXPECT_EQ(0, edu_prove(self->bdf[i]));
	}
	EXPECT_EQ(0, edu_teardown(&self->fixture));
}

TEST_F_TIMEOUT(moved, offer, 120)
{
	EXPECT_EQ(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P,
		  migration_flags(self->m.at));
	EXPECT_EQ(sizeof(self->good), migration_data_size(self->m.at));
	EXPECT_EQ(sizeof(self->good), save(self->m.at, &self->good));
	EXPECT_EQ(NULL, self->m.at->bars[0].addr);
}

/* Who does not want it has a plain vfio_device: all is mapped, nothing is offered */
TEST_F_TIMEOUT(moved, not_wanted, 120)
{
	struct vfio_function plain;

	vfio_irq_disable(&self->m.irq);
	vfio_close(&self->m.f[0]);
	ASSERT_EQ(0, personality_set(self->bdf[0], false));
	ASSERT_EQ(0, pci_write(self->bdf[0], "vfio/migration", "0"));
	ASSERT_EQ(0, personality_set(self->bdf[0], true));
	ASSERT_EQ(0, vfio_open(&plain, self->bdf[0], &vfio_group_mode));
	EXPECT_EQ(-ENOTTY, migration_flags(&plain));
	EXPECT_NE(NULL, plain.bars[0].addr);
	vfio_write32(&plain, 0, EDU_LIVENESS, 0x42);
	EXPECT_EQ(~0x42u, vfio_read32(&plain, 0, EDU_LIVENESS));
	vfio_close(&plain);

	ASSERT_EQ(0, personality_set(self->bdf[0], false));
	ASSERT_EQ(0, pci_write(self->bdf[0], "vfio/migration", "1"));
	ASSERT_EQ(0, personality_set(self->bdf[0], true));
	ASSERT_EQ(0, vfio_open(&self->m.f[0], self->bdf[0], &vfio_group_mode));
	EXPECT_EQ(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P,
		  migration_flags(&self->m.f[0]));
	ASSERT_EQ(0, vfio_irq_enable(&self->m.f[0], &self->m.irq, VFIO_PCI_MSI_IRQ_INDEX, 1));
}

/* All that a guest has set and can see */
TEST_F_TIMEOUT(moved, back_and_forth, 200)
{
	static const u8 nothing[EDU_BUFFER_SIZE];
	u32 n, i;

	for (i = 0; i < 4; i++) {
		n = 5 + i;
		edu_migrant_set(&self->m, EDU_LIVENESS, 0x1234 + i);
		edu_migrant_set(&self->m, EDU_FACTORIAL, n);
		ASSERT_EQ(0, wait_for(!(edu_migrant_get(&self->m, EDU_STATUS) &
					EDU_STATUS_COMPUTING),
				      COMPUTED_MS));
		edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
		memset(self->m.memory.addr, 0xff, self->m.memory.size);
		ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));

		EXPECT_EQ(~(0x1234 + i), edu_migrant_get(&self->m, EDU_LIVENESS));
		EXPECT_EQ(edu_factorial_expected(n), edu_migrant_get(&self->m, EDU_FACTORIAL));
		EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_STATUS));
		EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_IRQ_STATUS));
		EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
		/* To where the guest has said it before it moved */
		edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY |
				       EDU_DMA_INTERRUPT);
		EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
		EXPECT_EQ(EDU_IRQ_DMA, edu_migrant_acknowledge(&self->m));
		vfio_barrier();
		EXPECT_EQ(0, memcmp(nothing, self->m.memory.addr, sizeof(nothing)));
	}
}

/*
 * So QEMU does it: its reset turns the destination off, and what the guest had written to
 * its configuration space comes after the stream, which has been loaded by then.
 */
TEST_F_TIMEOUT(moved, to_one_that_is_off, 120)
{
	struct vfio_function *to = &self->m.f[1];
	u32 command = vfio_config_read(to, PCI_COMMAND, 2);
	u32 value;

	edu_migrant_set(&self->m, EDU_LIVENESS, 0x5678);
	vfio_config_write(to, PCI_COMMAND, 2,
			  command & ~(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
	ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
	/* Whoever has turned it off does not reach it meanwhile */
	EXPECT_EQ(-1, pread(to->device, &value, sizeof(value),
			    to->bars[0].offset + EDU_LIVENESS));
	EXPECT_EQ(EIO, errno);
	vfio_config_write(to, PCI_COMMAND, 2, command);
	EXPECT_EQ(~0x5678u, edu_migrant_get(&self->m, EDU_LIVENESS));
	edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
	edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY | EDU_DMA_INTERRUPT);
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
}

/* It is computed where the guest gets to, and the guest hears of it there */
TEST_F_TIMEOUT(moved, factorial_under_way, 400)
{
	int i;

	for (i = 0; i < 2; i++) {
		edu_migrant_set(&self->m, EDU_STATUS, EDU_STATUS_IRQ);
		edu_migrant_set(&self->m, EDU_FACTORIAL, LONG_FACTORIAL);
		ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
		/* Or this has shown nothing */
		EXPECT_EQ(EDU_STATUS_IRQ | EDU_STATUS_COMPUTING, self->good.status);
		EXPECT_EQ(LONG_FACTORIAL, self->good.argument);
		EXPECT_EQ(1, edu_migrant_interrupt(&self->m, COMPUTED_MS));
		EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_FACTORIAL));
		EXPECT_EQ(EDU_STATUS_IRQ, edu_migrant_get(&self->m, EDU_STATUS));
		EXPECT_EQ(EDU_IRQ_FACTORIAL, edu_migrant_acknowledge(&self->m));
		EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
		/* Whoever left it behind may be at it still */
		ASSERT_EQ(0, wait_for(!(vfio_read32(&self->m.f[i], 0, EDU_STATUS) &
					EDU_STATUS_COMPUTING), COMPUTED_MS));
	}
}

/* A migration that was not: what was computed in silence is told afterwards */
TEST_F_TIMEOUT(moved, computed_in_silence, 300)
{
	edu_migrant_set(&self->m, EDU_STATUS, EDU_STATUS_IRQ);
	edu_migrant_set(&self->m, EDU_FACTORIAL, LONG_FACTORIAL);
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_STOP, NULL));
	EXPECT_NE(0, edu_migrant_get(&self->m, EDU_STATUS) & EDU_STATUS_COMPUTING);
	/* There and back once more: it is silent already */
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING_P2P, NULL));
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_STOP, NULL));
	ASSERT_EQ(0, wait_for(!(edu_migrant_get(&self->m, EDU_STATUS) & EDU_STATUS_COMPUTING),
			      COMPUTED_MS));
	EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	EXPECT_EQ(EDU_IRQ_FACTORIAL, edu_migrant_acknowledge(&self->m));
	EXPECT_EQ(EDU_STATUS_IRQ, edu_migrant_get(&self->m, EDU_STATUS));
	EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_FACTORIAL));
}

/* An interrupt that the guest had no time for comes again */
TEST_F_TIMEOUT(moved, pending_interrupt, 120)
{
	edu_migrant_set(&self->m, EDU_IRQ_RAISE, 0x20);
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	EXPECT_EQ(0x20, edu_migrant_acknowledge(&self->m));
	/* And not once more, when it goes back */
	ASSERT_EQ(0, edu_migrant_move(&self->m, &self->good, sizeof(self->good)));
	EXPECT_EQ(-ETIMEDOUT, edu_migrant_interrupt(&self->m, SILENCE_MS));
}

/* P2P comes when the memory is at rest, and nothing begins until it is left */
TEST_F_TIMEOUT(moved, transfer_under_way, 120)
{
	const u32 command = EDU_DMA_RUN | EDU_DMA_TO_MEMORY;
	u64 at = self->m.at->bars[0].offset + EDU_DMA_CMD;

	edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
	memset(self->m.memory.addr, 0xff, self->m.memory.size);
	edu_migrant_set(&self->m, EDU_DMA_CMD, command);
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING_P2P, NULL));
	EXPECT_EQ(0, ((u8 *)self->m.memory.addr)[EDU_BUFFER_SIZE - 1]);
	EXPECT_EQ(0, edu_migrant_get(&self->m, EDU_DMA_CMD) & EDU_DMA_RUN);

	memset(self->m.memory.addr, 0xff, self->m.memory.size);
	EXPECT_EQ(-1, pwrite(self->m.at->device, &command, sizeof(command), at));
	EXPECT_EQ(EBUSY, errno);
	sleep_ms(SILENCE_MS);
	EXPECT_EQ(0xff, ((u8 *)self->m.memory.addr)[EDU_BUFFER_SIZE - 1]);
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(sizeof(command), pwrite(self->m.at->device, &command, sizeof(command),
					  at));
	EXPECT_EQ(0, wait_for(!(edu_migrant_get(&self->m, EDU_DMA_CMD) & EDU_DMA_RUN),
			      EDU_INTERRUPT_MS));
	vfio_barrier();
	EXPECT_EQ(0, ((u8 *)self->m.memory.addr)[EDU_BUFFER_SIZE - 1]);
}

/*
 * The buffer cannot be read but by the device, into memory that is the guest's: who has
 * written to it stays, and goes on with what is in it. That ends with the user.
 */
TEST_F_TIMEOUT(moved, buffer_stays, 200)
{
	edu_random(self->bytes, sizeof(self->bytes));
	memcpy(self->m.memory.addr, self->bytes, sizeof(self->bytes));
	edu_migrant_aim(&self->m, self->m.memory.iova, EDU_BUFFER);
	edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_INTERRUPT);
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	EXPECT_EQ(EDU_IRQ_DMA, edu_migrant_acknowledge(&self->m));

	EXPECT_EQ(-EOPNOTSUPP, save(self->m.at, &self->good));
	EXPECT_EQ(VFIO_DEVICE_STATE_STOP, migration_get(self->m.at));
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	memset(self->m.memory.addr, 0, self->m.memory.size);
	edu_migrant_aim(&self->m, EDU_BUFFER, self->m.memory.iova);
	edu_migrant_set(&self->m, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY | EDU_DMA_INTERRUPT);
	EXPECT_EQ(1, edu_migrant_interrupt(&self->m, EDU_INTERRUPT_MS));
	vfio_barrier();
	EXPECT_EQ(0, memcmp(self->bytes, self->m.memory.addr, sizeof(self->bytes)));

	vfio_close(&self->m.f[1]);
	vfio_irq_disable(&self->m.irq);
	vfio_close(&self->m.f[0]);
	ASSERT_EQ(0, vfio_open(&self->m.f[0], self->bdf[0], &vfio_group_mode));
	EXPECT_EQ(sizeof(self->good), save(&self->m.f[0], &self->good));
	ASSERT_EQ(0, vfio_open(&self->m.f[1], self->bdf[1], &vfio_group_mode));
}

/*
 * Refused with @error by write() after @bytes: RESUMING still, until somebody opens it
 * anew, since edu has no reset; what it had it has still.
 */
#define EXPECT_REFUSED(error, bytes) do {				\
	struct vfio_function *to = &self->m.f[1];				\
									\
	vfio_write32(to, 0, EDU_LIVENESS, 0x5eed);			\
	EXPECT_EQ(error, migration_write(to, (u8 *)&self->bad, bytes));	\
	EXPECT_EQ(VFIO_DEVICE_STATE_RESUMING, migration_get(to));	\
	EXPECT_EQ((error) ?: -EBADMSG,					\
		  migration_set(to, VFIO_DEVICE_STATE_STOP, NULL));	\
	EXPECT_EQ(VFIO_DEVICE_STATE_RESUMING, migration_get(to));	\
	EXPECT_EQ(~0x5eedu, vfio_read32(to, 0, EDU_LIVENESS));		\
	vfio_close(to);							\
	ASSERT_EQ(0, vfio_open(to, self->bdf[1], &vfio_group_mode));	\
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(to));	\
	self->bad = self->good;						\
} while (0)

/* The same, with a checksum that is right */
#define EXPECT_SEALED_REFUSED(error) do {				\
	migration_stream_seal(&self->bad, sizeof(self->bad));		\
	EXPECT_REFUSED(error, sizeof(self->bad));			\
} while (0)

TEST_F_TIMEOUT(moved, refused, 300)
{
	edu_migrant_set(&self->m, EDU_LIVENESS, 0xabcd);
	ASSERT_EQ(sizeof(self->good), save(self->m.at, &self->good));
	ASSERT_EQ(0, migration_set(self->m.at, VFIO_DEVICE_STATE_RUNNING, NULL));
	self->bad = self->good;
	migration_stream_seal(&self->bad, sizeof(self->bad));
	ASSERT_EQ(0, memcmp(&self->bad, &self->good, sizeof(self->good)));

	/* Damaged, cut off */
	self->bad.argument ^= 1;
	EXPECT_REFUSED(-EBADMSG, sizeof(self->bad));
	EXPECT_REFUSED(0, sizeof(self->bad) - 1);
	EXPECT_REFUSED(0, sizeof(self->bad.header));
	/* Of another length than all have, and than there is */
	self->bad.header.length -= 4;
	EXPECT_SEALED_REFUSED(-EBADMSG);
	self->bad.header.length += 4;
	EXPECT_SEALED_REFUSED(-EBADMSG);
	self->bad.header.length = ~0u;
	EXPECT_REFUSED(-EBADMSG, sizeof(self->bad.header));
	/* Of another version: of the header, of the driver's state */
	self->bad.header.version++;
	EXPECT_SEALED_REFUSED(-EPROTONOSUPPORT);
	self->bad.header.data_version++;
	EXPECT_SEALED_REFUSED(-EPROTONOSUPPORT);
	/* Of something else */
	self->bad.header.magic ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.vendor ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.device ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.subsystem_vendor ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.subsystem_device ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.revision ^= 1;
	EXPECT_SEALED_REFUSED(-EXDEV);
	self->bad.header.bar_size ^= 0x1000;
	EXPECT_SEALED_REFUSED(-EXDEV);

	/* After all that, the good one is not */
	EXPECT_EQ(0, migration_load(&self->m.f[1], (u8 *)&self->good, sizeof(self->good)));
	EXPECT_EQ(~0xabcdu, vfio_read32(&self->m.f[1], 0, EDU_LIVENESS));
}

TEST_F_TIMEOUT(moved, too_long, 120)
{
	int fd;

	ASSERT_EQ(sizeof(self->good), save(self->m.at, &self->good));
	ASSERT_EQ(0, migration_set(&self->m.f[1], VFIO_DEVICE_STATE_RESUMING, &fd));
	EXPECT_EQ(sizeof(self->good), write(fd, &self->good, sizeof(self->good)));
	EXPECT_EQ(-1, write(fd, &self->good, 1));
	EXPECT_EQ(EFBIG, errno);
	close(fd);
	EXPECT_EQ(0, migration_set(&self->m.f[1], VFIO_DEVICE_STATE_RUNNING, NULL));
}

/* The revision that the guest sees is part of what it is */
TEST_F_TIMEOUT(moved, another_revision, 120)
{
	char revision[16];

	ASSERT_EQ(sizeof(self->good), save(self->m.at, &self->good));
	vfio_close(&self->m.f[1]);
	ASSERT_EQ(0, personality_set(self->bdf[1], false));
	ASSERT_LT(0, pci_read_line(self->bdf[1], "vfio/revision", revision,
				   sizeof(revision)));
	ASSERT_EQ(0, pci_write(self->bdf[1], "vfio/revision", "0"));
	ASSERT_EQ(0, personality_set(self->bdf[1], true));
	ASSERT_EQ(0, vfio_open(&self->m.f[1], self->bdf[1], &vfio_group_mode));
	EXPECT_EQ(0, vfio_config_read(&self->m.f[1], PCI_REVISION_ID, 1));
	EXPECT_EQ(-EXDEV, migration_write(&self->m.f[1], (u8 *)&self->good,
					  sizeof(self->good)));

	vfio_close(&self->m.f[1]);
	ASSERT_EQ(0, personality_set(self->bdf[1], false));
	ASSERT_EQ(0, pci_write(self->bdf[1], "vfio/revision", revision));
	ASSERT_EQ(0, personality_set(self->bdf[1], true));
	ASSERT_EQ(0, vfio_open(&self->m.f[1], self->bdf[1], &vfio_group_mode));
	EXPECT_EQ(0, migration_load(&self->m.f[1], (u8 *)&self->good, sizeof(self->good)));
}

TEST_HARNESS_MAIN
