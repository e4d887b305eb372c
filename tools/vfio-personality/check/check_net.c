// SPDX-License-Identifier: GPL-2.0
/*
 * check_net: addresses, routes, bonds and bridges, what carries guests, SSH, other
 * namespaces.
 *
 * An interface is in use by what stands on it: the bridge that it is a port of
 * has the address, and the VLAN above that bridge has the route.
 */
#include "check.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "packet.h"
#include "pppoe.h"
#include "remedy.h"
#include "rtnl.h"
#include "ssh.h"

/**
 * struct route_count - routes through an interface; a router may have a million
 * @name: the interface
 * @n: how many
 */
struct route_count {
	char name[IF_NAMESIZE];
	unsigned long n;
};

/**
 * struct net_check - a NIC under way
 * @m: the machine
 * @f: the NIC
 * @nets: what its interfaces are called
 * @findings: where to
 * @stack: its interfaces and all above them
 * @present: those of its own that our namespace has
 * @ssh: addresses of ours that SSH sessions lead to
 * @routes: how many routes the interfaces have
 * @route_counts: of how many interfaces
 */
struct net_check {
	const struct machine *m;
	const struct function *f;
	struct names nets;
	struct findings *findings;
	struct names stack, present;
	struct names ssh;
	struct route_count *routes;
	size_t route_counts;
};

/* So many of an interface's routes are told one by one */
#define ROUTES_TOLD 8
/* udev gives an interface a name of its own, once; so many times nobody does */
#define RENAMES 10

/* " above it" says so where @name is not the function's own */
static const char *whose(const struct net_check *check, const char *name)
{
	return names_have(&check->nets, name) ? "" : " above it";
}

static void add_stack(struct net_check *check, const char *name)
{
	const struct path_ctx *root = check->m->root;
	struct names files;
	char master[64];

	if (names_have(&check->stack, name))
		return;
	names_add(&check->stack, name);
	if (!path_read_link_name(root, master, sizeof(master), "sys/class/net/%s/master", name)) {
		found(check->findings, check->f->address, HAZARD_MASTER, "%s%s is part of %s", name,
		      whose(check, name), master);
		remedy(check->findings, "ip link set %s nomaster", name);
	}
	files = path_list(root, "sys/class/net/%s", name);
	for (size_t i = 0; i < files.n; i++) {
		if (strncmp(files.v[i], "upper_", 6))
			continue;
		if (strcmp(files.v[i] + 6, master)) {
			found(check->findings, check->f->address, HAZARD_UPPER,
			      "%s stands on %s", files.v[i] + 6, name);
			remedy(check->findings, "ip link delete %s", files.v[i] + 6);
		}
		add_stack(check, files.v[i] + 6);
	}
	names_free(&files);
}

static void see_address(void *data, const char *ifname, const char *text, bool local)
{
	struct net_check *check = data;

	if (!names_have(&check->stack, ifname))
		return;
	if (!local) {
		found(check->findings, check->f->address, HAZARD_ADDRESS,
		      "%s%s has the address %s", ifname, whose(check, ifname), text);
		remedy_interface(check->m, check->findings, ifname);
	}
	if (names_have(&check->ssh, text)) {
		found(check->findings, check->f->address, HAZARD_SSH,
		      "%s%s carries this SSH session, which would end", ifname,
		      whose(check, ifname));
		remedy(check->findings, "come in another way");
		remedy_none(check->findings);
	}
}

static unsigned long count_route(struct net_check *check, const char *ifname)
{
	struct route_count *count = check->routes;

	while (count < check->routes + check->route_counts && strcmp(count->name, ifname))
		count++;
	if (count == check->routes + check->route_counts) {
		check->routes = xrealloc(check->routes, check->route_counts + 1, sizeof(*count));
		count = check->routes + check->route_counts++;
		*count = (struct route_count){ 0 };
		snprintf(count->name, sizeof(count->name), "%s", ifname);
	}
	return ++count->n;
}

