// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: the migration stream, made from a driver's state, and taken
 * apart with distrust. The format is in <linux/vfio_pci_migration_stream.h>.
 *
 * May touch: nothing but its arguments. It compiles in user space as well, where
 * it is fuzzed: selftests/migration/fuzz.
 */
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <asm/byteorder.h>

#include "migration_stream.h"

/* The checksum covers what follows it, identity included */
#define CHECKED_FROM	offsetofend(struct vfio_pci_migration_header, checksum)

static u32 checksum(const u8 *stream, size_t length)
{
	return ~crc32_le(~0, stream + CHECKED_FROM, length - CHECKED_FROM);
}

/**
 * migration_stream_write() - make a stream
 * @us: the function it is from
 * @state: what it carries, in words
 * @size: of @state in bytes, a multiple of 4 and at most @us' size
 * @stream: gets a header and @size bytes
 *
 * Return: the stream's length in bytes.
 */
size_t migration_stream_write(const struct migration_peer *us, const u32 *state,
			      size_t size, u8 *stream)
{
	struct vfio_pci_migration_header header = {
		.magic = cpu_to_le32(VFIO_PCI_MIGRATION_MAGIC),
		.version = cpu_to_le32(VFIO_PCI_MIGRATION_VERSION),
		.length = cpu_to_le32(size),
		.vendor = cpu_to_le16(us->identity.vendor),
		.device = cpu_to_le16(us->identity.device),
		.subsystem_vendor = cpu_to_le16(us->identity.subsystem_vendor),
		.subsystem_device = cpu_to_le16(us->identity.subsystem_device),
		.revision = cpu_to_le32(us->identity.revision),
		.bar_size = cpu_to_le32(us->identity.size),
		.data_version = cpu_to_le32(us->data_version),
	};
	const size_t length = sizeof(header) + size;
	__le32 word;
	size_t i;

	memcpy(stream, &header, sizeof(header));
	for (i = 0; i < size / sizeof(word); i++) {
		word = cpu_to_le32(state[i]);
		memcpy(stream + sizeof(header) + i * sizeof(word), &word,
		       sizeof(word));
	}
	header.checksum = cpu_to_le32(checksum(stream, length));
	memcpy(stream, &header, sizeof(header));
	return length;
}

static bool is_peer(const struct vfio_pci_migration_header *header,
		    const struct migration_peer *us)
{
	return le16_to_cpu(header->vendor) == us->identity.vendor &&
	       le16_to_cpu(header->device) == us->identity.device &&
	       le16_to_cpu(header->subsystem_vendor) == us->identity.subsystem_vendor &&
	       le16_to_cpu(header->subsystem_device) == us->identity.subsystem_device &&
	       le32_to_cpu(header->revision) == us->identity.revision &&
	       le32_to_cpu(header->bar_size) == us->identity.size;
}

/**
 * migration_stream_begins() - does a stream begin like one for this function?
 * @us: the function
 * @stream: what arrived, at least its header
 * @length: gets what the whole stream will have, in bytes, unless there is an error
 * @reason: gets words for it after an error
 *
 * Return: 0; -EXDEV if it is of something else; -EPROTONOSUPPORT if it is of another
 * version; -EBADMSG if its length cannot be.
 */
int migration_stream_begins(const struct migration_peer *us, const u8 *stream,
			    size_t *length, const char **reason)
{
	struct vfio_pci_migration_header header;
	u32 size;

	memcpy(&header, stream, sizeof(header));
	*reason = "it is no stream of such a function";
	if (le32_to_cpu(header.magic) != VFIO_PCI_MIGRATION_MAGIC)
		return -EXDEV;
	*reason = "its header is of another version";
	if (le32_to_cpu(header.version) != VFIO_PCI_MIGRATION_VERSION)
		return -EPROTONOSUPPORT;
	*reason = "it is of a function that differs from this one";
	if (!is_peer(&header, us))
		return -EXDEV;
	*reason = "its state is of another version of the driver";
	if (le32_to_cpu(header.data_version) != us->data_version)
		return -EPROTONOSUPPORT;
	size = le32_to_cpu(header.length);
	*reason = "its length is none that a state can have";
	if (size < us->min_size || size > us->size || size % sizeof(u32))
		return -EBADMSG;
	*length = sizeof(header) + size;
	*reason = NULL;
	return 0;
}

/**
 * migration_stream_parse() - take a stream apart
 * @us: the function it is for
 * @stream: what arrived
 * @length: how much of it
 * @state: gets what it carries, at most @us' size; contents are undefined after an
 *	error
 * @reason: gets words for it after an error
 *
 * Return: 0; -EBADMSG if it is cut off, too long or damaged; what
 * migration_stream_begins() says of its header.
 */
int migration_stream_parse(const struct migration_peer *us, const u8 *stream,
			   size_t length, u32 *state, const char **reason)
{
	struct vfio_pci_migration_header header;
	size_t whole, i;
	__le32 word;
	int ret;

	*reason = "it is cut off";
	if (length < sizeof(header))
		return -EBADMSG;
	ret = migration_stream_begins(us, stream, &whole, reason);
	if (ret)
		return ret;
	*reason = "it is cut off, or more than one";
	if (length != whole)
		return -EBADMSG;
	*reason = "its checksum is wrong";
	memcpy(&header, stream, sizeof(header));
	if (le32_to_cpu(header.checksum) != checksum(stream, length))
		return -EBADMSG;

	for (i = 0; i < (length - sizeof(header)) / sizeof(word); i++) {
		memcpy(&word, stream + sizeof(header) + i * sizeof(word),
		       sizeof(word));
		state[i] = le32_to_cpu(word);
	}
	*reason = NULL;
	return 0;
}
