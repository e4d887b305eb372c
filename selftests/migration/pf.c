// SPDX-License-Identifier: GPL-2.0
/*
 * What a PF knows of a guest's function goes with it: VLANs, groups, the length of
 * frames, each shown by frames that arrive, and that did not before; what it knows
 * no more does not. An address that the administrator has set, and a migration in
 * the middle of a message.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/igbvf.h"
#include "file.h"
#include "igbvf_guest.h"
#include "igbvf_stream.h"
#include "lab.h"
#include "migration.h"
#include "module.h"
#include "personality.h"
#include "shell.h"
#include "traffic.h"
#include "vf.h"
#include "wait.h"

#define ARRIVE_MS	60000
#define LENGTH		500
#define LARGE		1600	/* more than fits without VF_SET_LPE, in one buffer */

#define VF_SET_MAC_ADDR	0x02
#define VF_CLEAR_FILTERS (0x02 | 1 << 16)
#define VF_ADD_FILTER	(0x02 | 2 << 16)
#define VF_SET_MULTICAST(hashes)  (0x03 | (hashes) << 16)
#define VF_SET_VLAN_DEL	0x04
#define VF_SET_VLAN_ADD	(0x04 | 1 << 16)
#define VF_SET_LPE	0x05
#define VF_SET_PROMISC_MULTICAST  (0x06 | 2 << 16)

static const u8 group[] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static const u8 any_group[] = { 0x01, 0x00, 0x5e, 0x0a, 0x0b, 0x0c };

/* How a group's address is hashed: twelve of its last sixteen bits */
#define GROUP_HASH	(group[4] >> 4 | group[5] << 4)

FIXTURE(pf) {
	char vf[2][PCI_BDF_LEN];
	struct vfio_function f[2];
	char pf[PCI_NAME_LEN];
	struct traffic_peer peer;
	struct traffic_peer vlan_peer;
	struct guest guest;
	struct igbvf_stream stream;
	u32 seq;
};

/* When it comes up, igb greets each VF, in the place where its answers come */
static bool link_is_up(const char *netdev)
{
	char path[128], carrier[8];

	snprintf(path, sizeof(path), "/sys/class/net/%s/carrier", netdev);
	return file_read_line(path, carrier, sizeof(carrier)) > 0 &&
	       !strcmp(carrier, "1");
}

FIXTURE_SETUP(pf)
{
	int i;

	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(2, self->vf));
	ASSERT_EQ(0, pci_netdev(lab_igb.bdf, self->pf, sizeof(self->pf)));
	ASSERT_EQ(0, shell("ip link set %s mtu 2000", self->pf));
	ASSERT_EQ(0, wait_for(link_is_up(self->pf), ARRIVE_MS));
	ASSERT_EQ(0, shell("ip link add link %s name pf.5 type vlan id 5", self->pf));
	net_quiet("pf.5");
	ASSERT_EQ(0, shell("ip link set pf.5 up"));
	ASSERT_EQ(0, traffic_open(&self->peer, self->pf));
	ASSERT_EQ(0, traffic_open(&self->vlan_peer, "pf.5"));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, personality_set(self->vf[i], true));
		ASSERT_EQ(0, vfio_open(&self->f[i], self->vf[i],
				       &vfio_group_mode));
	}
	ASSERT_EQ(0, guest_start(&self->guest, &self->f[0]));
	ASSERT_EQ(0, guest_map(&self->guest, &self->f[1]));
}

FIXTURE_TEARDOWN(pf)
{
	vfio_irq_disable(&self->guest.irq);
	vfio_close(&self->f[1]);
	vfio_close(&self->f[0]);
	traffic_close(&self->vlan_peer);
	traffic_close(&self->peer);
	shell("ip link del pf.5");
	shell("ip link set %s mtu 1500", self->pf);
	EXPECT_EQ(0, vf_destroy());
}

#define ARRIVES(from, to, length) \
	guest_hears(&self->guest, from, to, length, &self->peer, &self->seq)

