/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migration of a vfio_device, whatever it is made of: all of it that is the same for every
 * device. A driver brings what only it can know, in struct vfio_migration_driver_ops.
 * <linux/vfio_pci_migration.h> adds what a PCI function needs. The contract is in
 * docs/driver-api/pci-personality.rst.
 */
#ifndef _LINUX_VFIO_MIGRATION_H
#define _LINUX_VFIO_MIGRATION_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_migration_stream.h>

struct vfio_migration;
struct vfio_migration_file;

/**
 * struct vfio_migration_driver_ops - what only the driver can do
 * @owner: THIS_MODULE, which is kept as long as a user has one of its streams
 * @data_version: of the state that @save writes. Another one is refused
 * @size: of the largest state, in bytes; a multiple of 4
 * @min_size: of the smallest one, a multiple of 4 above 0; or 0 if all have @size
 * @wake: before each arc and each piece of a stream: be one that can be reached, should
 *	the user have switched it off. NULL if it always is
 * @reset: the device was opened, reset, or is about to be closed: forget what was noted
 *	of it. Does not sleep. NULL if there is nothing
 * @close: the user is about to close the device; or NULL
 * @quiesce: let the device access no memory any more, until @resume. Its registers are
 *	the user's still: what they would start has to wait
 * @silence: after @quiesce, let it do nothing by itself any more, interrupts included
 * @save: after @silence, write the state to @state, of the ops' @size and zeroed.
 *	Changes nothing: the device may go on here
 * @check: what makes no sense in a state from elsewhere, of @size bytes: words, or
 *	NULL if all does. Touches nothing else. All that this does not refuse comes to
 *	@load. May itself be NULL, if no value can do harm
 * @load: after @silence, or from a device that was reset, take a state that @check had
 *	no objection to. @resume lets the device go on
 * @resume: go on where @quiesce, @silence or @load left off. Cannot fail: nobody could
 *	go back from here
 * @reclaim: before @resume, the device goes on after all where @state was saved, while
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
struct vfio_migration_driver_ops {
	struct module *owner;
	u32 data_version;
	u32 size;
	u32 min_size;
	void (*wake)(struct vfio_migration *m);
	void (*reset)(struct vfio_migration *m);
	void (*close)(struct vfio_migration *m);
	int (*quiesce)(struct vfio_migration *m);
	int (*silence)(struct vfio_migration *m);
	ssize_t (*save)(struct vfio_migration *m, void *state);
	const char *(*check)(struct vfio_migration *m, const void *state, size_t size);
	int (*load)(struct vfio_migration *m, const void *state, size_t size);
	void (*resume)(struct vfio_migration *m);
	void (*reclaim)(struct vfio_migration *m, const void *state, size_t size);
};

/**
 * struct vfio_migration - the migration of one vfio_device
 * @vdev: the vfio_device
 * @ops: the driver's part
 * @identity: what a peer must be
 * @lock: protects all below but @reset, and what the driver's callbacks touch; held
 *	for each arc of the state machine
 * @reset_lock: protects @reset
 * @reset: the device was reset while @lock was held
 * @opened: a user has the device
 * @mig_state: where the state machine is
 * @saving: what is being read, or NULL
 * @resuming: what is being written, or NULL
 * @state: what was saved, or read from a stream; while @opened
 * @saved: size of @state in bytes, if it is what the device was saved to; or 0
 * @verdict: on the stream that is being written: 0 when it is loaded
 *
 * For the driver: @vdev; @identity; and @opened and @mig_state, in its callbacks.
 */
struct vfio_migration {
	struct vfio_device *vdev;
	const struct vfio_migration_driver_ops *ops;
	struct vfio_migration_identity identity;
	struct mutex lock;	/* everything below @reset */
	spinlock_t reset_lock;	/* @reset, and that @lock is let go of */
	bool reset;
	bool opened;
	enum vfio_device_mig_state mig_state;
	struct vfio_migration_file *saving;
	struct vfio_migration_file *resuming;
	u32 *state;
	size_t saved;
	int verdict;
};

int vfio_migration_init(struct vfio_migration *m, struct vfio_device *vdev,
			const struct vfio_migration_driver_ops *ops,
			const struct vfio_migration_identity *identity,
			const struct vfio_migration_ops *vfio_ops);
int vfio_migration_open(struct vfio_migration *m);
void vfio_migration_close(struct vfio_migration *m);
void vfio_migration_reset_done(struct vfio_migration *m);
struct file *vfio_migration_set_state(struct vfio_migration *m,
				      enum vfio_device_mig_state to);
enum vfio_device_mig_state vfio_migration_get_state(struct vfio_migration *m);
size_t vfio_migration_data_size(const struct vfio_migration *m);

#endif /* _LINUX_VFIO_MIGRATION_H */
