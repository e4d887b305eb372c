/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rtnl: what the kernel's routing tables say of interfaces.
 *
 * In a fixture tree, netlink/link, address, nexthop and route hold what the kernel
 * would have answered.
 */
#ifndef VP_RTNL_H
#define VP_RTNL_H

#include "path.h"
#include "vf.h"

/**
 * struct rtnl_link - an interface
 * @index: its number
 * @name: its name
 * @parent: the device it belongs to, as sysfs names it ("0000:01:10.0", "virtio3"), or
 *	NULL
 * @lower: the number of the interface that it stands on, or 0
 * @lower_nsid: the network namespace that one is in, -1 if it is the same
 * @xdp: a program decides on what arrives (XDP)
 * @altnames: its other names
 */
struct rtnl_link {
	int index;
	const char *name, *parent;
	int lower, lower_nsid;
	bool xdp;
	struct names altnames;
};

/**
 * struct rtnl_ops - what to call for what is found; what is NULL is not asked for
 * @link: of each interface
 * @address: @ifname has @text, an address; @local is one of its link only
 * @route: a route somebody made leads through @ifname
 * @filtered: what arrives at @ifname goes through filters (tc)
 */
struct rtnl_ops {
	void (*link)(void *data, const struct rtnl_link *link);
	void (*address)(void *data, const char *ifname, const char *text, bool local);
	void (*route)(void *data, const char *ifname, const char *text);
	void (*filtered)(void *data, const char *ifname);
};

/* Goes through this namespace's interfaces, addresses and routes; negative errno */
int rtnl_walk(const struct path_ctx *root, const struct rtnl_ops *ops, void *data);

/* Through the interfaces only; a fixture has them in the file netlink/@recorded */
int rtnl_links(const struct path_ctx *root, const char *recorded,
	       void (*see)(void *data, const struct rtnl_link *link), void *data);

/* What of an interface can be set */
enum rtnl_setting {
	RTNL_NAME,
	RTNL_ALTNAME,
	RTNL_MTU,
	RTNL_MAC,
	RTNL_UP,
};

/* Sets it for the interface @name; of RTNL_UP, @value does not matter. Negative errno */
int rtnl_set(const char *name, enum rtnl_setting setting, const char *value);

struct nlmsghdr;

/*
 * Sends the request @nlh, which is in @buf of @size bytes, as its answer is then, and goes
 * through that with @cb, which may be NULL. Negative errno
 */
int rtnl_ask(struct nlmsghdr *nlh, char *buf, size_t size,
	     int (*cb)(const struct nlmsghdr *nlh, void *data), void *data);

/* Goes through the VFs of the interface of this number, a PF's; negative errno */
int rtnl_vf_read(int index, void (*see)(void *data, unsigned long number,
					const struct vf_values *values), void *data);
/* Sets one thing of one VF; negative errno */
int rtnl_vf_set(int index, unsigned int vf, enum vf_setting setting, const char *value);

/* What the network namespace that is open as @namespace is called in this one, or -1 */
int rtnl_nsid(int namespace);

#endif
