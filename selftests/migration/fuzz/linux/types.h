/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's sources find in <linux/...>, for user space: this folder
 * comes before the system's in the search for headers.
 */
#ifndef FUZZ_TYPES_H
#define FUZZ_TYPES_H

#include_next <linux/types.h>

#include <asm/byteorder.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;

#define le16_to_cpu __le16_to_cpu
#define le32_to_cpu __le32_to_cpu
#define cpu_to_le16 __cpu_to_le16
#define cpu_to_le32 __cpu_to_le32
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof(((type *)NULL)->member))

#endif /* FUZZ_TYPES_H */
