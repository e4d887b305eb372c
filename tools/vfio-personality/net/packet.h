/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packet: sockets that send and receive frames on an interface as they are (packet(7)): a
 * switch in user space, a virtual machine, an intrusion detector. The interface needs no
 * address for it.
 */
#ifndef VP_PACKET_H
#define VP_PACKET_H

#include "openers.h"

/* All that there are, as /proc tells them; to be freed */
char *packet_sockets(const struct path_ctx *root);
/*
 * Calls @see for each of @sockets that is of the interface with this @index, with the process
 * that has it, or with NULL if that cannot be seen. Not for sockets of all interfaces
 */
void packet_sockets_find(const struct path_ctx *root, const char *sockets, unsigned long index,
			 void (*see)(void *data, const struct opener *opener), void *data);

#endif
