/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of an 82576 virtual function, as a migration stream carries it from one to
 * another after the helpers' header: <linux/vfio_pci_migration_stream.h>.
 *
 * All of it is words, in this order, of a fixed length. A change is a new version: 1
 * had 48 messages, and 2 a header of its own.
 */
#ifndef _IGBVF_STATE_H_
#define _IGBVF_STATE_H_

#include <linux/types.h>

#define IGBVF_STATE_VERSION	3

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

const char *igbvf_state_check(const void *contents, size_t size);

#endif /* _IGBVF_STATE_H_ */
