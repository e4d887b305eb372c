// SPDX-License-Identifier: GPL-2.0
/* The list of user-space drivers and their life, see driver.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../diag.h"
#include "driver.h"

static const struct device_driver * const drivers[] = {
	&edu_driver,
	&nvme_driver,
	&e1000e_driver,
	&igb_driver,
	&igbvf_driver,
	&virtio_net_driver,
};

const struct device_driver *device_driver_find(const char *bdf)
{
	long vendor = pci_number(bdf, "vendor");
	long device = pci_number(bdf, "device");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (drivers[i]->vendor == vendor && drivers[i]->device == device)
			return drivers[i];
	return NULL;
}

int device_open_as(struct device_user *user, const struct device_driver *driver,
		   const char *bdf, const struct vfio_mode *mode)
{
	int ret;

	memset(user, 0, sizeof(*user));
	user->driver = driver;
	user->state = calloc(1, user->driver->size);
	if (!user->state)
		return -ENOMEM;

	ret = vfio_open(&user->f, bdf, mode);
	if (ret) {
		free(user->state);
		user->state = NULL;
		return ret;
	}
	ret = user->driver->start(&user->f, user->state);
	if (ret)
		device_close(user);
	return ret;
}

int device_open(struct device_user *user, const char *bdf,
		const struct vfio_mode *mode)
{
	const struct device_driver *driver = device_driver_find(bdf);

	if (driver)
		return device_open_as(user, driver, bdf, mode);
	memset(user, 0, sizeof(*user));
	return diag_error(-ENODEV, "%s: user-space driver", bdf);
}

int device_work(struct device_user *user, struct proof *proof)
{
	int ret;

	memset(proof, 0, sizeof(*proof));
	ret = user->driver->prove(user->state, proof);
	if (ret)
		return ret;
	if (proof->sent && proof->received && proof->interrupts)
		return 0;
	return diag_error(-EIO, "%s: %zu bytes sent, %zu received, %u interrupts",
			  user->f.bdf, proof->sent, proof->received,
			  proof->interrupts);
}

void device_close(struct device_user *user)
{
	if (!user->state)
		return;
	user->driver->stop(user->state);
	vfio_close(&user->f);
	free(user->state);
	user->state = NULL;
}

int device_prove(const char *bdf, const struct vfio_mode *mode,
		 struct proof *proof)
{
	struct device_user user;
	int ret = device_open(&user, bdf, mode);

	if (ret)
		return ret;
	ret = device_work(&user, proof);
	device_close(&user);
	return ret;
}
