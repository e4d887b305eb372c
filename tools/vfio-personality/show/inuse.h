/* SPDX-License-Identifier: GPL-2.0 */
/*
 * inuse: who uses a function, in words short enough for a column of list.
 *
 * Of disks and device files it is what checking finds; but list looks at many functions,
 * so it asks netlink once, and does not try to claim disks. What check finds counts.
 */
#ifndef VP_INUSE_H
#define VP_INUSE_H

#include <json-c/json.h>

#include "check.h"

/**
 * struct inuse_net - what an interface is used for
 * @ifname: the interface
 * @text: an address, or what else there is
 */
struct inuse_net {
	char ifname[NAME_LEN];
	char *text;
};

/**
 * struct inuse - what has been looked at so far
 * @findings: of the function that was looked at last; its survey serves all
 * @root: where to look
 * @nets: of all interfaces, once they have been read
 * @net_count: their number
 * @nets_read: they have
 */
struct inuse {
	struct findings findings;
	const struct path_ctx *root;
	struct inuse_net *nets;
	size_t net_count;
	bool nets_read;
};

/* An array of texts, empty if no use can be seen */
struct json_object *inuse_json(struct inuse *use, const struct machine *m,
			       const struct function *f);
/* Why uses may be missing, or NULL */
const char *inuse_unseen(const struct inuse *use);
void inuse_free(struct inuse *use);

#endif
