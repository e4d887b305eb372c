// SPDX-License-Identifier: GPL-2.0
/* A netdev proven by a packet that is answered, see native.h. */
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

#include "arp.h"
#include "diag.h"
#include "native.h"
#include "wait.h"

/* The link takes its time to come up, and a frame sent before it is lost */
#define ATTEMPTS	40
#define ANSWER_MS	500

/* A netdev is configured by any socket; this kind every kernel of the tests has */
static int any_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static int get_flags(const char *netdev, struct ifreq *ifr)
{
	int fd = any_socket();
	int ret = 0;

	if (fd < 0)
		return -errno;
	memset(ifr, 0, sizeof(*ifr));
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", netdev);
	if (ioctl(fd, SIOCGIFFLAGS, ifr))
		ret = -errno;
	close(fd);
	return ret;
}

int net_index(const char *netdev)
{
	struct ifreq ifr = {};
	int fd = any_socket();
	int ret = 0;

	if (fd < 0)
		return diag_error(-errno, "socket");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		ret = diag_error(-errno, "%s: index", netdev);
	close(fd);
	return ret ?: ifr.ifr_ifindex;
}

int net_is_up(const char *netdev)
{
	struct ifreq ifr;
	int ret = get_flags(netdev, &ifr);

	if (ret)
		return diag_error(ret, "%s: flags", netdev);
	return !!(ifr.ifr_flags & IFF_UP);
}

int net_set_up(const char *netdev, bool up)
{
	struct ifreq ifr;
	int ret = get_flags(netdev, &ifr);
	int fd;

	if (ret)
		return diag_error(ret, "%s: flags", netdev);
	if (up)
		ifr.ifr_flags |= IFF_UP;
	else
		ifr.ifr_flags &= ~IFF_UP;

	fd = any_socket();
	if (fd < 0)
		return diag_error(-errno, "socket");
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		ret = diag_error(-errno, "%s: %s", netdev, up ? "up" : "down");
	close(fd);
	return ret;
}

static int open_socket(const char *netdev, struct sockaddr_ll *address)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			htons(ETH_P_ARP));

	if (fd < 0)
		return diag_error(-errno, "packet socket");
	*address = (struct sockaddr_ll) {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = net_index(netdev),
	};
	if (bind(fd, (struct sockaddr *)address, sizeof(*address))) {
		int ret = -errno;

		close(fd);
		return diag_error(ret, "%s: packet socket", netdev);
	}
	return fd;
}

static int get_mac(int fd, const char *netdev, u8 *mac)
{
	struct ifreq ifr = {};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		return diag_error(-errno, "%s: address", netdev);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ARP_MAC_LEN);
	return 0;
}

static bool await_reply(int fd, const u8 *mac, u8 *gateway_mac)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	u64 deadline = now_ms() + ANSWER_MS;
	u8 frame[2048];
	ssize_t length;
	u64 now;

	while ((now = now_ms()) < deadline) {
		if (poll(&pollfd, 1, deadline - now) <= 0)
			break;
		length = recv(fd, frame, sizeof(frame), 0);
		if (length > 0 && arp_is_reply(frame, length, mac, gateway_mac))
			return true;
	}
	return false;
}

static int ask(const char *netdev, char *story, size_t size)
{
	u8 request[ARP_FRAME_LEN], mac[ARP_MAC_LEN], g[ARP_MAC_LEN];
	struct sockaddr_ll address;
	char who[24];
	int attempt;
	int ret = -ETIMEDOUT;
	int fd = open_socket(netdev, &address);

	if (fd < 0)
		return fd;
	if (get_mac(fd, netdev, mac)) {
		close(fd);
		return -ENODEV;
	}

	arp_request(request, mac);
	for (attempt = 0; ret && attempt < ATTEMPTS; attempt++) {
		if (send(fd, request, sizeof(request), 0) < 0 &&
		    errno != ENETDOWN && errno != ENOBUFS) {
			ret = -errno;
			break;
		}
		if (await_reply(fd, mac, g))
			ret = 0;
	}
	close(fd);
	if (ret)
		return diag_error(ret, "%s: %d ARP requests, no answer", netdev,
				  attempt);
	snprintf(who, sizeof(who), "%02x:%02x:%02x:%02x:%02x:%02x",
		 g[0], g[1], g[2], g[3], g[4], g[5]);
	snprintf(story, size, "%s asked who has " ARP_GATEWAY ", %s answered",
		 netdev, who);
	return 0;
}

int net_prove(const char *netdev, char *story, size_t size)
{
	int was_up = net_is_up(netdev);
	int ret;

	if (was_up < 0)
		return was_up;
	ret = was_up ? 0 : net_set_up(netdev, true);
	if (!ret)
		ret = ask(netdev, story, size);
	if (!was_up && net_set_up(netdev, false) && !ret)
		ret = -EIO;
	return ret;
}
