// SPDX-License-Identifier: GPL-2.0
/*
 * check_net: addresses, routes, bonds and bridges, SSH, other namespaces.
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

#include "diag.h"
#include "rtnl.h"
#include "ssh.h"

struct net_check {
	const struct machine *m;
	const struct function *f;
	struct findings *findings;
	struct names stack;	/* its interfaces and all above them */
	struct names ssh;
};

static void add_stack(struct net_check *check, const char *name)
{
	struct names files;

	if (names_have(&check->stack, name))
		return;
	names_add(&check->stack, name);
	files = path_list(check->m->root, "sys/class/net/%s", name);
	for (size_t i = 0; i < files.n; i++)
		if (!strncmp(files.v[i], "upper_", 6))
			add_stack(check, files.v[i] + 6);
	names_free(&files);
}

/* " above it" says so where @name is not the function's own */
static const char *whose(const struct net_check *check, const char *name)
{
	return names_have(&check->f->nets, name) ? "" : " above it";
}

static void see_address(void *data, const char *ifname, const char *text, bool local)
{
	struct net_check *check = data;

	if (!names_have(&check->stack, ifname))
		return;
	if (!local)
		found(check->findings, check->f, HAZARD_ADDRESS, "%s%s has the address %s", ifname,
		      whose(check, ifname), text);
	if (names_have(&check->ssh, text))
		found(check->findings, check->f, HAZARD_SSH,
		      "%s%s carries this SSH session, which would end", ifname,
		      whose(check, ifname));
}

static void see_route(void *data, const char *ifname, const char *text)
{
	struct net_check *check = data;

	if (names_have(&check->stack, ifname))
		found(check->findings, check->f, HAZARD_ROUTE, "%s%s has the route %s", ifname,
		      whose(check, ifname), text);
}

static void check_interface(struct net_check *check, const char *name)
{
	const struct path_ctx *root = check->m->root;
	unsigned long flags;
	char master[64];

	add_stack(check, name);
	if (!path_read_link_name(root, master, sizeof(master), "sys/class/net/%s/master", name))
		found(check->findings, check->f, HAZARD_MASTER, "%s is part of %s", name, master);
	if (!path_read_number(root, &flags, "sys/class/net/%s/flags", name) && flags & IFF_UP)
		found(check->findings, check->f, HAZARD_LINK, "%s is up", name);
}

/* virtio has a device of its own between the function and the interface */
static char *parent_name(const struct machine *m, const struct function *f)
{
	struct names files = path_list(m->root, SYS_PCI "/%s", f->address);
	char *name = NULL;
	size_t i;

	for (i = 0; !name && i < files.n; i++)
		if (!strncmp(files.v[i], "virtio", 6) && strlen(files.v[i]) > 6)
			name = xstrdup(files.v[i]);
	names_free(&files);
	return name ? name : xstrdup(f->address);
}

/* A NIC with a driver and no interface in sight: sysfs shows this namespace's */
static void check_elsewhere(const struct machine *m, const struct function *f,
			    struct findings *findings)
{
	char *parent = parent_name(m, f), *where, ifname[IF_NAMESIZE];

	where = rtnl_find_elsewhere(m->root, parent, ifname, sizeof(ifname));
	if (where)
		found(findings, f, HAZARD_NETNS,
		      "its interface %s is in another network namespace: %s", ifname, where);
	free(where);
	free(parent);
}

void check_net(const struct machine *m, const struct function *f, struct findings *findings)
{
	static const struct rtnl_ops ops = { .address = see_address, .route = see_route };
	struct net_check check = { .m = m, .f = f, .findings = findings };
	int error;

	if (!f->nets.n) {
		if (f->class >> 16 == 0x02 && f->driver[0])
			check_elsewhere(m, f, findings);
		return;
	}
	check.ssh = ssh_addresses(m->root);
	for (size_t i = 0; i < f->nets.n; i++)
		check_interface(&check, f->nets.v[i]);
	error = rtnl_walk(m->root, &ops, &check);
	if (error)
		found(findings, f, HAZARD_ADDRESS,
		      "addresses and routes could not be read (%s), it may have some",
		      strerror(-error));
	names_free(&check.stack);
	names_free(&check.ssh);
}
