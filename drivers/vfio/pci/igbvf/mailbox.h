/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of a VF to its PF: which of them are state, and what is left of many.
 * The messages are an agreement between the drivers igb and igbvf.
 */
#ifndef _IGBVF_MAILBOX_H_
#define _IGBVF_MAILBOX_H_

#include <linux/types.h>

#include "state.h"

/* The first word: a type, what depends on it, and the PF's answer */
#define IGBVF_MSG_TYPE		0x0000ffff
#define IGBVF_MSG_INFO		0x00ff0000
#define IGBVF_MSG_ACK		0x80000000
#define IGBVF_MSG_NACK		0x40000000

#define IGBVF_MSG_RESET		0x01
#define IGBVF_MSG_MAC		0x02
#define  IGBVF_MSG_MAC_CLEAR	0x00010000	/* all filters */
#define  IGBVF_MSG_MAC_ADD	0x00020000	/* a filter */
#define IGBVF_MSG_MULTICAST	0x03
#define IGBVF_MSG_VLAN		0x04
#define  IGBVF_MSG_VLAN_ADD	0x00010000
#define  IGBVF_MSG_VLAN_ID	0x00000fff	/* in the second word */
#define IGBVF_MSG_LPE		0x05
#define IGBVF_MSG_PROMISC	0x06

bool igbvf_message_is_state(const u32 *message);
bool igbvf_message_is_filter(const u32 *message);
bool igbvf_message_clears_filters(const u32 *message);
bool igbvf_message_is_known(const struct igbvf_state *state, const u32 *message);
bool igbvf_message_record(struct igbvf_state *state, const u32 *message);

#endif /* _IGBVF_MAILBOX_H_ */
