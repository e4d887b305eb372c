// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: what can be seen of VFIO from outside.
 *
 * May touch: the children of a function, read-only. Uses VFIO's structures but
 * none of its symbols, so that no VFIO module is needed to load this one.
 */
#include <linux/device/class.h>
#include <linux/vfio.h>

#include "internal.h"

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
 * stock_vfio_get() - a function's vfio_device
 * @pdev: the function
 *
 * It may be unregistered meanwhile; its memory stays.
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: the vfio_device, to be given back with stock_vfio_put(), or NULL
 * if none is registered.
 */
struct vfio_device *stock_vfio_get(struct pci_dev *pdev)
{
	struct device *found = NULL;

	device_for_each_child(&pdev->dev, &found, find_vfio_device);
	return found ? container_of(found, struct vfio_device, device) : NULL;
}

/**
 * stock_vfio_put() - end of stock_vfio_get()
 * @vdev: the vfio_device; NULL is fine
 *
 * Context: may sleep.
 */
void stock_vfio_put(struct vfio_device *vdev)
{
	if (vdev)
		put_device(&vdev->device);
}

static int count_vfio_devices(struct device *child, void *data)
{
	unsigned int *count = data;

	if (child->class && !strcmp(child->class->name, "vfio-dev"))
		++*count;
	return 0;
}

/*
 * Those of a provider (linux/vfio_provider.h) or of mdev have a device of their own, which
 * is a child of the function.
 */
static int count_vfio_children(struct device *child, void *data)
{
	return device_for_each_child(child, data, count_vfio_devices);
}

struct stock_vfio stock_vfio_look(struct pci_dev *pdev)
{
	struct vfio_device *vdev = stock_vfio_get(pdev);
	struct stock_vfio seen = { .present = vdev };

	device_for_each_child(&pdev->dev, &seen.children, count_vfio_children);
	if (!vdev)
		return seen;
	strscpy(seen.name, dev_name(&vdev->device));
	/*
	 * VFIO counts one reference for the registration and one for each user. It counts
	 * users that opened the character device and did not bind it to an iommufd too,
	 * which open_count does not.
	 */
	seen.held = refcount_read(&vdev->refcount) > 1;
	stock_vfio_put(vdev);
	return seen;
}
