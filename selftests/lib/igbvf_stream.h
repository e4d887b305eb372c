/* SPDX-License-Identifier: GPL-2.0 */
/* A migration stream of igbvf, as the driver itself defines it, to be tampered with. */
#ifndef LIB_IGBVF_STREAM_H
#define LIB_IGBVF_STREAM_H

#include "types.h"

#include "../../drivers/vfio/pci/igbvf/stream.h"

struct igbvf_stream {
	struct igbvf_stream_header header;
	struct igbvf_state state;	/* in words, little-endian as this machine */
};

/* Make the checksum right */
void igbvf_stream_seal(struct igbvf_stream *stream);

#endif /* LIB_IGBVF_STREAM_H */
