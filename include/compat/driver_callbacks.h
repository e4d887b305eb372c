/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Callbacks that the driver core has for itself in struct device_driver, since p_cb:
 * what a bound driver is unbound with.
 */
#ifndef _COMPAT_DRIVER_CALLBACKS_H
#define _COMPAT_DRIVER_CALLBACKS_H

#include <linux/device/driver.h>

#include <generated/compat-probes.h>

/**
 * compat_driver_keep_callbacks() - have the driver core find its own callbacks
 * @drv: a driver that is bound for a moment in the place of @native
 * @native: the driver that was
 *
 * Context: any.
 */
static inline void compat_driver_keep_callbacks(struct device_driver *drv,
						const struct device_driver *native)
{
#ifdef PERSONALITY_HAVE_DRIVER_P_CB
	drv->p_cb = native->p_cb;
#endif
}

#endif /* _COMPAT_DRIVER_CALLBACKS_H */
