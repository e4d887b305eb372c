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

/**
 * struct rtnl_ops - what to call for what is found
 * @address: @ifname has @text, an address; @local is one of its link only
 * @route: a route somebody made leads through @ifname
 */
struct rtnl_ops {
	void (*address)(void *data, const char *ifname, const char *text, bool local);
	void (*route)(void *data, const char *ifname, const char *text);
};

/* Goes through this namespace's addresses and routes; negative errno */
int rtnl_walk(const struct path_ctx *root, const struct rtnl_ops *ops, void *data);

/*
 * The name of another network namespace in which the device named @device (as
 * sysfs names it, "0000:01:10.0" or "virtio3") has its interface, whose name
 * goes to @ifname; or NULL. The name is to be freed.
 */
char *rtnl_find_elsewhere(const struct path_ctx *root, const char *device, char *ifname,
			  size_t size);

#endif
