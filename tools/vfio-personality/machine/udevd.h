/* SPDX-License-Identifier: GPL-2.0 */
/*
 * udevd: whether udev runs, and whether it is through with a device.
 */
#ifndef VP_UDEVD_H
#define VP_UDEVD_H

#include "path.h"

struct udev;

/* For what libudev is asked, or NULL where no udev runs, as in a fixture tree */
struct udev *udevd_open(const struct path_ctx *root);
/* NULL is fine */
void udevd_close(struct udev *context);
/* All its rules have been applied to the device; where it does not run, there are none */
bool udevd_is_done(struct udev *context, const char *subsystem, const char *name);

#endif
