// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO halves for virtio-pci: stop, start and create, without a line of code in
 * virtio-pci.
 *
 * virtio-pci itself does next to nothing with a function: it has made a virtio device
 * of it, and what drives that is bound to the virtio device. So stop unbinds that
 * driver, which frees queues and interrupts, and takes from virtio-pci what it holds
 * by its probe: the enable and the BARs. From then on every access of whoever finds
 * the virtio device, its attributes or another driver's probe, ends in a table of
 * operations that reaches nothing: virtio-pci's own are all that know of the registers.
 * start gives everything back and binds the driver again.
 *
 * virtio-pci's remove expects to find what its probe took: leave gives it back before.
 */
#include <linux/blkdev.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/uaccess.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <uapi/linux/virtio_config.h>

#include <compat/vfio_device_ops.h>

#include "virtio_half.h"

/**
 * struct virtio_half - a function that is stopped; belongs to the function
 * @vdev: its virtio device; a reference is held
 * @config: virtio-pci's operations on it
 * @driver: what was bound to it, pinned, or NULL
 * @claims: the names by which virtio-pci holds its BARs, NULL where it holds none
 */
struct virtio_half {
	struct virtio_device *vdev;
	const struct virtio_config_ops *config;
	struct device_driver *driver;
	const char *claims[PCI_STD_NUM_BARS];
};

struct virtio_half_vfio {
	struct vfio_pci_core_device core;
	u8 revision;
};

static void nowhere_get(struct virtio_device *vdev, unsigned int offset, void *buf,
			unsigned int len)
{
	memset(buf, 0, len);
}

static void nowhere_set(struct virtio_device *vdev, unsigned int offset,
			const void *buf, unsigned int len)
{
}

static u8 nowhere_get_status(struct virtio_device *vdev)
{
	return 0;
}

static void nowhere_set_status(struct virtio_device *vdev, u8 status)
{
}

static void nowhere_reset(struct virtio_device *vdev)
{
}

static u64 nowhere_get_features(struct virtio_device *vdev)
{
	return 0;
}

/* A driver's probe ends here */
static int nowhere_finalize_features(struct virtio_device *vdev)
{
	return -ENODEV;
}

static const char *nowhere_bus_name(struct virtio_device *vdev)
{
	return dev_name(vdev->dev.parent);
}

static const struct virtio_config_ops nowhere = {
	.get			= nowhere_get,
	.set			= nowhere_set,
	.get_status		= nowhere_get_status,
	.set_status		= nowhere_set_status,
	.reset			= nowhere_reset,
	.get_features		= nowhere_get_features,
	.finalize_features	= nowhere_finalize_features,
	.bus_name		= nowhere_bus_name,
};

static void half_release(struct device *dev, void *res)
{
	struct virtio_half *half = res;

	if (half->driver)
		module_put(half->driver->owner);
	put_device(&half->vdev->dev);
}

static int find_virtio(struct device *dev, void *data)
{
	struct device **found = data;

	if (!dev->bus || strcmp(dev->bus->name, "virtio"))
		return 0;
	*found = get_device(dev);
	return 1;
}

static int is_used_disk(struct device *dev, void *data)
{
	return dev->class && !strcmp(dev->class->name, "block") &&
	       dev->type && !strcmp(dev->type->name, "disk") &&
	       disk_openers(dev_to_disk(dev));
}

/* Unbind the driver, so that no other can be bound any more */
static int silence(struct virtio_half *half)
{
	struct device *dev = &half->vdev->dev;
	int ret = 0;

	device_lock(dev);
	half->driver = dev->driver;
	if (half->driver && !try_module_get(half->driver->owner)) {
		half->driver = NULL;
		ret = -EBUSY;
	}
	device_unlock(dev);
	if (ret)
		return ret;

	device_release_driver(dev);
	device_lock(dev);
	if (dev->driver) {
		ret = -EBUSY;
	} else {
		half->config = half->vdev->config;
		half->vdev->config = &nowhere;
	}
	device_unlock(dev);
	return ret;
}

static void let_speak(struct virtio_half *half)
{
	struct device *dev = &half->vdev->dev;

	device_lock(dev);
	half->vdev->config = half->config;
	/* As register_virtio_device() leaves it for a driver */
	virtio_reset_device(half->vdev);
	virtio_add_status(half->vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	device_unlock(dev);
}

static void release_bars(struct pci_dev *pdev, struct virtio_half *half)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!pci_resource_len(pdev, bar) || !pdev->resource[bar].child)
			continue;
		half->claims[bar] = pdev->resource[bar].child->name;
		pci_release_region(pdev, bar);
	}
}

static int claim_bars(struct pci_dev *pdev, struct virtio_half *half)
{
	int bar, ret;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!half->claims[bar])
			continue;
		ret = pci_request_region(pdev, bar, half->claims[bar]);
		if (ret)
			goto out_release;
	}
	return 0;

out_release:
	while (bar--)
		if (half->claims[bar])
			pci_release_region(pdev, bar);
	return ret;
}

