// SPDX-License-Identifier: GPL-2.0
/*
 * igbvf's VFIO personality, igbvf-vfio.ko. Loaded when use_vfio is written for a
 * function that igbvf is bound to; until then nothing of VFIO is.
 *
 * May touch: the native function through igbvf_native_stop() and
 * igbvf_native_start(). There are two kinds of vfio_device: one that can be migrated,
 * by the other files, which see some of its registers' accesses; and one for a user
 * who does not want that, or for silicon, where he would lose state. It is the plain
 * vfio_pci_core_device.
 */
#include <linux/module.h>
#include <linux/vfio_pci_personality.h>

#include <compat/vfio_region_info.h>

#include "igbvf_native.h"
#include "igbvf_vfio.h"

/*
 * QEMU asks a container of type1 for the dirty pages of whatever it has mapped, and
 * type1 wants whole pages. What the MSI-X table leaves of its BAR is none, and of no
 * use to anybody: mapped, it would make the migration fail.
 */
static void choose_mmaps(struct igbvf_vfio *v)
{
	if (v->core.msix_bar < PCI_STD_NUM_BARS)
		v->core.bar_mmap_supported[v->core.msix_bar] = false;
	/* With large pages there is none without a trapped register */
	if (!PAGE_ALIGNED(IGBVF_TRAPPED))
		v->core.bar_mmap_supported[VFIO_PCI_BAR0_REGION_INDEX] = false;
}

static int igbvf_vfio_open_device(struct vfio_device *vdev)
{
	struct igbvf_vfio *v = to_igbvf_vfio(vdev);
	int ret;

	ret = vfio_pci_core_enable(&v->core);
	if (ret)
		return ret;
	ret = compat_vfio_pci_map_bar(&v->core, VFIO_PCI_BAR0_REGION_INDEX);
	if (ret) {
		vfio_pci_core_disable(&v->core);
		return ret;
	}
	mutex_lock(&v->lock);
	v->opened = true;
	igbvf_migration_reset(v);
	igbvf_unlock(v);
	vfio_pci_core_finish_enable(&v->core);
	choose_mmaps(v);
	return 0;
}

static void igbvf_vfio_close_device(struct vfio_device *vdev)
{
	struct igbvf_vfio *v = to_igbvf_vfio(vdev);

	mutex_lock(&v->lock);
	igbvf_forget_filters(v);
	igbvf_migration_reset(v);
	v->opened = false;
	igbvf_unlock(v);
	vfio_pci_core_close_device(vdev);
}

static long igbvf_vfio_ioctl(struct vfio_device *vdev, unsigned int cmd,
			     unsigned long arg)
{
	/* It would write to a register without being seen */
	if (cmd == VFIO_DEVICE_IOEVENTFD)
		return -ENOTTY;
	return compat_vfio_pci_ioctl(vdev, cmd, arg, igbvf_vfio_region_info);
}

static const struct vfio_device_ops igbvf_vfio_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	.open_device	= igbvf_vfio_open_device,
	.close_device	= igbvf_vfio_close_device,
	.ioctl		= igbvf_vfio_ioctl,
	.device_feature	= vfio_pci_core_ioctl_feature,
	.read		= igbvf_vfio_read,
	.write		= igbvf_vfio_write,
	.mmap		= igbvf_vfio_mmap,
	COMPAT_VFIO_PCI_REGION_INFO(igbvf_vfio_region_info)
};

static void igbvf_vfio_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);

	igbvf_migration_reset_done(to_igbvf_vfio(&core->vdev));
}

static const struct pci_error_handlers igbvf_vfio_err_handlers = {
	.error_detected	= vfio_pci_core_aer_err_detected,
	.reset_done	= igbvf_vfio_reset_done,
};

static struct vfio_pci_core_device *igbvf_vfio_create(struct pci_dev *pdev)
{
	struct igbvf_vfio *v;

	v = vfio_alloc_device(igbvf_vfio, core.vdev, &pdev->dev,
			      &igbvf_vfio_device_ops);
	if (IS_ERR(v))
		return ERR_CAST(v);
	mutex_init(&v->lock);
	spin_lock_init(&v->reset_lock);
	v->mig_state = VFIO_DEVICE_STATE_RUNNING;
	v->core.vdev.migration_flags = VFIO_MIGRATION_STOP_COPY |
				       VFIO_MIGRATION_P2P;
	v->core.vdev.mig_ops = &igbvf_migration_ops;
	return &v->core;
}

static const struct vfio_pci_personality_ops igbvf_vfio_ops = {
	.stop		= igbvf_native_stop,
	.start		= igbvf_native_start,
	.create		= igbvf_vfio_create,
	.err_handler	= &igbvf_vfio_err_handlers,
};

static const struct vfio_device_ops igbvf_plain_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	VFIO_PCI_PERSONALITY_DEVICE_IO
};

static struct vfio_pci_core_device *igbvf_plain_create(struct pci_dev *pdev)
{
	return vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &igbvf_plain_device_ops);
}

static const struct vfio_pci_personality_ops igbvf_plain_ops = {
	.stop		= igbvf_native_stop,
	.start		= igbvf_native_start,
	.create		= igbvf_plain_create,
};

/*
 * igbvf drives the I350's, too. Of that it is not known what the BAR has where, and
 * no one emulates it: it has no VFIO personality here, vfio-pci will do.
 */
static const struct pci_device_id igbvf_vfio_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x10ca) },	/* 82576 virtual function */
	{ }
};

static int igbvf_enable_vfio(struct pci_dev *pdev)
{
	if (pci_resource_len(pdev, 0) != IGBVF_BAR_SIZE)
		return -EOPNOTSUPP;
	return vfio_pci_personality_enable(pdev, igbvf_native_migrates(pdev) ?
						 &igbvf_vfio_ops :
						 &igbvf_plain_ops);
}

static const struct pci_vfio_ops igbvf_pci_vfio_ops = {
	.enable_vfio	= igbvf_enable_vfio,
	.disable_vfio	= vfio_pci_personality_disable,
	.ids		= igbvf_vfio_ids,
	.vf_birth	= igbvf_vfio_ids,
};

static const struct pci_personality_ops igbvf_personality_ops = {
	.vfio = &igbvf_pci_vfio_ops,
};

static int __init igbvf_vfio_init(void)
{
	return pci_personality_register_ops("igbvf", &igbvf_personality_ops);
}

static void __exit igbvf_vfio_exit(void)
{
	pci_personality_unregister_ops("igbvf");
}

module_init(igbvf_vfio_init);
module_exit(igbvf_vfio_exit);

MODULE_ALIAS_PCI_PERSONALITY_VFIO("igbvf");
MODULE_DESCRIPTION("VFIO personality of the Intel 82576 virtual function");
MODULE_LICENSE("GPL");
