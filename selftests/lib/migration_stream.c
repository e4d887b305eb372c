// SPDX-License-Identifier: GPL-2.0
/* Migration streams, see migration_stream.h. */
#include <stddef.h>

#include "migration_stream.h"

/* CRC-32 of IEEE 802.3, over what follows the checksum */
void migration_stream_seal(void *stream, size_t size)
{
	struct vfio_pci_migration_header *header = stream;
	const u8 *byte = (const u8 *)&header->vendor;
	const u8 *end = (const u8 *)stream + size;
	u32 crc = ~0u;
	int bit;

	for (; byte < end; byte++)
		for (crc ^= *byte, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	header->checksum = ~crc;
}
