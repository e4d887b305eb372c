/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's short names of integers of a fixed size, and small macros. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define BIT(n)		(1U << (n))

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#define lower_32(n)	((u32)(n))
#define upper_32(n)	((u32)((u64)(n) >> 32))

#endif /* LIB_TYPES_H */
