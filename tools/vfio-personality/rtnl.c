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
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's parts of a dump are no larger */
#define DUMP_SIZE 32768

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
	/* All of it is 0, of all families. Only nexthops insist on their own header */
	mnl_nlmsg_put_extra_header(nlh, type == RTM_GETNEXTHOP ? sizeof(struct nhmsg) :
				   sizeof(struct rtgenmsg));

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

static int add_link(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct walk *walk = data;
	const char *name;

	mnl_attr_parse(nlh, sizeof(*info), take_attr, attrs);
	name = attr_name(attrs[IFLA_IFNAME]);
	if (!name)
		return MNL_CB_OK;
	walk->links = xrealloc(walk->links, walk->n + 1, sizeof(*walk->links));
	walk->links[walk->n] = (struct link){ .index = info->ifi_index };
	snprintf(walk->links[walk->n++].name, IF_NAMESIZE, "%s", name);
	return MNL_CB_OK;
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

int rtnl_walk(const struct path_ctx *root, const struct rtnl_ops *ops, void *data)
{
	struct walk walk = { .ops = ops, .data = data };
	int error;

	error = dump(root, RTM_GETLINK, "link", add_link, &walk);
	if (!error)
		error = dump(root, RTM_GETADDR, "address", see_address, &walk);
	if (!error)
		error = find_ways(root, &walk);
	if (!error)
		error = dump(root, RTM_GETROUTE, "route", see_route, &walk);
	free(walk.links);
	free(walk.ways);
	return error;
}

struct search {
	const char *device;
	char *ifname;
	size_t size;
	bool found;
};

static int see_parent(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[ATTRS] = { 0 };
	const char *parent, *name;
	struct search *search = data;

	mnl_attr_parse(nlh, sizeof(struct ifinfomsg), take_attr, attrs);
	parent = attr_name(attrs[IFLA_PARENT_DEV_NAME]);
	name = attr_name(attrs[IFLA_IFNAME]);
	if (!parent || !name || strcmp(parent, search->device))
		return MNL_CB_OK;
	snprintf(search->ifname, search->size, "%s", name);
	search->found = true;
	return MNL_CB_OK;
}

/* From within the namespace that @fmt names as a file */
static bool search_namespace(const struct path_ctx *root, const char *file, struct search *search)
{
	int here = path_open(root, O_RDONLY, "proc/self/ns/net");
	int there = path_open(root, O_RDONLY, "%s", file);

	if (here >= 0 && there >= 0 && !setns(there, CLONE_NEWNET)) {
		dump(root, RTM_GETLINK, "link", see_parent, search);
		if (setns(here, CLONE_NEWNET))
			abort();	/* all that follows would be about the wrong one */
	}
	if (here >= 0)
		close(here);
	if (there >= 0)
		close(there);
	return search->found;
}

static char *search_named(const struct path_ctx *root, struct search *search)
{
	struct names named = path_list(root, "run/netns");
	char *found = NULL, *file;

	for (size_t i = 0; !found && i < named.n; i++) {
		file = xasprintf("run/netns/%s", named.v[i]);
		if (search_namespace(root, file, search))
			found = xstrdup(named.v[i]);
		free(file);
	}
	names_free(&named);
	return found;
}

static char *search_processes(const struct path_ctx *root, struct search *search)
{
	struct names pids = path_list(root, "proc"), seen = { 0 };
	char *found = NULL, *file, ns[64];

	for (size_t i = 0; !found && i < pids.n; i++) {
		if (path_read_link(root, ns, sizeof(ns), "proc/%s/ns/net", pids.v[i]) ||
		    names_have(&seen, ns))
			continue;
		names_add(&seen, ns);
		file = xasprintf("proc/%s/ns/net", pids.v[i]);
		if (search_namespace(root, file, search))
			found = xasprintf("that of process %s", pids.v[i]);
		free(file);
	}
	names_free(&pids);
	names_free(&seen);
	return found;
}

char *rtnl_find_elsewhere(const struct path_ctx *root, const char *device, char *ifname,
			  size_t size)
{
	struct search search = { .device = device, .ifname = ifname, .size = size };
	char *found;

	if (!root->real) {
		dump_recorded(root, "elsewhere", see_parent, &search);
		return search.found ? xstrdup("fixture") : NULL;
	}
	found = search_named(root, &search);
	return found ? found : search_processes(root, &search);
}