/* Each needs the PF to know something */
#define EXPECT_ARRIVALS(count) do {					\
	EXPECT_EQ(count, ARRIVES(&self->vlan_peer, self->guest.mac, LENGTH)); \
	EXPECT_EQ(count, ARRIVES(&self->peer, group, LENGTH));		\
	EXPECT_EQ(count, ARRIVES(&self->peer, self->guest.mac, LARGE));	\
} while (0)

static int tell_both(struct vfio_function *f, u32 what, u32 first, u32 second)
{
	u32 message[IGBVF_MSG_WORDS] = { what, first, second };
	int ret = igbvf_ask_pf(f, message);

	return ret ?: message[0] & IGBVF_MSG_ACK ? 0 : -EPERM;
}

static int tell(struct vfio_function *f, u32 what, u32 argument)
{
	return tell_both(f, what, argument, 0);
}

/* There and back: what is said again at the one is said again at the other, too */
#define ASSERT_MOVES(to) do {						\
	struct vfio_function *__from = self->guest.f;			\
									\
	ASSERT_EQ(0, guest_migrate(&self->guest, to, NULL));		\
	ASSERT_EQ(0, vfio_reset(__from));				\
} while (0)

TEST_F_TIMEOUT(pf, is_told_again, 250)
{
	ASSERT_EQ(0, guest_await_link(&self->guest, &self->peer));
	EXPECT_ARRIVALS(0);
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_VLAN_ADD, 5));
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_MULTICAST(1), GROUP_HASH));
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_LPE, 2000));
	EXPECT_ARRIVALS(1);

	ASSERT_MOVES(&self->f[1]);
	EXPECT_ARRIVALS(1);
	ASSERT_MOVES(&self->f[0]);
	EXPECT_ARRIVALS(1);
}

/* Of another address of the guest's. igb wants to see one even if it is to clear all */
static int tell_filter(struct vfio_function *f, u32 what, u8 number)
{
	const u8 mac[] = { 0x02, 0x00, 0x00, 0x00, 0x01, number };
	u32 low;

	memcpy(&low, mac, sizeof(low));
	return tell_both(f, what, low, mac[4] | mac[5] << 8);
}

/* By a VLAN, and by two more addresses */
#define EXPECT_FOUND(count) do {					\
	EXPECT_EQ(count, ARRIVES(&self->vlan_peer, self->guest.mac, LENGTH)); \
	EXPECT_EQ(count, ARRIVES(&self->peer, second, LENGTH));		\
	EXPECT_EQ(count, ARRIVES(&self->peer, third, LENGTH));		\
} while (0)

/* What was said and then unsaid is not said to the next; what stands beside it is */
TEST_F_TIMEOUT(pf, is_not_told_what_is_void, 250)
{
	const u8 second[] = { 0x02, 0x00, 0x00, 0x00, 0x01, 2 };
	const u8 third[] = { 0x02, 0x00, 0x00, 0x00, 0x01, 3 };

	ASSERT_EQ(0, guest_await_link(&self->guest, &self->peer));
	EXPECT_FOUND(0);
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_VLAN_ADD, 5));
	ASSERT_EQ(0, tell_filter(&self->f[0], VF_ADD_FILTER, 2));
	ASSERT_EQ(0, tell_filter(&self->f[0], VF_ADD_FILTER, 3));
	EXPECT_FOUND(1);
	/* Of a VLAN's number a PF sees no more than twelve bits */
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_VLAN_DEL, 0x1005));
	ASSERT_EQ(0, tell_filter(&self->f[0], VF_CLEAR_FILTERS, 2));
	EXPECT_FOUND(0);
	ASSERT_MOVES(&self->f[1]);
	EXPECT_FOUND(0);

	/* Whatever it is that is not 0, it adds */
	ASSERT_EQ(0, tell(&self->f[1], VF_SET_VLAN_DEL | 3 << 16, 0xf005));
	ASSERT_EQ(0, tell(&self->f[1], VF_SET_VLAN_ADD, 6));
	ASSERT_EQ(0, tell(&self->f[1], VF_SET_VLAN_DEL, 6));
	ASSERT_EQ(0, tell_filter(&self->f[1], VF_ADD_FILTER, 2));
	ASSERT_EQ(0, tell_filter(&self->f[1], VF_ADD_FILTER, 3));
	ASSERT_MOVES(&self->f[0]);
	EXPECT_FOUND(1);
}

