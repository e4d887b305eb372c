// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: what can be seen of VFIO from outside.
 *
 * May touch: the children of a function, read-only. Uses VFIO's structures but
 * none of its symbols, so that no VFIO module is needed to load this one.
 */
#include <linux/device/class.h>
#include <linux/vfio.h>

#include "personality.h"

/* A vfio_device's struct device is a child of the function, of this class */
static int find_vfio_device(struct device *child, void *data)
{
	struct device **found = data;

	if (!child->class || strcmp(child->class->name, "vfio-dev"))
		return 0;
	*found = get_device(child);
	return 1;
}

/**
 * personality_vfio_get() - a function's vfio_device
 * @pdev: the function
 *
 * It may be unregistered meanwhile; its memory stays.
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: the vfio_device, to be given back with personality_vfio_put(), or NULL
 * if none is registered.
 */
struct vfio_device *personality_vfio_get(struct pci_dev *pdev)
{
	struct device *found = NULL;

	device_for_each_child(&pdev->dev, &found, find_vfio_device);
	return found ? container_of(found, struct vfio_device, device) : NULL;
}

/**
 * personality_vfio_put() - end of personality_vfio_get()
 * @vdev: the vfio_device; NULL is fine
 *
 * Context: may sleep.
 */
void personality_vfio_put(struct vfio_device *vdev)
{
	if (vdev)
		put_device(&vdev->device);
}

/**
 * personality_vfio_present() - is a vfio_device registered for a function?
 * @pdev: the function
 * @name: where its name ("vfio0") goes, or NULL
 * @size: of @name, in bytes
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: true if there is one, whoever registered it.
 */
bool personality_vfio_present(struct pci_dev *pdev, char *name, size_t size)
{
	struct vfio_device *vdev = personality_vfio_get(pdev);

	if (!vdev)
		return false;
	if (name)
		strscpy(name, dev_name(&vdev->device), size);
	personality_vfio_put(vdev);
	return true;
}

/**
 * personality_vfio_held() - does someone have the function's vfio_device open?
 * @pdev: the function
 *
 * VFIO counts one reference for the registration and one for each user. It
 * counts users that opened the character device and did not bind it to an
 * iommufd too, which open_count does not.
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: true if unregistering would have to wait for a user.
 */
bool personality_vfio_held(struct pci_dev *pdev)
{
	struct vfio_device *vdev = personality_vfio_get(pdev);
	bool held = vdev && refcount_read(&vdev->refcount) > 1;

	personality_vfio_put(vdev);
	return held;
}
