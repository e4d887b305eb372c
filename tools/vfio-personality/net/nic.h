/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nic: how a NIC's interface is set up, and the next one of the same function again.
 *
 * Without a driver there is no interface, and the one that a driver makes later is new:
 * the kernel gives it the lowest free name, udev the one that its rules say, and nobody
 * knows what else was set. So that is noted as a function goes to VFIO, until the next
 * boot, and set again as it comes back.
 */
#ifndef VP_NIC_H
#define VP_NIC_H

#include "function.h"

/**
 * struct nic - an interface's settings
 * @name: what it is called
 * @named: somebody has called it so, not the kernel, nor udev, who would do so again
 * @by_kernel: the kernel has called it so
 * @port: which one of its function's interfaces it is
 * @mtu: the largest packet, 0 for what the driver chose
 * @mac: its address, empty for its own
 * @up: it is up
 * @altnames: its other names
 */
struct nic {
	char name[NAME_LEN];
	bool named, by_kernel;
	unsigned long port, mtu;
	char mac[NAME_LEN];
	bool up;
	struct names altnames;
};

/* To be freed by nic_free() */
struct nic nic_read(const struct path_ctx *root, const char *name);
/* What of it a new interface would not have, in words, with commas between; to be freed */
char *nic_set_by_hand(const struct nic *nic);
void nic_free(struct nic *nic);

/* Of all interfaces of @f, which is about to go */
void nic_note(const struct machine *m, const struct function *f);
/*
 * Sets up what interfaces @f has again as they were noted, once they are there, for which
 * it waits for @timeout s at most. What cannot be set has been said.
 */
void nic_set_again(const struct path_ctx *root, const char *address, unsigned long timeout);

#endif