/* As much as the PF has room for, some of it over and over: all goes along */
TEST_F_TIMEOUT(pf, is_told_as_much_as_it_holds, 400)
{
	const u8 second[] = { 0x02, 0x00, 0x00, 0x00, 0x01, 2 };
	struct guest *guest = &self->guest;
	u32 filters = 0, vlans = 0;
	u32 i;

	ASSERT_EQ(0, guest_await_link(guest, &self->peer));
	for (i = 1; i < 16; i++)
		ASSERT_EQ(0, tell(guest->f, VF_SET_VLAN_ADD, i << 12 | 5));
	while (!tell_filter(guest->f, VF_ADD_FILTER, filters))
		ASSERT_GT(IGBVF_MESSAGES, ++filters);
	while (!tell(guest->f, VF_SET_VLAN_ADD, 100 + vlans))
		ASSERT_GT(IGBVF_MESSAGES, ++vlans);
	ASSERT_EQ(0, tell(guest->f, VF_SET_LPE, 2000));
	ASSERT_EQ(0, tell(guest->f, VF_SET_MULTICAST(1), GROUP_HASH));
	EXPECT_LT(0, filters);
	EXPECT_LT(0, vlans);

	ASSERT_EQ(sizeof(self->stream),
		  migration_save(guest->f, (u8 *)&self->stream,
				 sizeof(self->stream)));
	/* Beside these: an address, a VLAN, the length of frames, a group */
	EXPECT_EQ(filters + vlans + 4, self->stream.state.messages);
	ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_ARRIVALS(1);

	/* The PF has no room for two such functions: give up what the other will have */
	ASSERT_EQ(0, tell_filter(guest->f, VF_CLEAR_FILTERS, 2));
	ASSERT_EQ(0, tell_filter(guest->f, VF_ADD_FILTER, 2));
	ASSERT_MOVES(&self->f[1]);
	EXPECT_ARRIVALS(1);
	EXPECT_EQ(1, ARRIVES(&self->peer, second, LENGTH));
}

/* No move leaves anything with the PF, which has room for few addresses */
TEST_F_TIMEOUT(pf, is_told_of_an_address_over_and_over, 400)
{
	const u8 second[] = { 0x02, 0x00, 0x00, 0x00, 0x01, 2 };
	int i;

	ASSERT_EQ(0, guest_await_link(&self->guest, &self->peer));
	ASSERT_EQ(0, tell_filter(&self->f[0], VF_ADD_FILTER, 2));
	for (i = 1; i <= 20; i++)
		ASSERT_MOVES(&self->f[i % 2]);
	EXPECT_EQ(1, ARRIVES(&self->peer, second, LENGTH));
}

/*
 * The PF gives an address to who asks for it last. That was the destination, which is
 * refused something else then: the guest has it where it stays.
 */
TEST_F_TIMEOUT(pf, has_given_an_address_away, 250)
{
	const u8 second[] = { 0x02, 0x00, 0x00, 0x00, 0x01, 2 };
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, guest_await_link(guest, &self->peer));
	ASSERT_EQ(0, tell_filter(guest->f, VF_ADD_FILTER, 2));
	ASSERT_EQ(0, tell(guest->f, VF_SET_VLAN_ADD, 5));
	EXPECT_EQ(1, ARRIVES(&self->peer, second, LENGTH));

	ASSERT_EQ(0, shell("ip link set %s vf 1 vlan 7", self->pf));
	EXPECT_EQ(-EPERM, guest_migrate(guest, &self->f[1], NULL));
	ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(1, ARRIVES(&self->peer, second, LENGTH));
	EXPECT_EQ(1, ARRIVES(&self->vlan_peer, guest->mac, LENGTH));

	/* Whoever has the destination next has nothing of it, nor takes it away */
	vfio_close(&self->f[1]);
	ASSERT_EQ(0, vfio_open(&self->f[1], self->vf[1], &vfio_group_mode));
	EXPECT_EQ(1, ARRIVES(&self->peer, second, LENGTH));
}

