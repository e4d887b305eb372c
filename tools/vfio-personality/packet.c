// SPDX-License-Identifier: GPL-2.0
/*
 * packet: sockets that send and receive frames on an interface as they are.
 */
#include "packet.h"

#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* It listens to neighbours on every interface, and lets one go that goes */
static bool is_discovery(const struct opener *opener, unsigned int protocol)
{
	return protocol == ETH_P_LLDP || (opener && !strcmp(opener->command, "lldpd"));
}

static void see_socket(const struct path_ctx *root, unsigned long inode, unsigned int protocol,
		       void (*see)(void *data, const struct opener *opener), void *data)
{
	struct opener opener;
	char file[40];
	bool found;

	snprintf(file, sizeof(file), "socket:[%lu]", inode);
	found = openers_who_has(root, file, &opener);
	if (!is_discovery(found ? &opener : NULL, protocol))
		see(data, found ? &opener : NULL);
	if (found)
		free(opener.file);
}

/* "sk RefCnt Type Proto Iface R Rmem User Inode", a socket a line; Iface is 0 for all */
void packet_sockets_find(const struct path_ctx *root, unsigned long index,
			 void (*see)(void *data, const struct opener *opener), void *data)
{
	char *text = path_read_all(root, "proc/net/packet"), *rest = text, *line;
	unsigned long interface, inode;
	unsigned int protocol;

	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%*s %*s %*s %x %lu %*s %*s %*s %lu", &protocol, &interface,
			   &inode) == 3 && interface == index)
			see_socket(root, inode, protocol, see, data);
	free(text);
}
