// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: keep new users off a vfio_device that is to go.
 *
 * May touch: whether a vfio_device can be opened.
 */
#include <linux/vfio.h>

#include "internal.h"

/**
 * pci_personality_exclude_users() - let nobody open a function's vfio_device
 * @pdev: the function; nothing happens if it has no vfio_device
 *
 * The next vfio_device of the function is a new one, and not concerned.
 *
 * Context: device_lock held.
 * Return: 0: unregistering the vfio_device will not wait for a user. -EBUSY if
 * somebody has it open: nothing changed.
 */
int pci_personality_exclude_users(struct pci_dev *pdev)
{
	struct vfio_device *vdev = pcore_vfio_get(pdev);
	int ret = vdev && !vfio_device_exclude_users(vdev) ? -EBUSY : 0;

	pcore_vfio_put(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_exclude_users);

/**
 * pcore_admit_users() - end of pci_personality_exclude_users()
 * @sf: the function; nothing happens if its vfio_device is gone or a new one
 *
 * Context: the function's transition under way; device_lock not held.
 */
void pcore_admit_users(struct pcore_function *sf)
{
	struct vfio_device *vdev;

	guard(device)(&sf->pdev->dev);
	vdev = pcore_vfio_get(sf->pdev);
	if (vdev)
		vfio_device_admit_users(vdev);
	pcore_vfio_put(vdev);
}
