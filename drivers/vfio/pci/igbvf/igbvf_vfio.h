/* SPDX-License-Identifier: GPL-2.0 */
/*
 * igbvf-vfio.ko, inside.
 *
 *	igbvf_vfio.c	registration; what of this the helpers call, and when
 *	traps.c		the registers that the user does not reach directly
 *	state.c		the hardware's state: stop, save, load, start
 *	state_check.c	what cannot be a state
 *	mailbox.c	what the PF was told
 *
 * All but the first is for migration, and for the 82576 that QEMU emulates. Silicon
 * prefetches descriptors, has FIFOs and contexts on the die, and its head registers
 * may be read-only: what cannot be read cannot be moved.
 */
#ifndef _IGBVF_VFIO_H_
#define _IGBVF_VFIO_H_

#include <linux/vfio_pci_migration.h>

#include "state.h"

/* BAR 0: pages 0 and 1 are trapped, 2 and 3 are the rings' and mapped */
#define IGBVF_TRAPPED		0x2000
#define IGBVF_BAR_SIZE		0x4000

#define IGBVF_CTRL		0x0000
#define  IGBVF_CTRL_RST		BIT(26)
#define IGBVF_CTRL_DUP		0x0004		/* the same register */
#define IGBVF_STATUS		0x0008
#define  IGBVF_STATUS_LU	BIT(1)		/* the link is up */
#define IGBVF_VMBMEM(i)		(0x0800 + 4 * (i))
#define IGBVF_V2PMAILBOX	0x0c40
#define  IGBVF_MBX_REQ		BIT(0)
#define  IGBVF_MBX_ACK		BIT(1)
#define  IGBVF_MBX_VFU		BIT(2)
#define  IGBVF_MBX_PFSTS	BIT(4)
#define  IGBVF_MBX_PFACK	BIT(5)
#define  IGBVF_MBX_RSTI		BIT(6)
#define  IGBVF_MBX_RSTD		BIT(7)
#define  IGBVF_MBX_READ_CLEARS	(IGBVF_MBX_PFSTS | IGBVF_MBX_PFACK | \
				 IGBVF_MBX_RSTD)
#define IGBVF_PSRTYPE		0x0f0c
#define IGBVF_EICS		0x1520
#define IGBVF_EIMS		0x1524
#define IGBVF_EIMC		0x1528
#define IGBVF_EIAC		0x152c
#define IGBVF_EIAM		0x1530
#define IGBVF_EITR(i)		(0x1680 + 4 * (i))
#define  IGBVF_EITR_INTERVAL	GENMASK(14, 1)
#define IGBVF_IVAR		0x1700		/* a byte for each queue's direction */
#define IGBVF_IVAR_MISC		0x1740		/* one for the mailbox */
#define  IGBVF_IVAR_VECTOR	GENMASK(1, 0)
#define  IGBVF_IVAR_VALID	BIT(7)

/**
 * struct igbvf_vfio - igbvf's vfio_device
 * @migration: what the helpers make of it; its lock protects all below
 * @shadow: what cannot be read back from the hardware: eims, psrtype, mailbox
 *	(bits for the user to read once), asked with memory, reset_done, messages
 * @counter_offset: what to add to the hardware's statistics
 * @stopped: the queues are stopped
 * @rxdctl: receive queues' control before they were
 * @txdctl: transmit queues' control before they were
 * @lost: a message was not recorded, there were too many
 * @filters: the PF has filters of this function, which outlive its resets
 */
struct igbvf_vfio {
	struct vfio_pci_migration migration;
	struct igbvf_state shadow;
	u32 counter_offset[IGBVF_COUNTERS];
	bool stopped;
	u32 rxdctl[IGBVF_QUEUES];
	u32 txdctl[IGBVF_QUEUES];
	bool lost;
	bool filters;
};

static inline struct igbvf_vfio *to_igbvf_vfio(struct vfio_migration *m)
{
	return container_of(m, struct igbvf_vfio, migration.base);
}

/* A register that cannot be reached reads all ones */
static inline u32 igbvf_read(struct igbvf_vfio *v, u32 offset)
{
	return vfio_pci_migration_read(&v->migration, offset);
}

static inline void igbvf_write(struct igbvf_vfio *v, u32 offset, u32 value)
{
	vfio_pci_migration_write(&v->migration, offset, value);
}

/* traps.c */
u32 igbvf_mailbox_read(struct igbvf_vfio *v);
void igbvf_forget(struct igbvf_vfio *v);
int igbvf_counter_reg(unsigned int i);
void igbvf_begin_anew(struct vfio_migration *m);
u32 igbvf_trapped_read(struct vfio_pci_migration *m, u32 offset);
int igbvf_trapped_write(struct vfio_pci_migration *m, u32 offset, u32 value);

/* state.c */
int igbvf_quiesce(struct vfio_migration *m);
int igbvf_silence(struct vfio_migration *m);
void igbvf_resume(struct vfio_migration *m);
void igbvf_forget_filters(struct vfio_migration *m);
void igbvf_reclaim(struct vfio_migration *m, const void *saved, size_t size);
ssize_t igbvf_save(struct vfio_migration *m, void *to);
int igbvf_load(struct vfio_migration *m, const void *from, size_t size);

#endif /* _IGBVF_VFIO_H_ */
