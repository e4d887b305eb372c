/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A migration stream of igbvf, as the driver itself defines it, to be tampered with and
 * made whole again by migration_stream_seal().
 */
#ifndef LIB_IGBVF_STREAM_H
#define LIB_IGBVF_STREAM_H

#include "types.h"

#include "../../drivers/vfio/pci/igbvf/state.h"
#include "migration_stream.h"

struct igbvf_stream {
	struct vfio_pci_migration_header header;
	struct igbvf_state state;	/* in words, little-endian as this machine */
};

#endif /* LIB_IGBVF_STREAM_H */
