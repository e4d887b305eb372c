/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migration of a PCI function in its VFIO personality: all of it that is the same for
 * every device. A driver brings what only it can know, in struct
 * vfio_pci_migration_ops. docs/driver-api/pci-personality.rst has the contract.
 */
#ifndef _LINUX_VFIO_PCI_MIGRATION_H
#define _LINUX_VFIO_PCI_MIGRATION_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/vfio_pci_personality.h>

#include <compat/vfio_region_info.h>

struct vfio_pci_migration;
struct vfio_pci_migration_file;

/**
 * struct vfio_pci_migration_ops - what only the driver can do
 * @owner: THIS_MODULE, which is kept as long as a user has one of its streams
 * @data_version: of the state that @save writes. Another one is refused
 * @size: of the largest state, in bytes; a multiple of 4
 * @min_size: of the smallest one, a multiple of 4 above 0; or 0 if all have @size
 * @bar: the BAR with the driver's registers, mapped for it, whose size a peer must have
 * @trapped: so many bytes at the beginning of @bar are not mapped by users, whose
 *	accesses come to @read and @write; 0 for none
 * @read: a user reads the register of 32 bits at @offset, in bytes, of @bar. 64 bits are
 *	two of them, the lower first. NULL: he reads what the hardware has
 * @write: a user writes it. An error is that of his write
 * @reset: the function was opened, reset, or is about to be closed: forget what was
 *	noted of it. vfio_pci_core's lock of the registers may be held: neither sleep
 *	nor call vfio_pci_migration_read() and vfio_pci_migration_write(). NULL if there
 *	is nothing
 * @close: the user is about to close the function; or NULL
 * @quiesce: let the function access no memory any more, until @resume. Its registers
 *	are the user's still: what they would start has to wait
 * @silence: after @quiesce, let it do nothing by itself any more, interrupts included
 * @save: after @silence, write the state to @state, of the ops' @size and zeroed.
 *	Changes nothing: the function may go on here
 * @check: what makes no sense in a state from elsewhere, of @size bytes: words, or
 *	NULL if all does. Touches nothing else. All that this does not refuse comes to
 *	@load. May itself be NULL, if no value can do harm
 * @load: after @silence, or from a function that was reset, take a state that @check
 *	had no objection to. @resume lets the function go on
 * @resume: go on where @quiesce, @silence or @load left off. Cannot fail: nobody could
 *	go back from here
 * @reclaim: before @resume, the function goes on after all where @state was saved, while
 *	a destination may have loaded it: take back what has one owner only; or NULL
 *
 * One table, const, of the driver; not one for each device. A state is made of words of
 * 32 bits in the order of the CPU, which the helpers take care of.
 *
 * All but @check are called with the helpers' lock held, one at a time, and may sleep
 * except in @reset. While they do, the user waits who accesses a trapped register. Those
 * that return an int: 0 or an error, which the user gets, in the state that he was in;
 * after one of @load, in ERROR. @save returns the state's size in bytes, a multiple of
 * 4 above 0, or an error.
 */
struct vfio_pci_migration_ops {
	struct module *owner;
	u32 data_version;
	u32 size;
	u32 min_size;
	int bar;
	u32 trapped;
	u32 (*read)(struct vfio_pci_migration *m, u32 offset);
	int (*write)(struct vfio_pci_migration *m, u32 offset, u32 value);
	void (*reset)(struct vfio_pci_migration *m);
	void (*close)(struct vfio_pci_migration *m);
	int (*quiesce)(struct vfio_pci_migration *m);
	int (*silence)(struct vfio_pci_migration *m);
	ssize_t (*save)(struct vfio_pci_migration *m, void *state);
	const char *(*check)(const void *state, size_t size);
	int (*load)(struct vfio_pci_migration *m, const void *state, size_t size);
	void (*resume)(struct vfio_pci_migration *m);
	void (*reclaim)(struct vfio_pci_migration *m, const void *state, size_t size);
};

/**
 * struct vfio_pci_migration - a vfio_device that can be migrated
 * @core: what vfio_pci_core makes of it
 * @ops: the driver's part
 * @revision: the PCI revision that a peer must have
 * @lock: protects all below but @reset, and what the driver's callbacks touch; held
 *	for each access to a trapped register, and for each arc of the state machine
 * @reset_lock: protects @reset
 * @reset: the function was reset while @lock was held
 * @opened: a user has the function, and its registers are mapped
 * @mig_state: where the state machine is
 * @saving: what is being read, or NULL
 * @resuming: what is being written, or NULL
 * @state: what was saved, or read from a stream; while @opened
 * @saved: size of @state in bytes, if it is what the function was saved to; or 0
 * @verdict: on the stream that is being written: 0 when it is loaded
 *
 * For the driver: @core, to read; @revision; and @opened and @mig_state, in its
 * callbacks.
 */
struct vfio_pci_migration {
	struct vfio_pci_core_device core;
	const struct vfio_pci_migration_ops *ops;
	u8 revision;
	struct mutex lock;	/* everything below @reset */
	spinlock_t reset_lock;	/* @reset, and that @lock is let go of */
	bool reset;
	bool opened;
	enum vfio_device_mig_state mig_state;
	struct vfio_pci_migration_file *saving;
	struct vfio_pci_migration_file *resuming;
	u32 *state;
	size_t saved;
	int verdict;
};

struct vfio_pci_core_device *
vfio_pci_migration_init(struct vfio_pci_migration *m,
			const struct vfio_pci_migration_ops *ops, u8 revision);
u32 vfio_pci_migration_read(struct vfio_pci_migration *m, u32 offset);
void vfio_pci_migration_write(struct vfio_pci_migration *m, u32 offset, u32 value);
int vfio_pci_migration_await(struct vfio_pci_migration *m, u32 offset, u32 bits);
extern const struct pci_error_handlers vfio_pci_migration_err_handlers;

int vfio_pci_migration_open_device(struct vfio_device *vdev);
void vfio_pci_migration_close_device(struct vfio_device *vdev);
long vfio_pci_migration_ioctl(struct vfio_device *vdev, unsigned int cmd,
			      unsigned long arg);
ssize_t vfio_pci_migration_device_read(struct vfio_device *vdev, char __user *buf,
				       size_t count, loff_t *ppos);
ssize_t vfio_pci_migration_device_write(struct vfio_device *vdev,
					const char __user *buf, size_t count,
					loff_t *ppos);
int vfio_pci_migration_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);
int vfio_pci_migration_region_info(struct vfio_device *vdev,
				   struct vfio_region_info *info,
				   struct vfio_info_cap *caps);

/**
 * VFIO_PCI_MIGRATION_DEVICE_OPS - initialisers for struct vfio_device_ops
 *
 * All but read and write, for a vfio_device that begins with a struct
 * vfio_pci_migration. Those are vfio_pci_migration_device_read() and
 * vfio_pci_migration_device_write(), or functions of the driver's that call them.
 */
#define VFIO_PCI_MIGRATION_DEVICE_OPS					\
	VFIO_PCI_PERSONALITY_DEVICE_OPS					\
	.open_device	= vfio_pci_migration_open_device,		\
	.close_device	= vfio_pci_migration_close_device,		\
	.ioctl		= vfio_pci_migration_ioctl,			\
	.device_feature	= vfio_pci_core_ioctl_feature,			\
	.mmap		= vfio_pci_migration_mmap,			\
	COMPAT_VFIO_PCI_REGION_INFO(vfio_pci_migration_region_info)

#endif /* _LINUX_VFIO_PCI_MIGRATION_H */