/**
 * virtio_half_stop() - stop a virtio function, without virtio-pci's knowledge
 * @pdev: the function
 *
 * Context: device_lock held.
 * Return: 0; -EBUSY if it is a disk that somebody has open, or if its driver is just
 * being changed; -ENODEV; -ENOMEM.
 */
int virtio_half_stop(struct pci_dev *pdev)
{
	struct device *child = NULL;
	struct virtio_half *half;
	int ret;

	device_for_each_child(&pdev->dev, &child, find_virtio);
	if (!child)
		return -ENODEV;
	ret = device_for_each_child(child, NULL, is_used_disk) ? -EBUSY : 0;
	half = ret ? NULL : devres_alloc(half_release, sizeof(*half), GFP_KERNEL);
	if (!half) {
		put_device(child);
		return ret ?: -ENOMEM;
	}
	half->vdev = dev_to_virtio(child);
	ret = silence(half);
	if (ret) {
		half_release(&pdev->dev, half);
		devres_free(half);
		return ret;
	}
	release_bars(pdev, half);
	pci_clear_master(pdev);
	pci_disable_device(pdev);
	devres_add(&pdev->dev, half);
	return 0;
}
EXPORT_SYMBOL_GPL(virtio_half_stop);

static struct virtio_half *half_of(struct pci_dev *pdev)
{
	return devres_find(&pdev->dev, half_release, NULL, NULL);
}

static void forget(struct pci_dev *pdev)
{
	devres_release(&pdev->dev, half_release, NULL, NULL);
}

/**
 * virtio_half_start() - start it again
 * @pdev: the function, stopped
 *
 * Context: device_lock held.
 * Return: 0, or a negative errno, with the function stopped still.
 */
int virtio_half_start(struct pci_dev *pdev)
{
	struct virtio_half *half = half_of(pdev);
	int ret = pci_enable_device(pdev);

	if (ret)
		return ret;
	ret = claim_bars(pdev, half);
	if (ret)
		goto out_disable;
	pci_set_master(pdev);
	let_speak(half);
	if (half->driver)
		ret = device_driver_attach(half->driver, &half->vdev->dev);
	if (ret)
		goto out_silence;
	forget(pdev);
	return 0;

out_silence:
	device_lock(&half->vdev->dev);
	half->vdev->config = &nowhere;
	device_unlock(&half->vdev->dev);
	pci_clear_master(pdev);
	release_bars(pdev, half);
out_disable:
	pci_disable_device(pdev);
	return ret;
}
EXPORT_SYMBOL_GPL(virtio_half_start);

/**
 * virtio_half_leave() - give virtio-pci back what its remove expects
 * @pdev: the function, stopped
 *
 * Context: device_lock held.
 */
void virtio_half_leave(struct pci_dev *pdev)
{
	struct virtio_half *half = half_of(pdev);

	/* One that has been pulled out cannot be enabled; remove counts on it all the same */
	if (pci_enable_device(pdev))
		atomic_inc(&pdev->enable_cnt);
	if (claim_bars(pdev, half))
		pci_warn(pdev, "somebody else has a BAR of it\n");
	half->vdev->config = half->config;
	forget(pdev);
}
EXPORT_SYMBOL_GPL(virtio_half_leave);

static ssize_t half_read(struct vfio_device *vdev, char __user *buf, size_t count,
			 loff_t *ppos)
{
	struct virtio_half_vfio *v = container_of(vdev, struct virtio_half_vfio, core.vdev);
	const loff_t revision = PCI_REVISION_ID +
		VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX);
	const loff_t start = *ppos;
	ssize_t done = vfio_pci_core_read(vdev, buf, count, ppos);

	if (done > 0 && start <= revision && revision < start + done &&
	    put_user(v->revision, (u8 __user *)buf + (revision - start)))
		return -EFAULT;
	return done;
}

static const struct vfio_device_ops half_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	.open_device	= vfio_pci_personality_open_device,
	.close_device	= vfio_pci_core_close_device,
	.ioctl		= vfio_pci_core_ioctl,
	.device_feature	= vfio_pci_core_ioctl_feature,
	.read		= half_read,
	.write		= vfio_pci_core_write,
	.mmap		= vfio_pci_core_mmap,
	COMPAT_VFIO_PCI_DEVICE_IO
};

/**
 * virtio_half_create() - allocate a half's vfio_device
 * @pdev: the function
 * @revision: what its user will read
 *
 * Return: the device or an ERR_PTR().
 */
struct vfio_pci_core_device *virtio_half_create(struct pci_dev *pdev, u8 revision)
{
	struct virtio_half_vfio *v = vfio_alloc_device(virtio_half_vfio, core.vdev,
						       &pdev->dev, &half_device_ops);

	if (IS_ERR(v))
		return ERR_CAST(v);
	v->revision = revision;
	return &v->core;
}
EXPORT_SYMBOL_GPL(virtio_half_create);

MODULE_DESCRIPTION("What VFIO halves for virtio-pci share, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
