/* SPDX-License-Identifier: GPL-2.0 */
/* vfio-pci-personality: the migration stream, made and taken apart. */
#ifndef _VFIO_PCI_MIGRATION_STREAM_INTERNAL_H
#define _VFIO_PCI_MIGRATION_STREAM_INTERNAL_H

#include <linux/types.h>
#include <linux/vfio_pci_migration_stream.h>

/**
 * struct migration_peer - what a stream must be from, to be for a device
 * @identity: what the device is
 * @data_version: the driver's, of the state
 * @size: of the largest state, in bytes, a multiple of 4
 * @min_size: of the smallest one, in bytes
 */
struct migration_peer {
	struct vfio_migration_identity identity;
	u32 data_version;
	u32 size;
	u32 min_size;
};

size_t migration_stream_write(const struct migration_peer *us, const u32 *state,
			      size_t size, u8 *stream);
int migration_stream_begins(const struct migration_peer *us, const u8 *stream,
			    size_t *length, const char **reason);
int migration_stream_parse(const struct migration_peer *us, const u8 *stream,
			   size_t length, u32 *state, const char **reason);

#endif /* _VFIO_PCI_MIGRATION_STREAM_INTERNAL_H */
