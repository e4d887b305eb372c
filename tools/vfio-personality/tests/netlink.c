// SPDX-License-Identifier: GPL-2.0
/*
 * netlink: prints what the kernel would answer to a dump.
 *
 *	netlink link INDEX NAME [PARENT [LOWER]]	LOWER is in the first namespace
 *	netlink alias INDEX NAME ALTNAME
 *	netlink xdp INDEX NAME			with a program
 *	netlink address INDEX ADDRESS SCOPE
 *	netlink route INDEX ADDRESS/LENGTH|default
 *	netlink nexthop INDEX ID
 *	netlink nexthop 0 ID MEMBER...		a group
 *	netlink route 0 ADDRESS/LENGTH ID	by a nexthop
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_interface(struct nlmsghdr *nlh, int index, const char *name)
{
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	nlh->nlmsg_type = RTM_NEWLINK;
	info->ifi_index = index;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
}

static void put_link(struct nlmsghdr *nlh, int index, char **argv)
{
	put_interface(nlh, index, argv[0]);
	if (!argv[1])
		return;
	if (*argv[1])
		mnl_attr_put_strz(nlh, IFLA_PARENT_DEV_NAME, argv[1]);
	if (argv[2]) {
		mnl_attr_put_u32(nlh, IFLA_LINK, (uint32_t)atoi(argv[2]));
		mnl_attr_put_u32(nlh, IFLA_LINK_NETNSID, 0);
	}
}

static void put_alias(struct nlmsghdr *nlh, int index, char **argv)
{
	struct nlattr *list;

	put_interface(nlh, index, argv[0]);
	list = mnl_attr_nest_start(nlh, IFLA_PROP_LIST);
	mnl_attr_put_strz(nlh, IFLA_ALT_IFNAME, argv[1]);
	mnl_attr_nest_end(nlh, list);
}

static void put_xdp(struct nlmsghdr *nlh, int index, char **argv)
{
	struct nlattr *xdp;

	put_interface(nlh, index, argv[0]);
	xdp = mnl_attr_nest_start(nlh, IFLA_XDP);
	mnl_attr_put_u8(nlh, IFLA_XDP_ATTACHED, XDP_ATTACHED_DRV);
	mnl_attr_nest_end(nlh, xdp);
}

static size_t parse(const char *text, unsigned char *bytes)
{
	return inet_pton(AF_INET, text, bytes) == 1 ? 4 :
	       inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

static void put_address(struct nlmsghdr *nlh, int index, char **argv)
{
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	unsigned char bytes[16];
	size_t len = parse(argv[0], bytes);

	nlh->nlmsg_type = RTM_NEWADDR;
	info->ifa_family = len == 4 ? AF_INET : AF_INET6;
	info->ifa_index = (unsigned int)index;
	info->ifa_scope = (unsigned char)atoi(argv[1]);
	mnl_attr_put(nlh, IFA_ADDRESS, len, bytes);
}

static void put_route(struct nlmsghdr *nlh, int index, char **argv)
{
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	char *slash = strchr(argv[0], '/');
	unsigned char bytes[16];
	size_t len;

	nlh->nlmsg_type = RTM_NEWROUTE;
	info->rtm_family = AF_INET;
	info->rtm_type = RTN_UNICAST;
	info->rtm_protocol = RTPROT_STATIC;
	if (slash) {
		*slash = '\0';
		info->rtm_dst_len = (unsigned char)atoi(slash + 1);
		len = parse(argv[0], bytes);
		mnl_attr_put(nlh, RTA_DST, len, bytes);
	}
	if (argv[1])
		mnl_attr_put_u32(nlh, RTA_NH_ID, (uint32_t)atoi(argv[1]));
	else
		mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)index);
}

static void put_nexthop(struct nlmsghdr *nlh, int index, char **argv)
{
	struct nexthop_grp members[8] = { 0 };
	size_t n = 0;

	nlh->nlmsg_type = RTM_NEWNEXTHOP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct nhmsg));
	mnl_attr_put_u32(nlh, NHA_ID, (uint32_t)atoi(argv[0]));
	for (; argv[1 + n] && n < 8; n++)
		members[n].id = (uint32_t)atoi(argv[1 + n]);
	if (n)
		mnl_attr_put(nlh, NHA_GROUP, n * sizeof(*members), members);
	else
		mnl_attr_put_u32(nlh, NHA_OIF, (uint32_t)index);
}

int main(int argc, char **argv)
{
	char buf[1024] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	if (argc < 4)
		return 2;
	if (!strcmp(argv[1], "alias") && argc > 4)
		put_alias(nlh, atoi(argv[2]), argv + 3);
	else if (!strcmp(argv[1], "xdp"))
		put_xdp(nlh, atoi(argv[2]), argv + 3);
	else if (!strcmp(argv[1], "link"))
		put_link(nlh, atoi(argv[2]), argv + 3);
	else if (!strcmp(argv[1], "address") && argc > 4)
		put_address(nlh, atoi(argv[2]), argv + 3);
	else if (!strcmp(argv[1], "route"))
		put_route(nlh, atoi(argv[2]), argv + 3);
	else if (!strcmp(argv[1], "nexthop"))
		put_nexthop(nlh, atoi(argv[2]), argv + 3);
	else
		return 2;
	return fwrite(buf, nlh->nlmsg_len, 1, stdout) != 1;
}
