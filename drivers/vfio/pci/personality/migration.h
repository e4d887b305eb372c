/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio-pci-personality: what the files about migration share.
 *
 * migration.c         VFIO's state machine, the verdict on a stream, resets
 * migration_device.c  what a PCI function adds: its BAR, the registers that are trapped
 * migration_file.c    the files that a stream is read from and written to
 * migration_stream.c  the stream
 * migration_area.h    what of a BAR a user may map
 *
 * Lock order, the outermost first; who holds one takes only those below it:
 *
 *	file's io	 one read or write of a stream's file. Held while the user's
 *			 memory is copied, which may be a BAR and wait for a reset: a
 *			 reset must not wait for this
 *	m->lock		 arcs, trapped registers, the driver's callbacks. The user's
 *			 memory is never copied with it held
 *	memory_lock	 vfio_pci_core's, taken by each access to a register. A reset
 *			 comes with it held, to vfio_migration_reset_done()
 *	m->reset_lock	 a spinlock
 *	file's lock	 a spinlock
 *
 * A reset thus never waits for m->lock. Either it gets it at once, or who holds it does
 * the reset's work when it lets go: see migration_unlock().
 */
#ifndef _VFIO_PCI_MIGRATION_INTERNAL_H
#define _VFIO_PCI_MIGRATION_INTERNAL_H

#include <linux/vfio_migration.h>

/* migration.c */
bool migration_unlock(struct vfio_migration *m);
int migration_judge(struct vfio_migration *m, const struct vfio_migration_file *file,
		    const u8 *stream, size_t length);

/* migration_file.c */
struct vfio_migration_file *migration_file_open(struct vfio_migration *m, bool to_read);
struct file *migration_file_get(struct vfio_migration_file *data);
u8 *migration_file_stream(struct vfio_migration_file *data);
void migration_file_fill(struct vfio_migration_file *data, size_t length);
void migration_file_close(struct vfio_migration_file *data);

#endif /* _VFIO_PCI_MIGRATION_INTERNAL_H */