/*
 * All groups shall arrive. QEMU 10.0 does not know of that, and its PF looks at no
 * single groups any more: none arrives. Either way it is the same after a move,
 * and not what it was without the message.
 */
TEST_F_TIMEOUT(pf, is_told_of_all_groups, 250)
{
	int one, any;

	ASSERT_EQ(0, guest_await_link(&self->guest, &self->peer));
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_MULTICAST(1), GROUP_HASH));
	EXPECT_EQ(1, ARRIVES(&self->peer, group, LENGTH));
	EXPECT_EQ(0, ARRIVES(&self->peer, any_group, LENGTH));
	ASSERT_EQ(0, tell(&self->f[0], VF_SET_PROMISC_MULTICAST, 0));
	one = ARRIVES(&self->peer, group, LENGTH);
	any = ARRIVES(&self->peer, any_group, LENGTH);
	ASSERT_EQ(one, any);

	ASSERT_MOVES(&self->f[1]);
	EXPECT_EQ(one, ARRIVES(&self->peer, group, LENGTH));
	EXPECT_EQ(any, ARRIVES(&self->peer, any_group, LENGTH));
}

/* As iproute2 writes it; valid until the next call */
static const char *mac_text(const u8 *mac)
{
	static char text[18];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
		 mac[1], mac[2], mac[3], mac[4], mac[5]);
	return text;
}

/*
 * Another than the guest's: it stays where it is. The guest's own: it moves. A no comes
 * of the last write(): when QEMU changes the state, the source has given the guest up.
 */
TEST_F_TIMEOUT(pf, has_an_address_for_it, 250)
{
	struct guest *guest = &self->guest;

	ASSERT_EQ(0, guest_await_link(guest, &self->peer));
	ASSERT_EQ(0, shell("ip link set %s vf 1 mac 02:00:00:00:00:17", self->pf));
	ASSERT_EQ(sizeof(self->stream),
		  migration_save(guest->f, (u8 *)&self->stream,
				 sizeof(self->stream)));
	EXPECT_EQ(-EPERM, migration_write(&self->f[1], (u8 *)&self->stream,
					  sizeof(self->stream)));
	EXPECT_EQ(VFIO_DEVICE_STATE_ERROR, migration_get(&self->f[1]));
	ASSERT_EQ(0, vfio_reset(&self->f[1]));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f[1]));
	ASSERT_EQ(0, migration_set(&self->f[0], VFIO_DEVICE_STATE_RUNNING, NULL));
	ASSERT_EQ(0, guest_await_link(guest, &self->peer));

	ASSERT_EQ(0, shell("ip link set %s vf 1 mac %s", self->pf,
			   mac_text(guest->mac)));
	ASSERT_MOVES(&self->f[1]);
	ASSERT_EQ(0, guest_await_link(guest, &self->peer));

	/* From an address that is the administrator's to another that is, too */
	ASSERT_EQ(0, shell("ip link set %s vf 0 mac %s", self->pf,
			   mac_text(guest->mac)));
	ASSERT_MOVES(&self->f[0]);
	ASSERT_EQ(0, guest_await_link(guest, &self->peer));
}

static u32 mailbox(struct guest *guest)
{
	return guest_register(guest, IGBVF_V2PMAILBOX);
}

static void write_message(struct guest *guest, const u32 *message, int from, int to)
{
	for (; from < to; from++)
		vfio_write32(guest->f, 0, IGBVF_VMBMEM(from), message[from]);
}