static void tell_more_routes(const struct net_check *check)
{
	const struct route_count *count;

	for (count = check->routes; count < check->routes + check->route_counts; count++)
		if (count->n > ROUTES_TOLD)
			found(check->findings, check->f->address, HAZARD_ROUTE,
			      "%s%s has %lu routes more", count->name, whose(check, count->name),
			      count->n - ROUTES_TOLD);
}

static void see_route(void *data, const char *ifname, const char *text)
{
	struct net_check *check = data;

	if (!names_have(&check->stack, ifname) || count_route(check, ifname) > ROUTES_TOLD)
		return;
	found(check->findings, check->f->address, HAZARD_ROUTE, "%s%s has the route %s", ifname,
	      whose(check, ifname), text);
	remedy_interface(check->m, check->findings, ifname);
}

static void see_filtered(void *data, const char *ifname)
{
	struct net_check *check = data;

	if (!names_have(&check->nets, ifname))
		return;
	found(check->findings, check->f->address, HAZARD_UPPER,
	      "what arrives at %s goes through filters, perhaps to a guest (tc)", ifname);
	remedy(check->findings, "tc qdisc show dev %s", ifname);
}

/* Sysfs may show another namespace's interfaces than netlink: of the same name, even */
static bool is_this_one(const struct path_ctx *root, const struct rtnl_link *link)
{
	unsigned long index;

	return path_read_number(root, &index, "sys/class/net/%s/ifindex", link->name) ||
	       index == (unsigned long)link->index;
}

/* A macvtap or VLAN may have moved to a container, and is in no list of ours then */
static void check_moved(struct net_check *check, const struct rtnl_link *link)
{
	const struct netns *netns = survey_netns(&check->findings->survey, check->m->root);
	const struct foreign_link *foreign;

	for_each_foreign(foreign, netns)
		if (foreign->lower == link->index) {
			found(check->findings, check->f->address, HAZARD_UPPER,
			      "%s, in another network namespace (%s), stands on %s", foreign->name,
			      foreign->where, link->name);
			remedy(check->findings, "stop the container that has %s", foreign->name);
		}
}

/**
 * struct packet_check - packet sockets under way
 * @check: the NIC
 * @name: their interface
 */
struct packet_check {
	const struct net_check *check;
	const char *name;
};

static void see_packet_socket(void *data, const struct opener *opener)
{
	const struct packet_check *packets = data;
	const struct net_check *check = packets->check;
	struct findings *findings = check->findings;

	if (!opener) {
		found(findings, check->f->address, HAZARD_OPEN,
		      "a process that cannot be seen sends and receives frames on %s%s (packet socket)",
		      packets->name, whose(check, packets->name));
		return;
	}
	found(findings, check->f->address, HAZARD_OPEN,
	      "process %d (%s) sends and receives frames on %s%s (packet socket)", opener->pid,
	      opener->command, packets->name, whose(check, packets->name));
	found_brief(findings, "%s(%d)", opener->command, opener->pid);
	remedy(findings, "stop process %d (%s)", opener->pid, opener->command);
}

static void see_link(void *data, const struct rtnl_link *link)
{
	struct packet_check packets = { .check = data, .name = link->name };
	struct net_check *check = data;
	const char *sockets;

	if (!names_have(&check->stack, link->name))
		return;
	check_moved(check, link);
	sockets = survey_packets(&check->findings->survey, check->m->root);
	packet_sockets_find(check->m->root, sockets, link->index, see_packet_socket, &packets);
	if (!names_have(&check->nets, link->name) || !is_this_one(check->m->root, link))
		return;
	names_add(&check->present, link->name);
	if (link->xdp)
		found(check->findings, check->f->address, HAZARD_UPPER,
		      "a program handles what arrives at %s (XDP)", link->name);
}

