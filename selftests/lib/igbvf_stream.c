// SPDX-License-Identifier: GPL-2.0
/* igbvf's migration stream, see igbvf_stream.h. */
#include <stddef.h>

#include "igbvf_stream.h"

/* CRC-32 of IEEE 802.3, over what follows the checksum */
void igbvf_stream_seal(struct igbvf_stream *stream)
{
	const u8 *byte = (const u8 *)&stream->header.vendor;
	const u8 *end = (const u8 *)(stream + 1);
	u32 crc = ~0u;
	int bit;

	for (; byte < end; byte++)
		for (crc ^= *byte, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	stream->header.checksum = ~crc;
}
