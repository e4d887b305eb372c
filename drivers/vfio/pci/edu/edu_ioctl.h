/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * QEMU's edu device: what /dev/eduN offers beside read and write, which reach
 * the device's buffer of EDU_BUFFER_SIZE bytes at the file's offset.
 */
#ifndef _UAPI_EDU_IOCTL_H
#define _UAPI_EDU_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define EDU_BUFFER_SIZE		4096

/* The largest argument whose factorial fits the device's 32 bits */
#define EDU_FACTORIAL_MAX	12

/**
 * struct edu_factorial - a computation
 * @n: set by the caller, at most EDU_FACTORIAL_MAX
 * @result: set by the device, n!
 */
struct edu_factorial {
	__u32 n;
	__u32 result;
};

/* Fails with ERANGE if the argument is too large */
#define EDU_IOCTL_FACTORIAL	_IOWR(0xed, 0x00, struct edu_factorial)

#endif /* _UAPI_EDU_IOCTL_H */
