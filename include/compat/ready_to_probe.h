/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that are being added: since DEV_FLAG_READY_TO_PROBE (and in later 6.12.y)
 * the driver core defers each probe until device_add() is nearly through. Before, a
 * driver could be bound at any time.
 */
#ifndef _COMPAT_READY_TO_PROBE_H
#define _COMPAT_READY_TO_PROBE_H

#include <linux/device.h>

#include <generated/compat-probes.h>

/**
 * compat_dev_ready_to_probe() - can a driver be bound?
 * @dev: the device, which is in sysfs
 *
 * Context: any.
 * Return: false if the driver core would defer the probe, whatever the driver.
 */
static inline bool compat_dev_ready_to_probe(const struct device *dev)
{
#ifdef PERSONALITY_HAVE_DEV_READY_TO_PROBE
	return dev_ready_to_probe(dev);
#else
	return true;
#endif
}

#endif /* _COMPAT_READY_TO_PROBE_H */
