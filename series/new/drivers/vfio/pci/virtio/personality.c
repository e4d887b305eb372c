// SPDX-License-Identifier: GPL-2.0
/*
 * The VFIO personality of virtio NICs and disks: virtio-pci stays bound.
 *
 * Beside virtio-vfio-pci, which is bound in the place of virtio-pci and migrates VFs of
 * devices that can do that.
 */
#include <linux/blkdev.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vfio_pci_personality.h>
#include <linux/virtio_pci_admin.h>

static int is_used_disk(struct device *dev, void *data)
{
	return dev->class && !strcmp(dev->class->name, "block") &&
	       dev->type && !strcmp(dev->type->name, "disk") &&
	       disk_openers(dev_to_disk(dev));
}

static int has_used_disk(struct device *dev, void *data)
{
	return device_for_each_child(dev, NULL, is_used_disk);
}

/* A disk that somebody has open would be taken from under him */
static int virtio_stop(struct pci_dev *pdev)
{
	if (device_for_each_child(&pdev->dev, NULL, has_used_disk))
		return -EBUSY;
	return virtio_pci_stop(pdev);
}

static const struct vfio_device_ops virtio_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	VFIO_PCI_PERSONALITY_DEVICE_IO
};

static struct vfio_pci_core_device *virtio_create(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core;

	core = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev, &virtio_device_ops);
	return core;
}

static const struct vfio_pci_personality_ops virtio_personality_ops = {
	.stop	= virtio_stop,
	.start	= virtio_pci_start,
	.create	= virtio_create,
	.leave	= virtio_pci_leave,
};

static int virtio_enable_vfio(struct pci_dev *pdev)
{
	return vfio_pci_personality_enable(pdev, &virtio_personality_ops);
}

/* Those of the modern interface */
static const struct pci_device_id virtio_ids[] = {
	{ PCI_VDEVICE(REDHAT_QUMRANET, 0x1041) },
	{ PCI_VDEVICE(REDHAT_QUMRANET, 0x1042) },
	{ }
};

static const struct pci_vfio_ops virtio_vfio_ops = {
	.enable_vfio	= virtio_enable_vfio,
	.disable_vfio	= vfio_pci_personality_disable,
	.ids		= virtio_ids,
};

static const struct pci_personality_ops virtio_ops = {
	.vfio = &virtio_vfio_ops,
};

static int __init virtio_personality_init(void)
{
	return pci_personality_register_ops("virtio-pci", &virtio_ops);
}

static void __exit virtio_personality_exit(void)
{
	pci_personality_unregister_ops("virtio-pci", &virtio_ops);
}

module_init(virtio_personality_init);
module_exit(virtio_personality_exit);

MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE("virtio-pci", 1AF4, 1041);
MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE("virtio-pci", 1AF4, 1042);
MODULE_DESCRIPTION("VFIO personality of virtio NICs and disks");
MODULE_LICENSE("GPL");
