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

static struct device *vfio_device_get(struct pci_dev *pdev)
{
	struct device *found = NULL;

	device_for_each_child(&pdev->dev, &found, find_vfio_device);
	return found;
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
	struct device *child = vfio_device_get(pdev);

	if (!child)
		return false;
	if (name)
		strscpy(name, dev_name(child), size);
	put_device(child);
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
	struct device *child = vfio_device_get(pdev);
	struct vfio_device *vdev;
	bool held;

	if (!child)
		return false;
	vdev = container_of(child, struct vfio_device, device);
	held = refcount_read(&vdev->refcount) > 1;
	put_device(child);
	return held;
}
