// SPDX-License-Identifier: GPL-2.0
/*
 * The migration stream: made from a state, and taken apart with distrust. See
 * stream.h for the format.
 *
 * May touch: nothing but its arguments. It compiles in user space as well, where
 * it is fuzzed: selftests/migration/fuzz.
 */
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <asm/byteorder.h>

#include "mailbox.h"
#include "stream.h"

/* The checksum covers what follows it, identity included */
#define CHECKED_FROM	offsetofend(struct igbvf_stream_header, checksum)

static u32 checksum(const u8 *stream, size_t length)
{
	return ~crc32_le(~0, stream + CHECKED_FROM, length - CHECKED_FROM);
}

/**
 * igbvf_stream_write() - make a stream
 * @state: what it carries
 * @identity: of the function it is from
 * @stream: gets IGBVF_STREAM_SIZE bytes
 */
void igbvf_stream_write(const struct igbvf_state *state,
			const struct igbvf_identity *identity, u8 *stream)
{
	struct igbvf_stream_header header = {
		.magic = cpu_to_le32(IGBVF_STREAM_MAGIC),
		.version = cpu_to_le32(IGBVF_STREAM_VERSION),
		.length = cpu_to_le32(IGBVF_STREAM_SIZE - sizeof(header)),
		.vendor = cpu_to_le16(identity->vendor),
		.device = cpu_to_le16(identity->device),
		.subsystem_vendor = cpu_to_le16(identity->subsystem_vendor),
		.subsystem_device = cpu_to_le16(identity->subsystem_device),
		.revision = cpu_to_le32(identity->revision),
		.bar_size = cpu_to_le32(identity->bar_size),
	};
	const u32 *words = (const u32 *)state;
	__le32 word;
	size_t i;

	memcpy(stream, &header, sizeof(header));
	for (i = 0; i < IGBVF_STATE_WORDS; i++) {
		word = cpu_to_le32(words[i]);
		memcpy(stream + sizeof(header) + i * sizeof(word), &word,
		       sizeof(word));
	}
	header.checksum = cpu_to_le32(checksum(stream, IGBVF_STREAM_SIZE));
	memcpy(stream, &header, sizeof(header));
}

static bool is_peer(const struct igbvf_stream_header *header,
		    const struct igbvf_identity *us)
{
	return le16_to_cpu(header->vendor) == us->vendor &&
	       le16_to_cpu(header->device) == us->device &&
	       le16_to_cpu(header->subsystem_vendor) == us->subsystem_vendor &&
	       le16_to_cpu(header->subsystem_device) == us->subsystem_device &&
	       le32_to_cpu(header->revision) == us->revision &&
	       le32_to_cpu(header->bar_size) == us->bar_size;
}

/*
 * A ring's registers hold no more than the hardware has bits for, which are more
 * than the datasheet wants used. What the ring's memory is, is the IOMMU's to judge:
 * the user could have written it itself.
 */
static bool is_ring(u32 length, u32 head, u32 tail)
{
	return !(length & ~0xffff0u) && head <= 0xffff && tail <= 0xffff;
}

static const char *find_nonsense(const struct igbvf_state *state)
{
	const struct igbvf_queue_state *q;
	u32 i;

	for (q = state->queue; q < state->queue + IGBVF_QUEUES; q++)
		if (!is_ring(q->rdlen, q->rdh, q->rdt) ||
		    !is_ring(q->tdlen, q->tdh, q->tdt))
			return "it has a ring that cannot be";
	if (state->reset_done > 1 || state->asked > 1)
		return "a flag in it is none";
	if (state->messages > IGBVF_MESSAGES)
		return "it has more messages than fit";
	if (state->messages && !state->reset_done)
		return "it has messages for a PF that knows of no reset";
	for (i = 0; i < state->messages; i++)
		if (!igbvf_message_is_state(state->message[i]))
			return "it has a message that is no state";
	return NULL;
}

/**
 * igbvf_stream_begins() - does a stream begin like one for this function?
 * @stream: what arrived, at least its header
 * @identity: of the function it is for
 * @reason: gets words for it after an error
 *
 * Return: 0; -EXDEV if it is of something else; -EPROTONOSUPPORT if it is of another
 * version; -EBADMSG if it will be cut off or too long.
 */
int igbvf_stream_begins(const u8 *stream, const struct igbvf_identity *identity,
			const char **reason)
{
	struct igbvf_stream_header header;

	memcpy(&header, stream, sizeof(header));
	*reason = "it is not of an 82576 virtual function";
	if (le32_to_cpu(header.magic) != IGBVF_STREAM_MAGIC)
		return -EXDEV;
	*reason = "it is of another version of igbvf-vfio";
	if (le32_to_cpu(header.version) != IGBVF_STREAM_VERSION)
		return -EPROTONOSUPPORT;
	*reason = "its length is not that of its version";
	if (le32_to_cpu(header.length) != IGBVF_STREAM_SIZE - sizeof(header))
		return -EBADMSG;
	*reason = "it is of a function that differs from this one";
	if (!is_peer(&header, identity))
		return -EXDEV;
	*reason = NULL;
	return 0;
}

/**
 * igbvf_stream_parse() - take a stream apart
 * @stream: what arrived
 * @length: how much of it
 * @identity: of the function it is for
 * @state: gets what it carries; contents are undefined after an error
 * @reason: gets words for it after an error
 *
 * Return: 0; -EBADMSG if it is cut off, too long, damaged or makes no sense; what
 * igbvf_stream_begins() says of its header.
 */
int igbvf_stream_parse(const u8 *stream, size_t length,
		       const struct igbvf_identity *identity,
		       struct igbvf_state *state, const char **reason)
{
	struct igbvf_stream_header header;
	u32 *words = (u32 *)state;
	__le32 word;
	size_t i;
	int ret;

	*reason = "it is cut off";
	if (length < sizeof(header))
		return -EBADMSG;
	ret = igbvf_stream_begins(stream, identity, reason);
	if (ret)
		return ret;
	*reason = "it is cut off, or more than one";
	if (length != IGBVF_STREAM_SIZE)
		return -EBADMSG;
	*reason = "its checksum is wrong";
	memcpy(&header, stream, sizeof(header));
	if (le32_to_cpu(header.checksum) != checksum(stream, length))
		return -EBADMSG;

	for (i = 0; i < IGBVF_STATE_WORDS; i++) {
		memcpy(&word, stream + sizeof(header) + i * sizeof(word),
		       sizeof(word));
		words[i] = le32_to_cpu(word);
	}
	*reason = find_nonsense(state);
	return *reason ? -EBADMSG : 0;
}
