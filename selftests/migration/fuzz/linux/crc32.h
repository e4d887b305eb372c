/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's crc32_le(), by a table, since most of the fuzzer's time is here. */
#ifndef FUZZ_CRC32_H
#define FUZZ_CRC32_H

#include <linux/types.h>

static inline u32 crc32_le(u32 crc, const u8 *bytes, size_t length)
{
	static u32 table[256];
	u32 i, bit;

	for (i = 0; !table[255] && i < 256; i++)
		for (table[i] = i, bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	while (length--)
		crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
	return crc;
}

#endif /* FUZZ_CRC32_H */
