// SPDX-License-Identifier: GPL-2.0
/*
 * rtnl: what the kernel's routing tables say of interfaces.
 */
#include "rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's parts of a dump are no larger */
#define DUMP_SIZE 32768

/* Nexthops and queueing disciplines insist on their own header */
static size_t header_size(int type)
{
	switch (type) {
	case RTM_GETNEXTHOP:
		return sizeof(struct nhmsg);
	case RTM_GETQDISC:
		return sizeof(struct tcmsg);
	default:
		return sizeof(struct rtgenmsg);
	}
}

static int dump_live(int type, mnl_cb_t cb, void *data)
{
	char *buf = xcalloc(1, DUMP_SIZE);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct mnl_socket *nl;
	ssize_t len;
	int ret = -1;

	nlh->nlmsg_type = (uint16_t)type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	/* All of it is 0, of all families */
	mnl_nlmsg_put_extra_header(nlh, header_size(type));

	nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		goto out;
	do {
		len = mnl_socket_recvfrom(nl, buf, DUMP_SIZE);
		ret = len < 0 ? -1 : mnl_cb_run(buf, (size_t)len, 1,
						mnl_socket_get_portid(nl), cb, data);
	} while (ret > MNL_CB_STOP);
out:
	ret = ret < 0 ? -errno : 0;
	if (nl)
		mnl_socket_close(nl);
	free(buf);
	return ret;
}

static int dump_recorded(const struct path_ctx *root, const char *file, mnl_cb_t cb, void *data)
{
	int fd = path_open(root, O_RDONLY, "netlink/%s", file);
	char *buf = xcalloc(1, DUMP_SIZE);
	ssize_t len = 0;

	/* Of the rest there may be nothing; without links there was no answer */
	if (fd < 0 && !strcmp(file, "link")) {
		free(buf);
		return fd;
	}
	if (fd >= 0) {
		len = read(fd, buf, DUMP_SIZE);
		close(fd);
	}
	if (len > 0)
		mnl_cb_run(buf, (size_t)len, 0, 0, cb, data);
	free(buf);
	return 0;
}

static int dump(const struct path_ctx *root, int type, const char *file, mnl_cb_t cb, void *data)
{
	return root->real ? dump_live(type, cb, data) : dump_recorded(root, file, cb, data);
}

/* The attributes' payloads by type; those that matter are below 64 */
#define ATTRS 64

