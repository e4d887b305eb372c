/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drivers for the selftests, not for use: a VFIO variant driver for QEMU's edu device
 * and native drivers for any, which do what real ones do and can be told to refuse
 * a function, or to keep it.
 *
 * main.c     the module
 * variant.c  a VFIO driver whose id is more specific than vfio-pci's
 * native.c   a driver that binds by driver_override only and does nothing
 * fixed.c    another, which is not to be unbound
 */
#ifndef _PERSONALITY_TEST_H
#define _PERSONALITY_TEST_H

#include <linux/pci.h>

extern struct pci_driver personality_test_variant;
extern struct pci_driver personality_test_native;
extern struct pci_driver personality_test_fixed;

#endif /* _PERSONALITY_TEST_H */