/* The answer arrives, in the guest's view: it is yes */
#define EXPECT_ANSWERED(what) do {					\
	EXPECT_EQ(0, wait_for(mailbox(&self->guest) & IGBVF_MBX_PFSTS,	\
			      ARRIVE_MS));				\
	EXPECT_EQ((what) | IGBVF_MSG_ACK | IGBVF_MSG_CTS,		\
		  guest_register(&self->guest, IGBVF_VMBMEM(0)));	\
	vfio_write32(self->guest.f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_ACK); \
} while (0)

static int own_mailbox(struct guest *guest)
{
	return wait_for(({
		vfio_write32(guest->f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_VFU);
		mailbox(guest) & IGBVF_MBX_VFU;
	}), ARRIVE_MS);
}

/* A message that sets an address, which the PF shows when it has done so */
static void set_mac(u32 *message, const u8 *mac)
{
	message[0] = VF_SET_MAC_ADDR;
	memcpy(message + 1, mac, TRAFFIC_MAC_LEN);
}

TEST_F_TIMEOUT(pf, hears_half_a_message, 250)
{
	u32 message[IGBVF_MSG_WORDS] = {};
	struct guest *guest = &self->guest;

	set_mac(message, guest->mac);
	ASSERT_EQ(0, own_mailbox(guest));
	write_message(guest, message, 0, 2);
	ASSERT_MOVES(&self->f[1]);

	EXPECT_TRUE(mailbox(guest) & IGBVF_MBX_VFU);
	EXPECT_EQ(message[0], guest_register(guest, IGBVF_VMBMEM(0)));
	EXPECT_EQ(message[1], guest_register(guest, IGBVF_VMBMEM(1)));
	write_message(guest, message, 2, IGBVF_MSG_WORDS);
	vfio_write32(guest->f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_REQ);
	EXPECT_ANSWERED(VF_SET_MAC_ADDR);
	EXPECT_EQ(0, guest_await_link(guest, &self->peer));
}

/* The PF has answered, the guest has not looked: it finds the answer elsewhere */
TEST_F_TIMEOUT(pf, has_answered, 250)
{
	const u8 mac[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x42 };
	u32 message[IGBVF_MSG_WORDS] = {};
	struct guest *guest = &self->guest;

	set_mac(message, mac);
	ASSERT_EQ(0, own_mailbox(guest));
	write_message(guest, message, 0, IGBVF_MSG_WORDS);
	vfio_write32(guest->f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_REQ);
	ASSERT_EQ(0, wait_for(!shell("ip link show %s | grep -q 'vf 0 .* %s'",
				     self->pf, mac_text(mac)), ARRIVE_MS));
	ASSERT_MOVES(&self->f[1]);
	EXPECT_ANSWERED(VF_SET_MAC_ADDR);
	memcpy(guest->mac, mac, sizeof(mac));
	EXPECT_EQ(0, guest_await_link(guest, &self->peer));
}

/* The PF has not answered yet: another one will */
TEST_F_TIMEOUT(pf, has_not_answered, 250)
{
	struct guest *guest = &self->guest;
	struct igbvf_stream *stream = &self->stream;

	ASSERT_EQ(sizeof(*stream), migration_save(guest->f, (u8 *)stream,
						  sizeof(*stream)));
	memset(stream->state.memory, 0, sizeof(stream->state.memory));
	set_mac(stream->state.memory, guest->mac);
	stream->state.mailbox = 0;
	stream->state.asked = 1;
	migration_stream_seal(stream, sizeof(*stream));
	ASSERT_EQ(0, migration_load(&self->f[1], (u8 *)stream, sizeof(*stream)));
	ASSERT_EQ(0, vfio_reset(guest->f));
	ASSERT_EQ(0, guest_move(guest, &self->f[1]));
	ASSERT_EQ(0, migration_set(&self->f[1], VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_ANSWERED(VF_SET_MAC_ADDR);
	EXPECT_EQ(0, guest_await_link(guest, &self->peer));
}

TEST_HARNESS_MAIN