static int take_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **attrs = data;

	if (mnl_attr_get_type(attr) < ATTRS)
		attrs[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static const char *attr_name(const struct nlattr *attr)
{
	return attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ?
		mnl_attr_get_str(attr) : NULL;
}

/**
 * struct link - an interface's number and name
 * @index: its number
 * @name: its name
 */
struct link {
	int index;
	char name[IF_NAMESIZE];
};

/**
 * struct way - an interface that a nexthop object leads through
 * @id: the object, or the group that it is part of
 * @index: the interface's number
 */
struct way {
	uint32_t id;
	int index;
};

struct walk {
	const struct rtnl_ops *ops;
	void *data;
	struct link *links;
	size_t n;
	struct way *ways;
	size_t way_count;
};

static bool has_program(const struct nlattr *xdp)
{
	const struct nlattr *attrs[ATTRS] = { 0 };

	return xdp && mnl_attr_parse_nested(xdp, take_attr, attrs) >= 0 &&
	       attrs[IFLA_XDP_ATTACHED] && mnl_attr_get_u8(attrs[IFLA_XDP_ATTACHED]);
}

static void add_altnames(struct names *altnames, const struct nlattr *list)
{
	const struct nlattr *attr;

	if (!list)
		return;
	mnl_attr_for_each_nested(attr, list)
		if (mnl_attr_get_type(attr) == IFLA_ALT_IFNAME && attr_name(attr))
			names_add(altnames, attr_name(attr));
}

/* A number that is told in a 32-bit attribute, or @otherwise */
static int attr_int(const struct nlattr *attr, int otherwise)
{
	return attr && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0 ?
		(int)mnl_attr_get_u32(attr) : otherwise;
}

/**
 * struct link_walk - a walk through links
 * @see: what to call for each
 * @data: with this
 */
struct link_walk {
	void (*see)(void *data, const struct rtnl_link *link);
	void *data;
};

static int see_link(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	const struct link_walk *walk = data;
	struct rtnl_link link = { .index = info->ifi_index };

	mnl_attr_parse(nlh, sizeof(*info), take_attr, attrs);
	link.name = attr_name(attrs[IFLA_IFNAME]);
	if (!link.name)
		return MNL_CB_OK;
	link.parent = attr_name(attrs[IFLA_PARENT_DEV_NAME]);
	link.lower = attr_int(attrs[IFLA_LINK], 0);
	link.lower_nsid = attr_int(attrs[IFLA_LINK_NETNSID], -1);
	link.xdp = has_program(attrs[IFLA_XDP]);
	add_altnames(&link.altnames, attrs[IFLA_PROP_LIST]);
	walk->see(walk->data, &link);
	names_free(&link.altnames);
	return MNL_CB_OK;
}

int rtnl_links(const struct path_ctx *root, const char *recorded,
	       void (*see)(void *data, const struct rtnl_link *link), void *data)
{
	struct link_walk walk = { .see = see, .data = data };

	return dump(root, RTM_GETLINK, recorded, see_link, &walk);
}

static void add_link(void *data, const struct rtnl_link *link)
{
	struct walk *walk = data;

	walk->links = xrealloc(walk->links, walk->n + 1, sizeof(*walk->links));
	walk->links[walk->n] = (struct link){ .index = link->index };
	snprintf(walk->links[walk->n++].name, IF_NAMESIZE, "%s", link->name);
	if (walk->ops->link)
		walk->ops->link(walk->data, link);
}

static const char *link_name(const struct walk *walk, int index)
{
	for (size_t i = 0; i < walk->n; i++)
		if (walk->links[i].index == index)
			return walk->links[i].name;
	return NULL;
}

static bool address_text(int family, const struct nlattr *attr, char *text, size_t size)
{
	size_t len = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	return attr && len && mnl_attr_get_payload_len(attr) == len &&
	       inet_ntop(family, mnl_attr_get_payload(attr), text, (socklen_t)size);
}

static int see_address(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(nlh);
	const struct walk *walk = data;
	char text[INET6_ADDRSTRLEN];
	const char *name;

	mnl_attr_parse(nlh, sizeof(*info), take_attr, attrs);
	name = link_name(walk, (int)info->ifa_index);
	if (name && address_text(info->ifa_family, attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] :
				 attrs[IFA_ADDRESS], text, sizeof(text)))
		walk->ops->address(walk->data, name, text, info->ifa_scope >= RT_SCOPE_LINK);
	return MNL_CB_OK;
}

static bool attr_number(const struct nlattr *attr, uint32_t *number)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return false;
	*number = mnl_attr_get_u32(attr);
	return true;
}

static void add_way(struct walk *walk, uint32_t id, int index)
{
	walk->ways = xrealloc(walk->ways, walk->way_count + 1, sizeof(*walk->ways));
	walk->ways[walk->way_count++] = (struct way){ .id = id, .index = index };
}

static int add_nexthop(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	struct walk *walk = data;
	uint32_t id, index;

	mnl_attr_parse(nlh, sizeof(struct nhmsg), take_attr, attrs);
	if (attr_number(attrs[NHA_ID], &id) && attr_number(attrs[NHA_OIF], &index))
		add_way(walk, id, (int)index);
	return MNL_CB_OK;
}

/* A group leads where its members lead; those are no groups */
static int add_nexthop_group(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct nexthop_grp *member;
	struct walk *walk = data;
	size_t n = walk->way_count, members, i, way;
	uint32_t id;

	mnl_attr_parse(nlh, sizeof(struct nhmsg), take_attr, attrs);
	if (!attrs[NHA_GROUP] || !attr_number(attrs[NHA_ID], &id))
		return MNL_CB_OK;
	member = mnl_attr_get_payload(attrs[NHA_GROUP]);
	members = mnl_attr_get_payload_len(attrs[NHA_GROUP]) / sizeof(*member);
	for (i = 0; i < members; i++)
		for (way = 0; way < n; way++)
			if (walk->ways[way].id == member[i].id)
				add_way(walk, id, walk->ways[way].index);
	return MNL_CB_OK;
}

