// SPDX-License-Identifier: GPL-2.0
/*
 * rtnl_set: settings of interfaces, written by netlink.
 */
#include "rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_SIZE 8192
#define MAC_MAX 32

/* "52:54:00:12:34:56"; its length in bytes, 0 if it is none */
static size_t parse_mac(const char *text, uint8_t mac[MAC_MAX])
{
	unsigned int byte;
	int used;
	size_t n = 0;

	while (n < MAC_MAX && sscanf(text, "%2x%n", &byte, &used) == 1) {
		mac[n++] = (uint8_t)byte;
		text += used;
		if (*text != ':')
			break;
		text++;
	}
	return *text ? 0 : n;
}

static bool put_setting(struct nlmsghdr *nlh, struct ifinfomsg *info, enum rtnl_setting setting,
			const char *value)
{
	uint8_t mac[MAC_MAX];
	unsigned long mtu;
	struct nlattr *list;
	size_t n;

	switch (setting) {
	case RTNL_NAME:
		mnl_attr_put_strz(nlh, IFLA_IFNAME, value);
		return true;
	case RTNL_ALTNAME:
		nlh->nlmsg_type = RTM_NEWLINKPROP;
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND;
		list = mnl_attr_nest_start(nlh, IFLA_PROP_LIST);
		mnl_attr_put_strz(nlh, IFLA_ALT_IFNAME, value);
		mnl_attr_nest_end(nlh, list);
		return true;
	case RTNL_MTU:
		if (!parse_number(value, 10, 1, UINT32_MAX, &mtu))
			return false;
		mnl_attr_put_u32(nlh, IFLA_MTU, (uint32_t)mtu);
		return true;
	case RTNL_MAC:
		n = parse_mac(value, mac);
		mnl_attr_put(nlh, IFLA_ADDRESS, n, mac);
		return n;
	case RTNL_UP:
		info->ifi_flags = IFF_UP;
		info->ifi_change = IFF_UP;
		return true;
	}
	return false;
}

/* The kernel's answer is an error number, which is 0 if there was none, or what was asked for */
int rtnl_ask(struct nlmsghdr *nlh, char *buf, size_t size,
	     int (*cb)(const struct nlmsghdr *nlh, void *data), void *data)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	ssize_t len = -1;
	int ret = -1;

	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 &&
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) >= 0)
		len = mnl_socket_recvfrom(nl, buf, size);
	if (len >= 0)
		ret = mnl_cb_run(buf, (size_t)len, 1, mnl_socket_get_portid(nl), cb, data);
	ret = ret < 0 ? -errno : 0;
	if (nl)
		mnl_socket_close(nl);
	return ret;
}

int rtnl_set(const char *name, enum rtnl_setting setting, const char *value)
{
	char buf[MESSAGE_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info;

	if (strlen(value) >= MESSAGE_SIZE / 2)
		return -EINVAL;
	nlh->nlmsg_type = RTM_SETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_index = (int)if_nametoindex(name);
	if (!info->ifi_index)
		return -errno;
	return put_setting(nlh, info, setting, value) ?
		rtnl_ask(nlh, buf, sizeof(buf), NULL, NULL) : -EINVAL;
}