static void check_link(const struct net_check *check, const char *name)
{
	unsigned long flags;

	if (!path_read_number(check->m->root, &flags, "sys/class/net/%s/flags", name) &&
	    flags & IFF_UP)
		found(check->findings, check->f->address, HAZARD_LINK, "%s is up", name);
	if (!names_have(&check->present, name))
		found(check->findings, check->f->address, HAZARD_NETNS,
		      "its interface %s is not in the network namespace that this program runs in, so what uses it cannot be seen from here",
		      name);
}

static void check_pppoe(const struct net_check *check)
{
	struct names names = pppoe_interfaces(check->m->root);

	for (size_t i = 0; i < names.n; i++)
		if (names_have(&check->stack, names.v[i]))
			found(check->findings, check->f->address, HAZARD_UPPER,
			      "a PPPoE session goes through %s", names.v[i]);
	names_free(&names);
}

/* By the name of the function or of a device below it: virtio's, a USB interface's */
static void check_elsewhere(const struct net_check *check, const struct devices *devices)
{
	const struct netns *netns = survey_netns(&check->findings->survey, check->m->root);
	const struct foreign_link *link;
	const struct device *device;
	bool ours;

	for_each_foreign(link, netns) {
		ours = !strcmp(link->parent, check->f->address);
		for_each_device(device, devices)
			ours |= *link->parent && !strcmp(link->parent, device->name);
		if (ours && !names_have(&check->present, link->name)) {
			found(check->findings, check->f->address, HAZARD_NETNS,
			      "its interface %s is in another network namespace: %s", link->name,
			      link->where);
			remedy(check->findings, "stop the container that has %s", link->name);
		}
	}
	if (check->nets.n || is_network(check->f))
		found_unseen(check->findings, check->m, check->f, netns->unseen);
}

/* What was found goes by names, and somebody else may have the old ones by now */
static bool are_renamed(struct net_check *check)
{
	struct names now = function_nets(check->m, check->f);
	bool renamed = now.n != check->nets.n;

	for (size_t i = 0; i < now.n; i++)
		renamed |= !names_have(&check->nets, now.v[i]);
	names_free(&check->nets);
	check->nets = now;
	return renamed;
}

static void forget(struct net_check *check)
{
	names_free(&check->stack);
	names_free(&check->present);
	names_free(&check->ssh);
	free(check->routes);
	check->routes = NULL;
	check->route_counts = 0;
}

static void check_here(struct net_check *check)
{
	static const struct rtnl_ops ops = {
		.link = see_link, .address = see_address, .route = see_route,
		.filtered = see_filtered,
	};
	const struct names *nets = &check->nets;
	int error;

	check->ssh = ssh_addresses(check->m->root);
	for (size_t i = 0; i < nets->n; i++)
		add_stack(check, nets->v[i]);
	error = rtnl_walk(check->m->root, &ops, check);
	tell_more_routes(check);
	if (error)
		found(check->findings, check->f->address, HAZARD_UNSEEN,
		      "addresses and routes could not be read (%s), so it may be in use",
		      strerror(-error));
	for (size_t i = 0; !error && i < nets->n; i++)
		check_link(check, nets->v[i]);
	check_pppoe(check);
}

void check_net(const struct machine *m, const struct function *f,
	       const struct devices *devices, struct findings *findings)
{
	struct net_check check = { .m = m, .f = f, .findings = findings };
	size_t before = findings->n;
	int tries = RENAMES;

	if (!devices->has_nets && !is_network(f))
		return;
	check.nets = function_nets(m, f);
	for (;;) {
		if (check.nets.n)
			check_here(&check);
		if (*f->driver)
			check_elsewhere(&check, devices);
		forget(&check);
		if (!are_renamed(&check))
			break;
		findings_cut(findings, before);
		if (!tries--) {
			found_unseen(findings, m, f,
				     "its interfaces are being renamed all the time");
			break;
		}
	}
	remedy_keep_session(findings, before);
	names_free(&check.nets);
}
