/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A migration stream, as the helpers define it for every driver, to be tampered with.
 * Words are little-endian, as this machine.
 */
#ifndef LIB_MIGRATION_STREAM_H
#define LIB_MIGRATION_STREAM_H

#include "types.h"

#include "../../include/linux/vfio_pci_migration_stream.h"

/* Make the checksum right of @stream, a header and all that belongs to it: @size bytes */
void migration_stream_seal(void *stream, size_t size);

#endif /* LIB_MIGRATION_STREAM_H */
