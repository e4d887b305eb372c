// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests: a VFIO variant driver for edu. It adds nothing to
 * vfio-pci but an id that is more specific.
 */
#include <linux/module.h>
#include <linux/vfio_pci_core.h>

#include <compat/vfio_device_ops.h>

#include "personality_test.h"

static int variant_error;
module_param(variant_error, int, 0644);
MODULE_PARM_DESC(variant_error, "errno that the VFIO driver's probe fails with");

static bool variant_idle;
module_param(variant_idle, bool, 0644);
MODULE_PARM_DESC(variant_idle, "bind without registering a vfio_device");

static int variant_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret = vfio_pci_core_enable(vdev);

	if (!ret)
		vfio_pci_core_finish_enable(vdev);
	return ret;
}

static const struct vfio_device_ops variant_ops = {
	.name = "personality-test-vfio-pci",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = variant_open_device,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
	COMPAT_VFIO_PCI_MATCH_TOKEN
	COMPAT_VFIO_PCI_PASID
	COMPAT_VFIO_PCI_DEVICE_IO
};

static int variant_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vfio_pci_core_device *vdev;
	int error = READ_ONCE(variant_error);
	int ret;

	if (error)
		return -error;
	if (READ_ONCE(variant_idle))
		return 0;

	vdev = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &variant_ops);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);

	dev_set_drvdata(&pdev->dev, vdev);
	ret = vfio_pci_core_register_device(vdev);
	if (ret)
		vfio_put_device(&vdev->vdev);
	return ret;
}

static void variant_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);

	if (!vdev)
		return;
	vfio_pci_core_unregister_device(vdev);
	vfio_put_device(&vdev->vdev);
}

static const struct pci_device_id variant_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1234, 0x11e8) },	/* edu */
	{ }
};
MODULE_DEVICE_TABLE(pci, variant_ids);

struct pci_driver personality_test_variant = {
	.name = "personality-test-vfio-pci",
	.id_table = variant_ids,
	.probe = variant_probe,
	.remove = variant_remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};
