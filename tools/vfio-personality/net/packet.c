// SPDX-License-Identifier: GPL-2.0
/*
 * packet: sockets that send and receive frames on an interface as they are.
 */
#include "packet.h"

#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Who discovers neighbours or asks for an address does so on every interface, and lets one go
 * that goes. What comes of it is seen as such. Names as /proc has them, 15 bytes at most
 */
static const char *const managers[] = {
	"NetworkManager", "avahi-autoipd", "connmand", "dhclient", "dhcpcd", "iwd", "lldpd",
	"systemd-network", "udhcpc",
};

static bool is_manager(const struct opener *opener)
{
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		if (!strcmp(opener->command, managers[i]))
			return true;
	return false;
}

static void see_socket(const struct path_ctx *root, unsigned long inode,
		       void (*see)(void *data, const struct opener *opener), void *data)
{
	struct opener opener;
	char file[40];
	bool found;

	snprintf(file, sizeof(file), "socket:[%lu]", inode);
	found = openers_who_has(root, file, &opener);
	if (!found || !is_manager(&opener))
		see(data, found ? &opener : NULL);
}

char *packet_sockets(const struct path_ctx *root)
{
	return path_read_all(root, "proc/net/packet");
}

/* "sk RefCnt Type Proto Iface R Rmem User Inode", a socket a line; Iface is 0 for all */
void packet_sockets_find(const struct path_ctx *root, const char *sockets, unsigned long index,
			 void (*see)(void *data, const struct opener *opener), void *data)
{
	const char *line = sockets, *end;
	unsigned long interface, inode;
	unsigned int protocol;

	for (; (end = strchr(line, '\n')); line = end + 1)
		if (sscanf(line, "%*s %*s %*s %x %lu %*s %*s %*s %lu", &protocol, &interface,
			   &inode) == 3 && interface == index && protocol != ETH_P_LLDP)
			see_socket(root, inode, see, data);
}
