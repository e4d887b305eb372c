// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's edu device: its VFIO personality, edu-vfio.ko. Loaded when use_vfio is
 * written for a function that edu is bound to; until then nothing of VFIO is.
 *
 * May touch: the hardware through edu_hw_start() and edu_hw_stop(), and what the
 * device's attributes configured. All else is vfio-pci-personality's work.
 */
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vfio_pci_personality.h>

#include "../personality/fail_step.h"
#include "edu.h"

/**
 * struct edu_vfio - edu's vfio_device
 * @core: what vfio_pci_core makes of it
 * @revision: PCI revision that its user sees
 */
struct edu_vfio {
	struct vfio_pci_core_device core;
	u8 revision;
};

/* The user's view of configuration space has the revision that was configured */
static ssize_t edu_vfio_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	const loff_t revision = PCI_REVISION_ID +
		VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX);
	struct edu_vfio *v = container_of(vdev, struct edu_vfio, core.vdev);
	const loff_t start = *ppos;
	ssize_t done = vfio_pci_core_read(vdev, buf, count, ppos);

	if (done > 0 && start <= revision && revision < start + done &&
	    put_user(v->revision, (u8 __user *)buf + (revision - start)))
		return -EFAULT;
	return done;
}

static const struct vfio_device_ops edu_vfio_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	.open_device	= vfio_pci_personality_open_device,
	.close_device	= vfio_pci_core_close_device,
	.ioctl		= vfio_pci_core_ioctl,
	.device_feature	= vfio_pci_core_ioctl_feature,
	.read		= edu_vfio_read,
	.write		= vfio_pci_core_write,
	.mmap		= vfio_pci_core_mmap,
	COMPAT_VFIO_PCI_DEVICE_IO
};

static int edu_vfio_stop(struct pci_dev *pdev)
{
	return STEP("stop", edu_hw_stop(pci_get_drvdata(pdev)));
}

static int edu_vfio_start(struct pci_dev *pdev)
{
	return STEP("start", edu_hw_start(pci_get_drvdata(pdev)));
}

static struct vfio_pci_core_device *edu_vfio_create(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);
	struct edu_vfio *v;

	if (shall_fail("create"))
		return ERR_PTR(-EIO);
	v = vfio_alloc_device(edu_vfio, core.vdev, &pdev->dev,
			      &edu_vfio_device_ops);
	if (IS_ERR(v))
		return ERR_CAST(v);
	v->revision = READ_ONCE(edu->vfio_revision);
	return &v->core;
}

static const struct vfio_pci_personality_ops edu_vfio_ops = {
	.stop	= edu_vfio_stop,
	.start	= edu_vfio_start,
	.create	= edu_vfio_create,
};

static int edu_enable_vfio(struct pci_dev *pdev)
{
	return vfio_pci_personality_enable(pdev, &edu_vfio_ops);
}

static int edu_disable_vfio(struct pci_dev *pdev)
{
	return vfio_pci_personality_disable(pdev);
}

static const struct pci_vfio_ops edu_pci_vfio_ops = {
	.enable_vfio	= edu_enable_vfio,
	.disable_vfio	= edu_disable_vfio,
};

static const struct pci_personality_ops edu_personality_ops = {
	.vfio = &edu_pci_vfio_ops,
};

static int __init edu_vfio_init(void)
{
	return pci_personality_register_ops("edu", &edu_personality_ops);
}

static void __exit edu_vfio_exit(void)
{
	pci_personality_unregister_ops("edu");
}

module_init(edu_vfio_init);
module_exit(edu_vfio_exit);

MODULE_ALIAS_PCI_PERSONALITY_VFIO("edu");
MODULE_DESCRIPTION("VFIO personality of QEMU's edu device");
MODULE_LICENSE("GPL");
