// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: keep new users off a vfio_device that is to go.
 *
 * May touch: whether a vfio_device can be opened.
 */
#include <linux/cleanup.h>
#include <linux/vfio.h>

#include "internal.h"

int pci_personality_exclude_users(struct pci_dev *pdev)
{
	struct vfio_device *vdev = pcore_vfio_get(pdev);
	int ret = vdev && !vfio_device_exclude_users(vdev) ? -EBUSY : 0;

	pcore_vfio_put(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_exclude_users);

void pcore_admit_users(struct pcore_function *sf)
{
	struct vfio_device *vdev;

	guard(device)(&sf->pdev->dev);
	vdev = pcore_vfio_get(sf->pdev);
	if (vdev)
		vfio_device_admit_users(vdev);
	pcore_vfio_put(vdev);
}
