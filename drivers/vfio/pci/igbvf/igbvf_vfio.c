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

#include "igbvf_native.h"
#include "igbvf_vfio.h"

static const struct vfio_device_ops igbvf_vfio_device_ops = {
	VFIO_PCI_MIGRATION_DEVICE_OPS
	.read		= vfio_pci_migration_device_read,
	.write		= vfio_pci_migration_device_write,
};

static const char *check(struct vfio_migration *m, const void *state, size_t size)
{
	return igbvf_state_check(state, size);
}

static const struct vfio_pci_migration_ops igbvf_migration_ops = {
	.base = {
		VFIO_PCI_MIGRATION_DRIVER_OPS
		.owner		= THIS_MODULE,
		.data_version	= IGBVF_STATE_VERSION,
		.size		= sizeof(struct igbvf_state),
		.reset		= igbvf_begin_anew,
		.close		= igbvf_forget_filters,
		.quiesce	= igbvf_quiesce,
		.silence	= igbvf_silence,
		.save		= igbvf_save,
		.check		= check,
		.load		= igbvf_load,
		.resume		= igbvf_resume,
		.reclaim	= igbvf_reclaim,
	},
	.trapped	= IGBVF_TRAPPED,
	.read		= igbvf_trapped_read,
	.write		= igbvf_trapped_write,
};

static struct vfio_pci_core_device *igbvf_vfio_create(struct pci_dev *pdev)
{
	struct igbvf_vfio *v;

	v = vfio_alloc_device(igbvf_vfio, migration.core.vdev, &pdev->dev,
			      &igbvf_vfio_device_ops);
	if (IS_ERR(v))
		return ERR_CAST(v);
	return vfio_pci_migration_init(&v->migration, &igbvf_migration_ops,
				       pdev->revision);
}

static const struct vfio_pci_personality_ops igbvf_vfio_ops = {
	.stop		= igbvf_native_stop,
	.start		= igbvf_native_start,
	.create		= igbvf_vfio_create,
	.err_handler	= &vfio_pci_migration_err_handlers,
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
	pci_personality_unregister_ops("igbvf", &igbvf_personality_ops);
}

module_init(igbvf_vfio_init);
module_exit(igbvf_vfio_exit);

MODULE_ALIAS_PCI_PERSONALITY_VFIO_DEVICE("igbvf", 8086, 10CA);
MODULE_DESCRIPTION("VFIO personality of the Intel 82576 virtual function");
MODULE_LICENSE("GPL");
