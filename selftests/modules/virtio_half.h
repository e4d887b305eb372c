/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VFIO halves for virtio-pci, which has no code for them: what they share.
 *
 * Each is a module with a table of ids, and shows itself to a user of the vfio_device
 * by the revision that it has in configuration space.
 */
#ifndef _VIRTIO_HALF_H
#define _VIRTIO_HALF_H

#include <linux/vfio_pci_personality.h>

#define VIRTIO_HALF_DRIVER	"virtio-pci"

int virtio_half_stop(struct pci_dev *pdev);
int virtio_half_start(struct pci_dev *pdev);
void virtio_half_leave(struct pci_dev *pdev);
struct vfio_pci_core_device *virtio_half_create(struct pci_dev *pdev, u8 revision);

/* A half of its own, @name, for the functions in @table */
#define VIRTIO_HALF(name, table, revision)					\
static struct vfio_pci_core_device *name##_create(struct pci_dev *pdev)	\
{										\
	return virtio_half_create(pdev, revision);				\
}										\
										\
static const struct vfio_pci_personality_ops name##_vfio_ops = {		\
	.stop	= virtio_half_stop,						\
	.start	= virtio_half_start,						\
	.leave	= virtio_half_leave,						\
	.create	= name##_create,						\
};										\
										\
static int name##_enable(struct pci_dev *pdev)					\
{										\
	return vfio_pci_personality_enable(pdev, &name##_vfio_ops);		\
}										\
										\
static const struct pci_vfio_ops name##_pci_vfio_ops = {			\
	.enable_vfio	= name##_enable,					\
	.disable_vfio	= vfio_pci_personality_disable,				\
	.ids		= table,						\
};										\
										\
static const struct pci_personality_ops name##_ops = {				\
	.vfio = &name##_pci_vfio_ops,						\
};										\
										\
static int __init name##_init(void)						\
{										\
	return pci_personality_register_ops(VIRTIO_HALF_DRIVER, &name##_ops);	\
}										\
module_init(name##_init);							\
										\
static void __exit name##_exit(void)						\
{										\
	pci_personality_unregister_ops(VIRTIO_HALF_DRIVER, &name##_ops);	\
}										\
module_exit(name##_exit);							\
										\
MODULE_LICENSE("GPL")

#endif /* _VIRTIO_HALF_H */
