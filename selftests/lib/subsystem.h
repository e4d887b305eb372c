/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A function that looks like another manufacturer's to its driver, by the selftests'
 * own module, see modules/subsystem.c.
 */
#ifndef LIB_SUBSYSTEM_H
#define LIB_SUBSYSTEM_H

#include "types.h"

/* For as long as the kernel knows the function: 0 or a negative errno */
int subsystem_pretend(const char *bdf, u16 vendor, u16 device);

#endif /* LIB_SUBSYSTEM_H */
