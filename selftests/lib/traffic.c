// SPDX-License-Identifier: GPL-2.0
/* Numbered frames, see traffic.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag.h"
#include "native.h"
#include "traffic.h"
#include "wait.h"

#define ETHERTYPE_TRAFFIC	0x88b5	/* IEEE 802: local experimental use */
#define WINDOW			16
#define ANSWER_MS		3000
#define LINK_MS			20000

void traffic_fill(u8 *frame, const u8 *to, const u8 *from, u32 seq, size_t length)
{
	u16 type = htons(ETHERTYPE_TRAFFIC);
	u32 number = htonl(seq);
	size_t i;

	memcpy(frame, to, TRAFFIC_MAC_LEN);
	memcpy(frame + 6, from, TRAFFIC_MAC_LEN);
	memcpy(frame + 12, &type, sizeof(type));
	memcpy(frame + 14, &number, sizeof(number));
	for (i = TRAFFIC_HEADER; i < length; i++)
		frame[i] = seq + i;
}

bool traffic_check(const u8 *frame, size_t length, u32 *seq)
{
	u16 type = htons(ETHERTYPE_TRAFFIC);
	u32 number;
	size_t i;

	if (length < TRAFFIC_MIN || memcmp(frame + 12, &type, sizeof(type)))
		return false;
	memcpy(&number, frame + 14, sizeof(number));
	*seq = ntohl(number);
	for (i = TRAFFIC_HEADER; i < length; i++)
		if (frame[i] != (u8)(*seq + i))
			return false;
	return true;
}

int traffic_open(struct traffic_peer *peer, const char *netdev)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_TRAFFIC),
		.sll_ifindex = net_index(netdev),
	};
	int buffer = 1 << 20;
	struct ifreq ifr = {};
	int ret;

	peer->netdev = netdev;
	peer->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  htons(ETHERTYPE_TRAFFIC));
	if (peer->fd < 0)
		return diag_error(-errno, "packet socket");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	if (bind(peer->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer,
		       sizeof(buffer)) ||
	    ioctl(peer->fd, SIOCGIFHWADDR, &ifr)) {
		ret = diag_error(-errno, "%s: packet socket", netdev);
		traffic_close(peer);
		return ret;
	}
	memcpy(peer->mac, ifr.ifr_hwaddr.sa_data, TRAFFIC_MAC_LEN);
	return 0;
}

void traffic_close(struct traffic_peer *peer)
{
	if (peer->fd > 0)
		close(peer->fd);
	peer->fd = -1;
}

int traffic_send(struct traffic_peer *peer, const u8 *to, u32 seq, size_t length)
{
	u8 frame[TRAFFIC_MAX];

	traffic_fill(frame, to, peer->mac, seq, length);
	if (send(peer->fd, frame, length, 0) != (ssize_t)length)
		return -errno;
	return 0;
}

int traffic_receive(struct traffic_peer *peer, u32 *seq, int timeout_ms)
{
	struct pollfd pollfd = { .fd = peer->fd, .events = POLLIN };
	u64 deadline = now_ms() + timeout_ms;
	u8 frame[TRAFFIC_MAX];
	ssize_t length;
	u64 now;

	while ((now = now_ms()) <= deadline) {
		if (poll(&pollfd, 1, deadline - now) <= 0)
			break;
		length = recv(peer->fd, frame, sizeof(frame), 0);
		if (length < 0)
			continue;
		if (traffic_check(frame, length, seq))
			return 0;
		return diag_error(-EBADMSG, "%s: a frame of %zd bytes is damaged",
				  peer->netdev, length);
	}
	return -ETIMEDOUT;
}

void traffic_drain(struct traffic_peer *peer)
{
	u32 seq;

	while (!traffic_receive(peer, &seq, 50))
		;
}

int traffic_await_link(struct traffic_peer *from, struct traffic_peer *to)
{
	u64 deadline = now_ms() + LINK_MS;
	u32 seq;

	while (now_ms() < deadline) {
		traffic_send(from, to->mac, 0, TRAFFIC_MIN);
		if (!traffic_receive(to, &seq, 100)) {
			traffic_drain(to);
			return 0;
		}
	}
	return diag_error(-ETIMEDOUT, "nothing gets from %s to %s", from->netdev,
			  to->netdev);
}

int traffic_exchange(struct traffic_peer *from, struct traffic_peer *to,
		     unsigned int count, size_t length)
{
	u32 sent = 0, expected = 0, seq;
	int ret;

	while (expected < count) {
		for (; sent < count && sent < expected + WINDOW; sent++) {
			ret = traffic_send(from, to->mac, sent, length);
			if (ret)
				return diag_error(ret, "%s: sending frame %u of %zu bytes",
						  from->netdev, sent, length);
		}
		ret = traffic_receive(to, &seq, ANSWER_MS);
		if (ret)
			return diag_error(ret, "%s to %s: frame %u of %u", from->netdev,
					  to->netdev, expected, count);
		if (seq != expected)
			return diag_error(-EPROTO, "%s to %s: frame %u came as %u",
					  from->netdev, to->netdev, expected, seq);
		expected++;
	}
	if (!traffic_receive(to, &seq, 50))
		return diag_error(-EPROTO, "%s: frame %u came twice", to->netdev, seq);
	return 0;
}
