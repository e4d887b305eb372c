/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's driver of an 82576 VF, which does not know that its device moves:
 * rings in memory, what has been posted and what has been reaped. Frames are
 * those of traffic.h.
 *
 * Functions return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_IGBVF_GUEST_H
#define LIB_IGBVF_GUEST_H

#include "traffic.h"
#include "vfio.h"

#define GUEST_RING	64

/**
 * struct guest - a guest
 * @f: the function it has now
 * @irq: its interrupts
 * @memory: rings and frames
 * @mac: what it agreed on with the PF
 * @tx_posted: descriptors filled so far
 * @tx_reaped: of them, those that the device is done with
 * @rx_reaped: frames received so far
 */
struct guest {
	struct vfio_function *f;
	struct vfio_irq irq;
	struct vfio_buffer memory;
	u8 mac[TRAFFIC_MAC_LEN];
	u32 tx_posted;
	u32 tx_reaped;
	u32 rx_reaped;
};

/* Boot on @f, whose memory and interrupts the guest has then */
int guest_start(struct guest *guest, struct vfio_function *f);

/* Let another function reach the same memory at the same addresses */
int guest_map(struct guest *guest, struct vfio_function *f);

/* What a monitor does: route the interrupts of @f, not of the one before */
int guest_move(struct guest *guest, struct vfio_function *f);

/**
 * struct guest_stop - how long a move took, in microseconds
 * @quiesce: to stop the function
 * @save: to read its state, to the end of the stream
 * @restore: to give it to the other, from the first byte
 * @interrupts: to take the interrupts from the one and give them to the other: the
 *	monitor's part
 * @resume: to let that go on
 */
struct guest_stop {
	u64 quiesce;
	u64 save;
	u64 restore;
	u64 interrupts;
	u64 resume;
};

/*
 * Move the guest to @to, whose memory it has: all of a migration, in the order that
 * QEMU has for it. Neither function is reset: both have the same address afterwards.
 * @stop may be NULL. Silent: an error may be what a test is after; it is of saving the
 * state or of writing it, and the guest is where it was.
 */
int guest_migrate(struct guest *guest, struct vfio_function *to,
		  struct guest_stop *stop);

/* Fill a descriptor with the next frame; have the device look at what is filled */
void guest_post(struct guest *guest, const u8 *to, size_t length);
void guest_kick(struct guest *guest);
/* How many of those that were posted are sent */
u32 guest_sent(struct guest *guest);

/* How many frames are in memory, not taken yet */
u32 guest_waiting(struct guest *guest);
/* Take a frame, whatever its number. -EAGAIN, silently, if there is none */
int guest_take(struct guest *guest, u32 *seq);
/* Take a frame: its number must be the next */
int guest_receive(struct guest *guest);

/*
 * Does the guest get a frame that @from sends to @to? The one after it, which @plain
 * sends to the guest's own address and which always arrives, tells when to look no
 * more. 1, 0 or a negative errno. Frames are numbered from *@seq on.
 */
int guest_hears(struct guest *guest, struct traffic_peer *from, const u8 *to,
		size_t length, struct traffic_peer *plain, u32 *seq);
/* Send to the guest until a frame arrives, since the link takes its time */
int guest_await_link(struct guest *guest, struct traffic_peer *peer);

/* Wait for the receive interrupt, and let it come again: 0 or -ETIMEDOUT */
int guest_await_interrupt(struct guest *guest, int timeout_ms);

/* The interrupt of the PF's messages, and of anything that has no queue */
#define GUEST_MISC_VECTOR	2

/* Registers, as the guest sees them */
u32 guest_register(struct guest *guest, u32 reg);

#endif /* LIB_IGBVF_GUEST_H */
