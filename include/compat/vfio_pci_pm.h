/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The power management of a function that VFIO has: up to now vfio_pci_core writes it to
 * the bound driver as it registers a device, which the shadow is in the place of then.
 */
#ifndef _COMPAT_VFIO_PCI_PM_H
#define _COMPAT_VFIO_PCI_PM_H

#include <linux/vfio_pci_core.h>

#include <generated/compat-probes.h>

#ifdef PERSONALITY_HAVE_VFIO_PCI_PM_OPS
#define COMPAT_VFIO_PCI_PM (&vfio_pci_core_pm_ops)
#else
#define COMPAT_VFIO_PCI_PM NULL
#endif

#endif /* _COMPAT_VFIO_PCI_PM_H */
