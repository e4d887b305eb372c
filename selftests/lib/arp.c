// SPDX-License-Identifier: GPL-2.0
/* An ARP request and its answer, see arp.h. */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <string.h>

#include "arp.h"

struct arp_frame {
	struct ether_header ether;
	struct ether_arp arp;
} __attribute__((packed));

#define OUR_ADDRESS "10.0.2.15"

static void fill_address(u8 *field, const char *address)
{
	struct in_addr in;

	inet_pton(AF_INET, address, &in);
	memcpy(field, &in, sizeof(in));
}

static bool is_address(const u8 *field, const char *address)
{
	u8 expected[sizeof(struct in_addr)];

	fill_address(expected, address);
	return !memcmp(field, expected, sizeof(expected));
}

void arp_request(void *frame, const u8 *mac)
{
	struct arp_frame f = {
		.ether.ether_type = htons(ETHERTYPE_ARP),
		.arp.ea_hdr = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETHERTYPE_IP),
			.ar_hln = ARP_MAC_LEN,
			.ar_pln = sizeof(struct in_addr),
			.ar_op = htons(ARPOP_REQUEST),
		},
	};

	memset(f.ether.ether_dhost, 0xff, ARP_MAC_LEN);
	memcpy(f.ether.ether_shost, mac, ARP_MAC_LEN);
	memcpy(f.arp.arp_sha, mac, ARP_MAC_LEN);
	fill_address(f.arp.arp_spa, OUR_ADDRESS);
	fill_address(f.arp.arp_tpa, ARP_GATEWAY);

	memset(frame, 0, ARP_FRAME_LEN);
	memcpy(frame, &f, sizeof(f));
}

bool arp_is_reply(const void *frame, size_t length, const u8 *mac,
		  u8 *gateway_mac)
{
	struct arp_frame f;

	if (length < sizeof(f))
		return false;
	memcpy(&f, frame, sizeof(f));
	if (f.ether.ether_type != htons(ETHERTYPE_ARP) ||
	    f.arp.ea_hdr.ar_op != htons(ARPOP_REPLY) ||
	    memcmp(f.ether.ether_dhost, mac, ARP_MAC_LEN) ||
	    memcmp(f.arp.arp_tha, mac, ARP_MAC_LEN) ||
	    !is_address(f.arp.arp_spa, ARP_GATEWAY))
		return false;
	memcpy(gateway_mac, f.arp.arp_sha, ARP_MAC_LEN);
	return true;
}
