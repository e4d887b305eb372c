/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drivers for the selftests, not for use: a VFIO variant driver and a native
 * driver for QEMU's edu device, which do what real ones do and can be told to
 * refuse a function.
 *
 * main.c     the module
 * variant.c  a VFIO driver whose id is more specific than vfio-pci's
 * native.c   a driver that binds by driver_override only and does nothing
 */
#ifndef _PERSONALITY_TEST_H
#define _PERSONALITY_TEST_H

#include <linux/pci.h>

extern struct pci_driver personality_test_variant;
extern struct pci_driver personality_test_native;

#endif /* _PERSONALITY_TEST_H */
