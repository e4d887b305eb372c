/* SPDX-License-Identifier: GPL-2.0 */
/*
 * igbvf-vfio.ko, inside.
 *
 *	igbvf_vfio.c	registration, open and close
 *	traps.c		the registers that the user does not reach directly
 *	state.c		the hardware's state: stop, save, load, start
 *	migration.c	VFIO's state machine
 *	data_file.c	the files that the stream is read from and written to
 *	stream.c	the stream
 *	mailbox.c	what the PF was told
 *
 * All but the first is for migration, and for the 82576 that QEMU emulates. Silicon
 * prefetches descriptors, has FIFOs and contexts on the die, and its head registers
 * may be read-only: what cannot be read cannot be moved.
 */
#ifndef _IGBVF_VFIO_H_
#define _IGBVF_VFIO_H_

#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/vfio_pci_core.h>

#include "stream.h"

/* BAR 0: pages 0 and 1 are trapped, 2 and 3 are the rings' and mapped */
#define IGBVF_TRAPPED		0x2000
#define IGBVF_BAR_SIZE		0x4000

#define IGBVF_CTRL		0x0000
#define  IGBVF_CTRL_RST		BIT(26)
#define IGBVF_CTRL_DUP		0x0004		/* the same register */
#define IGBVF_STATUS		0x0008
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
#define IGBVF_IVAR		0x1700
#define IGBVF_IVAR_MISC		0x1740

struct igbvf_data_file;

/**
 * struct igbvf_vfio - igbvf's vfio_device
 * @core: what vfio_pci_core makes of it
 * @lock: protects all below but @reset; held for each access to a trapped
 *	register, and for each arc of the state machine
 * @reset_lock: protects @reset
 * @reset: the function was reset while @lock was held
 * @opened: a user has the function, and its registers are mapped
 * @mig_state: where the state machine is
 * @saving: what is being read, or NULL
 * @resuming: what is being written, or NULL
 * @shadow: what cannot be read back from the hardware: eims, psrtype, mailbox
 *	(bits for the user to read once), asked with memory, reset_done, messages
 * @transfer: what is written to a stream, or was read from one
 * @counter_offset: what to add to the hardware's statistics
 * @stopped: the queues are stopped
 * @rxdctl: receive queues' control before they were
 * @txdctl: transmit queues' control before they were
 * @verdict: on the stream that is being written: 0 when it is loaded
 * @saved: @transfer is the state that the function is in
 * @lost: a message was not recorded, there were too many
 * @filters: the PF has filters of this function, which outlive its resets
 */
struct igbvf_vfio {
	struct vfio_pci_core_device core;
	struct mutex lock;	/* everything below @reset */
	spinlock_t reset_lock;	/* @reset, and that @lock is let go of */
	bool reset;
	bool opened;
	enum vfio_device_mig_state mig_state;
	struct igbvf_data_file *saving;
	struct igbvf_data_file *resuming;
	struct igbvf_state shadow;
	struct igbvf_state transfer;
	u32 counter_offset[IGBVF_COUNTERS];
	bool stopped;
	u32 rxdctl[IGBVF_QUEUES];
	u32 txdctl[IGBVF_QUEUES];
	int verdict;
	bool saved;
	bool lost;
	bool filters;
};

static inline struct igbvf_vfio *to_igbvf_vfio(struct vfio_device *vdev)
{
	return container_of(vdev, struct igbvf_vfio, core.vdev);
}

/* traps.c; of the first two, a register that cannot be reached reads all ones */
u32 igbvf_read(struct igbvf_vfio *v, u32 offset);
void igbvf_write(struct igbvf_vfio *v, u32 offset, u32 value);
u32 igbvf_trapped_read(struct igbvf_vfio *v, u32 offset);
u32 igbvf_mailbox_read(struct igbvf_vfio *v);
void igbvf_traps_reset(struct igbvf_vfio *v);
int igbvf_counter_reg(unsigned int i);
ssize_t igbvf_vfio_read(struct vfio_device *vdev, char __user *buf,
			size_t count, loff_t *ppos);
ssize_t igbvf_vfio_write(struct vfio_device *vdev, const char __user *buf,
			 size_t count, loff_t *ppos);
int igbvf_vfio_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);
int igbvf_vfio_region_info(struct vfio_device *vdev,
			   struct vfio_region_info *info,
			   struct vfio_info_cap *caps);

/* state.c */
void igbvf_quiesce(struct igbvf_vfio *v);
void igbvf_silence(struct igbvf_vfio *v);
void igbvf_unquiesce(struct igbvf_vfio *v);
void igbvf_forget_filters(struct igbvf_vfio *v);
void igbvf_reclaim(struct igbvf_vfio *v);
int igbvf_save(struct igbvf_vfio *v, struct igbvf_state *state);
int igbvf_load(struct igbvf_vfio *v, const struct igbvf_state *state);

/* data_file.c */
struct igbvf_data_file *igbvf_data_file_open(struct igbvf_vfio *v, bool to_read);
struct file *igbvf_data_file_get(struct igbvf_data_file *data);
u8 *igbvf_data_file_fill(struct igbvf_data_file *data);
void igbvf_data_file_close(struct igbvf_data_file *data);

/* migration.c */
extern const struct vfio_migration_ops igbvf_migration_ops;
void igbvf_migration_reset(struct igbvf_vfio *v);
void igbvf_migration_reset_done(struct igbvf_vfio *v);
int igbvf_migration_judge(struct igbvf_vfio *v,
			  const struct igbvf_data_file *data, const u8 *stream,
			  size_t length);
bool igbvf_unlock(struct igbvf_vfio *v);

#endif /* _IGBVF_VFIO_H_ */
