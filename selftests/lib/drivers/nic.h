/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the NIC drivers share: the proof, which is an ARP request answered. A NIC
 * embeds struct nic as the first member of its driver's state.
 */
#ifndef LIB_DRIVERS_NIC_H
#define LIB_DRIVERS_NIC_H

#include "../arp.h"
#include "driver.h"

#define NIC_FRAME_MAX	2048

struct nic;

/**
 * struct nic_ops - how a NIC moves frames
 * @send: queue @length bytes; returns 0 or a negative errno
 * @receive: copy the next received frame, at most NIC_FRAME_MAX bytes; returns
 *	its length, 0 if there is none
 * @ack: let the device interrupt again
 */
struct nic_ops {
	int (*send)(struct nic *nic, const void *frame, size_t length);
	size_t (*receive)(struct nic *nic, void *frame);
	void (*ack)(struct nic *nic);
};

/**
 * struct nic - a NIC
 * @ops: its driver's
 * @f: the function
 * @irq: its interrupts; @rx_vector of them tells of received frames
 * @mac: its address
 * @rx_iova: where it stores frames, for the story
 */
struct nic {
	const struct nic_ops *ops;
	struct vfio_function *f;
	struct vfio_irq irq;
	unsigned int rx_vector;
	u8 mac[ARP_MAC_LEN];
	u64 rx_iova;
};

/* struct device_driver's prove, for any NIC */
int nic_prove(void *state, struct proof *proof);

#endif /* LIB_DRIVERS_NIC_H */
