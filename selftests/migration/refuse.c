// SPDX-License-Identifier: GPL-2.0
/*
 * What a migratable function refuses, and that it is in a defined state then: bad
 * streams, arcs that are none, files closed or kept at the wrong time, resets in
 * the middle.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "migration.h"
#include "module.h"
#include "personality.h"
#include "vf.h"

/* The stream's header, as drivers/vfio/pci/igbvf/stream.h has it */
#define AT_MAGIC	0
#define AT_VERSION	4
#define AT_LENGTH	8
#define AT_CHECKSUM	12
#define AT_DEVICE	18
#define AT_STATE	32

FIXTURE(refuse) {
	char vf[1][PCI_BDF_LEN];
	struct vfio_function f;
	struct proof proof;
	u8 good[MIGRATION_MAX];
	u8 bad[MIGRATION_MAX];
	ssize_t size;
};

FIXTURE_SETUP(refuse)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(1, self->vf));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
	self->size = migration_save(&self->f, self->good, sizeof(self->good));
	ASSERT_LT(AT_STATE, self->size);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	memcpy(self->bad, self->good, self->size);
}

/* Whatever it has gone through, a user who comes after it has a good function */
FIXTURE_TEARDOWN(refuse)
{
	vfio_close(&self->f);
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_EQ(0, vf_destroy());
}

/* CRC-32 of IEEE 802.3, over what follows the checksum */
static void fix_checksum(u8 *stream, size_t size)
{
	u32 crc = ~0u;
	size_t i;
	int bit;

	for (i = AT_CHECKSUM + 4; i < size; i++)
		for (crc ^= stream[i], bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	crc = ~crc;
	memcpy(stream + AT_CHECKSUM, &crc, sizeof(crc));
}

/* Refused with @error, nothing touched; a reset begins anew */
#define EXPECT_REFUSED(error, bytes) do {				\
	EXPECT_EQ(error, migration_load(&self->f, self->bad, bytes));	\
	EXPECT_EQ(VFIO_DEVICE_STATE_RESUMING, migration_get(&self->f));	\
	EXPECT_EQ(0, vfio_reset(&self->f));				\
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));	\
	memcpy(self->bad, self->good, self->size);			\
} while (0)

TEST_F(refuse, good_is_not_refused)
{
	fix_checksum(self->bad, self->size);
	EXPECT_EQ(0, memcmp(self->bad, self->good, self->size));
	EXPECT_EQ(0, migration_load(&self->f, self->good, self->size));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

TEST_F(refuse, cut_off)
{
	EXPECT_REFUSED(-EBADMSG, 0);
	EXPECT_REFUSED(-EBADMSG, 1);
	EXPECT_REFUSED(-EBADMSG, AT_STATE - 1);
	EXPECT_REFUSED(-EBADMSG, AT_STATE);
	EXPECT_REFUSED(-EBADMSG, self->size - 1);
}

TEST_F(refuse, too_long)
{
	int fd;

	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	EXPECT_EQ(self->size, write(fd, self->good, self->size));
	EXPECT_EQ(-1, write(fd, self->good, 1));
	EXPECT_EQ(EFBIG, errno);
	close(fd);
	/* What was accepted is whole */
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL));
}

TEST_F(refuse, damaged)
{
	int at;

	/* Each part of it */
	for (at = AT_STATE; at < self->size; at += 97) {
		self->bad[at] ^= 0x10;
		EXPECT_REFUSED(-EBADMSG, self->size);
	}
	self->bad[AT_CHECKSUM] ^= 1;
	EXPECT_REFUSED(-EBADMSG, self->size);
	self->bad[AT_LENGTH] ^= 4;
	EXPECT_REFUSED(-EBADMSG, self->size);
}

TEST_F(refuse, foreign)
{
	self->bad[AT_MAGIC] ^= 1;
	EXPECT_REFUSED(-EXDEV, self->size);
	/* An I350's */
	self->bad[AT_DEVICE] = 0x20;
	self->bad[AT_DEVICE + 1] = 0x15;
	fix_checksum(self->bad, self->size);
	EXPECT_REFUSED(-EXDEV, self->size);
}

TEST_F(refuse, future)
{
	self->bad[AT_VERSION]++;
	fix_checksum(self->bad, self->size);
	EXPECT_REFUSED(-EPROTONOSUPPORT, self->size);
}

/* Well-formed, with contents that cannot be: a receive ring's length */
TEST_F(refuse, nonsense)
{
	memset(self->bad + AT_STATE + 8, 0xff, 4);
	fix_checksum(self->bad, self->size);
	EXPECT_REFUSED(-EBADMSG, self->size);
}

/* A register that the device does not take: ERROR, until the reset */
TEST_F(refuse, fails_half_way)
{
	/* The ring's base must be aligned */
	memset(self->bad + AT_STATE, 0xff, 4);
	fix_checksum(self->bad, self->size);
	EXPECT_EQ(-EIO, migration_load(&self->f, self->bad, self->size));
	EXPECT_EQ(VFIO_DEVICE_STATE_ERROR, migration_get(&self->f));
	EXPECT_EQ(-EINVAL, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
}

TEST_F(refuse, arcs)
{
	EXPECT_EQ(-EINVAL, migration_set(&self->f, VFIO_DEVICE_STATE_ERROR, NULL));
	EXPECT_EQ(-EINVAL, migration_set(&self->f, VFIO_DEVICE_STATE_PRE_COPY, NULL));
	EXPECT_EQ(-EINVAL, migration_set(&self->f, 1000, NULL));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	/* Through STOP, which has no stream to take apart */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, NULL));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, NULL));
	EXPECT_EQ(-EBADMSG, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

/* The files outlive what they were for, and say so */
TEST_F(refuse, files)
{
	u8 byte;
	int fd;

	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	EXPECT_EQ(-1, write(fd, &byte, 1));
	EXPECT_EQ(-1, pread(fd, &byte, 1, 0));
	/* Left in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL));
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);

	/* Closed in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	close(fd);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));

	/* A reset in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	EXPECT_EQ(1, write(fd, self->good, 1));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(-1, write(fd, self->good, 1));
	EXPECT_EQ(ENODEV, errno);

	/* The function is closed before the file */
	vfio_close(&self->f);
	EXPECT_EQ(-1, write(fd, self->good, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
	ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
}

TEST_HARNESS_MAIN
