/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The native personality of edu, as programs see it: /dev/eduN and what sysfs
 * and procfs show of the function. Errors are negative errnos.
 */
#ifndef LIB_NATIVE_EDU_H
#define LIB_NATIVE_EDU_H

#include "pci.h"
#include "types.h"
#include "../../drivers/vfio/pci/edu/edu_ioctl.h"

#define EDU_VENDOR	0x1234
#define EDU_DEVICE	0x11e8
#define EDU_MAX		8

/* Functions that the driver edu is bound to: fills up to @max, returns how many */
int edu_find(char bdf[][PCI_BDF_LEN], int max);

/* Open the function's /dev/eduN: a file descriptor or an error */
int edu_open(const char *bdf);

/* The device's buffer, all of @count bytes or an error */
int edu_write(int fd, const void *buf, size_t count, size_t offset);
int edu_read(int fd, void *buf, size_t count, size_t offset);

int edu_factorial(int fd, u32 n, u32 *result);

/* What n! is */
u32 edu_factorial_expected(u32 n);

/* Random bytes */
void edu_random(void *buf, size_t size);

/* The driver's counter; interrupts that the function has raised so far */
long edu_operations(const char *bdf);
long edu_interrupts(const char *bdf);

/*
 * The native function works: random bytes went to the device and came back, it
 * computed, and each time its interrupt arrived. 0, or an error after a diag().
 */
int edu_prove(const char *bdf);

#endif /* LIB_NATIVE_EDU_H */
