/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns: network interfaces in other namespaces than this program's.
 */
#ifndef VP_NETNS_H
#define VP_NETNS_H

#include <net/if.h>

#include "function.h"

/**
 * struct foreign_link - an interface of another namespace
 * @where: that namespace, in words
 * @name: its name there
 * @parent: the device it belongs to, empty if none
 * @lower: the number of the interface in our namespace that it stands on, or 0
 */
struct foreign_link {
	char *where;
	char name[IF_NAMESIZE];
	char parent[NAME_LEN];
	int lower;
};

/**
 * struct netns - all that can be seen
 * @v: the interfaces
 * @n: their number
 * @unseen: why there may be more, or NULL
 */
struct netns {
	struct foreign_link *v;
	size_t n;
	char *unseen;
};

#define for_each_foreign(l, ns) for ((l) = (ns)->v; (l) < (ns)->v + (ns)->n; (l)++)

struct netns netns_find(const struct path_ctx *root);
void netns_free(struct netns *netns);

#endif