static void see_way(const struct walk *walk, int index, const char *text)
{
	const char *name = link_name(walk, index);

	if (name)
		walk->ops->route(walk->data, name, text);
}

static void see_hops(const struct walk *walk, const struct nlattr *hops, const char *text)
{
	struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		see_way(walk, hop->rtnh_ifindex, text);
}

static int see_route(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	char to[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 8] = "default";
	const struct walk *walk = data;
	uint32_t number;

	/* What the kernel makes follows from the addresses */
	if (info->rtm_type != RTN_UNICAST || info->rtm_protocol == RTPROT_KERNEL)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_attr, attrs);
	if (address_text(info->rtm_family, attrs[RTA_DST], to, sizeof(to)))
		snprintf(text, sizeof(text), "%s/%u", to, info->rtm_dst_len);
	if (attrs[RTA_MULTIPATH])
		see_hops(walk, attrs[RTA_MULTIPATH], text);
	if (attr_number(attrs[RTA_OIF], &number))
		see_way(walk, (int)number, text);
	if (attr_number(attrs[RTA_NH_ID], &number))
		for (size_t i = 0; i < walk->way_count; i++)
			if (walk->ways[i].id == number)
				see_way(walk, walk->ways[i].index, text);
	return MNL_CB_OK;
}

/* Nexthops first, then groups of them; a kernel may know neither */
static int find_ways(const struct path_ctx *root, struct walk *walk)
{
	int error = dump(root, RTM_GETNEXTHOP, "nexthop", add_nexthop, walk);

	if (!error)
		error = dump(root, RTM_GETNEXTHOP, "nexthop", add_nexthop_group, walk);
	return error == -EOPNOTSUPP ? 0 : error;
}

/* What arrives may go elsewhere by filters, which hang on one of these two */
static int see_qdisc(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct tcmsg *info = mnl_nlmsg_get_payload(nlh);
	const struct walk *walk = data;
	const char *kind, *name;

	mnl_attr_parse(nlh, sizeof(*info), take_attr, attrs);
	kind = attr_name(attrs[TCA_KIND]);
	name = link_name(walk, info->tcm_ifindex);
	if (kind && name && (!strcmp(kind, "clsact") || !strcmp(kind, "ingress")))
		walk->ops->filtered(walk->data, name);
	return MNL_CB_OK;
}

/* A kernel may have none of that */
static int find_filters(const struct path_ctx *root, struct walk *walk)
{
	int error = dump(root, RTM_GETQDISC, "qdisc", see_qdisc, walk);

	return error == -EOPNOTSUPP ? 0 : error;
}

int rtnl_walk(const struct path_ctx *root, const struct rtnl_ops *ops, void *data)
{
	struct walk walk = { .ops = ops, .data = data };
	int error;

	error = rtnl_links(root, "link", add_link, &walk);
	if (!error && ops->address)
		error = dump(root, RTM_GETADDR, "address", see_address, &walk);
	if (!error && ops->route)
		error = find_ways(root, &walk);
	if (!error && ops->route)
		error = dump(root, RTM_GETROUTE, "route", see_route, &walk);
	if (!error && ops->filtered)
		error = find_filters(root, &walk);
	free(walk.links);
	free(walk.ways);
	return error;
}

static int take_nsid(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };

	mnl_attr_parse(nlh, sizeof(struct rtgenmsg), take_attr, attrs);
	*(int *)data = attr_int(attrs[NETNSA_NSID], -1);
	return MNL_CB_OK;
}

int rtnl_nsid(int namespace)
{
	char buf[DUMP_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int nsid = -1;
	ssize_t len;

	nlh->nlmsg_type = RTM_GETNSID;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = 1;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)namespace);
	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 &&
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) >= 0) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len > 0)
			mnl_cb_run(buf, (size_t)len, 1, mnl_socket_get_portid(nl), take_nsid,
				   &nsid);
	}
	if (nl)
		mnl_socket_close(nl);
	return nsid;
}
