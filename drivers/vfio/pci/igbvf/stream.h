/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of an 82576 virtual function, and the stream that carries it from one
 * to another.
 *
 * On the wire, little-endian: struct igbvf_stream_header, then the words of struct
 * igbvf_state in their order. Version 2 has a fixed length. A change of struct
 * igbvf_state is a new version: version 1 had 48 messages.
 */
#ifndef _IGBVF_STREAM_H_
#define _IGBVF_STREAM_H_

#include <linux/types.h>

#define IGBVF_STREAM_MAGIC	0x46564749	/* "IGVF" */
#define IGBVF_STREAM_VERSION	2

#define IGBVF_QUEUES		2
#define IGBVF_VECTORS		3
#define IGBVF_COUNTERS		9
#define IGBVF_MBX_WORDS		16

/*
 * What the PF was told: an address, multicasts, the length of frames, promiscuity,
 * and the most that igb has room for, 32 VLANs and 19 filters.
 */
#define IGBVF_MESSAGES		64

/* One queue's registers, named as in the datasheet */
struct igbvf_queue_state {
	u32 rdbal, rdbah, rdlen, srrctl, rdh, rdt, rxdctl;
	u32 tdbal, tdbah, tdlen, txctl, tdh, tdt, txdctl, tdwbal, tdwbah;
};

/**
 * struct igbvf_state - all that a function has, in words
 * @queue: its rings, as they were before they were stopped
 * @eitr: interrupt throttling
 * @ivar: vectors of the queues
 * @ivar_misc: vector of the mailbox
 * @eims: interrupts that are not masked
 * @eiac: those that acknowledge themselves
 * @eiam: those that mask themselves
 * @psrtype: packet split
 * @counters: statistics, as the user sees them
 * @mailbox: bits of V2PMAILBOX that were not read yet, and VFU
 * @memory: contents of the mailbox
 * @reset_done: the PF answered to the reset, and obeys
 * @asked: @memory is a message that the PF has not answered
 * @messages: how many of @message there are
 * @message: what the PF has to know, in the order to say it in
 */
struct igbvf_state {
	struct igbvf_queue_state queue[IGBVF_QUEUES];
	u32 eitr[IGBVF_VECTORS];
	u32 ivar;
	u32 ivar_misc;
	u32 eims;
	u32 eiac;
	u32 eiam;
	u32 psrtype;
	u32 counters[IGBVF_COUNTERS];
	u32 mailbox;
	u32 memory[IGBVF_MBX_WORDS];
	u32 reset_done;
	u32 asked;
	u32 messages;
	u32 message[IGBVF_MESSAGES][IGBVF_MBX_WORDS];
};

/* What makes a peer compatible */
struct igbvf_identity {
	u16 vendor;
	u16 device;
	u16 subsystem_vendor;
	u16 subsystem_device;
	u32 revision;
	u32 bar_size;
};

struct igbvf_stream_header {
	__le32 magic;
	__le32 version;
	__le32 length;		/* of all that follows this header */
	__le32 checksum;	/* CRC-32 of all that follows this member */
	__le16 vendor;
	__le16 device;
	__le16 subsystem_vendor;
	__le16 subsystem_device;
	__le32 revision;
	__le32 bar_size;
};

#define IGBVF_STATE_WORDS	(sizeof(struct igbvf_state) / sizeof(u32))
#define IGBVF_STREAM_SIZE	(sizeof(struct igbvf_stream_header) + \
				 IGBVF_STATE_WORDS * sizeof(__le32))

void igbvf_stream_write(const struct igbvf_state *state,
			const struct igbvf_identity *identity, u8 *stream);
int igbvf_stream_begins(const u8 *stream, const struct igbvf_identity *identity,
			const char **reason);
int igbvf_stream_parse(const u8 *stream, size_t length,
		       const struct igbvf_identity *identity,
		       struct igbvf_state *state, const char **reason);

#endif /* _IGBVF_STREAM_H_ */
