/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migration of a PCI function in its VFIO personality: what is the function's own, above
 * <linux/vfio_migration.h>. docs/driver-api/pci-personality.rst has the contract.
 */
#ifndef _LINUX_VFIO_PCI_MIGRATION_H
#define _LINUX_VFIO_PCI_MIGRATION_H

#include <linux/vfio_migration.h>
#include <linux/vfio_pci_personality.h>

#include <compat/vfio_region_info.h>

struct vfio_pci_migration;

/**
 * struct vfio_pci_migration_ops - what only the driver of a PCI function can do
 * @base: what any driver has to; begins with VFIO_PCI_MIGRATION_DRIVER_OPS
 * @bar: the BAR with the driver's registers, mapped for it, whose size a peer must have
 * @trapped: so many bytes at the beginning of @bar are not mapped by users, whose
 *	accesses come to @read and @write; 0 for none
 * @read: a user reads the register of 32 bits at @offset, in bytes, of @bar. 64 bits are
 *	two of them, the lower first. NULL: he reads what the hardware has
 * @write: a user writes it. An error is that of his write
 *
 * @read and @write are called as those of @base are. When its reset is, vfio_pci_core's
 * lock of the registers may be held: it must not call vfio_pci_migration_read() and
 * vfio_pci_migration_write().
 */
struct vfio_pci_migration_ops {
	struct vfio_migration_driver_ops base;
	int bar;
	u32 trapped;
	u32 (*read)(struct vfio_pci_migration *m, u32 offset);
	int (*write)(struct vfio_pci_migration *m, u32 offset, u32 value);
};

/**
 * struct vfio_pci_migration - a PCI function's vfio_device that can be migrated
 * @core: what vfio_pci_core makes of it; for the driver to read
 * @base: what it has in common with any other. Its lock is held for each access to a
 *	trapped register, too
 */
struct vfio_pci_migration {
	struct vfio_pci_core_device core;
	struct vfio_migration base;
};

static inline struct vfio_pci_migration *to_vfio_pci_migration(struct vfio_migration *m)
{
	return container_of(m, struct vfio_pci_migration, base);
}

struct vfio_pci_core_device *
vfio_pci_migration_init(struct vfio_pci_migration *m,
			const struct vfio_pci_migration_ops *ops, u8 revision);
u32 vfio_pci_migration_read(struct vfio_pci_migration *m, u32 offset);
void vfio_pci_migration_write(struct vfio_pci_migration *m, u32 offset, u32 value);
int vfio_pci_migration_await(struct vfio_pci_migration *m, u32 offset, u32 bits);
void vfio_pci_migration_wake(struct vfio_migration *m);
extern const struct pci_error_handlers vfio_pci_migration_err_handlers;

int vfio_pci_migration_open_device(struct vfio_device *vdev);
void vfio_pci_migration_close_device(struct vfio_device *vdev);
long vfio_pci_migration_ioctl(struct vfio_device *vdev, unsigned int cmd,
			      unsigned long arg);
ssize_t vfio_pci_migration_device_read(struct vfio_device *vdev, char __user *buf,
				       size_t count, loff_t *ppos);
ssize_t vfio_pci_migration_device_write(struct vfio_device *vdev,
					const char __user *buf, size_t count,
					loff_t *ppos);
int vfio_pci_migration_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);
int vfio_pci_migration_region_info(struct vfio_device *vdev,
				   struct vfio_region_info *info,
				   struct vfio_info_cap *caps);

/**
 * VFIO_PCI_MIGRATION_DEVICE_OPS - initialisers for struct vfio_device_ops
 *
 * All but read and write, for a vfio_device that begins with a struct
 * vfio_pci_migration. Those are vfio_pci_migration_device_read() and
 * vfio_pci_migration_device_write(), or functions of the driver's that call them.
 */
#define VFIO_PCI_MIGRATION_DEVICE_OPS					\
	VFIO_PCI_PERSONALITY_DEVICE_OPS					\
	.open_device	= vfio_pci_migration_open_device,		\
	.close_device	= vfio_pci_migration_close_device,		\
	.ioctl		= vfio_pci_migration_ioctl,			\
	.device_feature	= vfio_pci_core_ioctl_feature,			\
	.mmap		= vfio_pci_migration_mmap,			\
	COMPAT_VFIO_PCI_REGION_INFO(vfio_pci_migration_region_info)

/**
 * VFIO_PCI_MIGRATION_DRIVER_OPS - initialisers for struct vfio_migration_driver_ops
 *
 * What the helpers do themselves for a PCI function.
 */
#define VFIO_PCI_MIGRATION_DRIVER_OPS					\
	.wake		= vfio_pci_migration_wake,

#endif /* _LINUX_VFIO_PCI_MIGRATION_H */
