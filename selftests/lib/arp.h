/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The packet that every NIC of the lab gets an answer to: an ARP request (RFC
 * 826) for 10.0.2.2, the gateway of QEMU's user networking.
 */
#ifndef LIB_ARP_H
#define LIB_ARP_H

#include "types.h"

#define ARP_MAC_LEN	6
#define ARP_FRAME_LEN	60	/* the least that Ethernet has, without its FCS */
#define ARP_GATEWAY	"10.0.2.2"

/* Fill @frame (ARP_FRAME_LEN bytes) with the request of the NIC @mac */
void arp_request(void *frame, const u8 *mac);

/* Is @frame the answer to it? Then @gateway_mac is who answered */
bool arp_is_reply(const void *frame, size_t length, const u8 *mac,
		  u8 *gateway_mac);

#endif /* LIB_ARP_H */
