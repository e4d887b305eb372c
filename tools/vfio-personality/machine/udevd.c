// SPDX-License-Identifier: GPL-2.0
/*
 * udevd: whether udev runs, and whether it is through with a device.
 */
#include "udevd.h"

#include <stddef.h>

#include "late.h"

struct udev *udevd_open(const struct path_ctx *root)
{
	bool runs = root->real && path_exists(root, "run/udev/control");

	return runs ? udev()->new() : NULL;
}

void udevd_close(struct udev *context)
{
	if (context)
		udev()->unref(context);
}

bool udevd_is_done(struct udev *context, const char *subsystem, const char *name)
{
	struct udev_device *device;
	bool done;

	if (!context)
		return true;
	device = udev()->device_new_from_subsystem_sysname(context, subsystem, name);
	done = device && udev()->device_get_is_initialized(device) > 0;
	udev()->device_unref(device);
	return done;
}
