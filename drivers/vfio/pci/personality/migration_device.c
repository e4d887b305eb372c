// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: a vfio_device that can be migrated. Some registers are not the
 * user's to reach directly, since the hardware does not give back what was written to
 * them, or forgets what was read: each access goes to the driver.
 *
 * May touch: the function's registers, for the driver or by its callbacks.
 */
#include <linux/iopoll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio_pci_migration.h>

#include "migration.h"
#include "migration_area.h"
#include "personality.h"
#include "silent.h"

#define AWAIT_POLL_US		(1 * USEC_PER_MSEC)
#define AWAIT_TIMEOUT_US	(5 * USEC_PER_SEC)

static struct vfio_pci_migration *to_migration(struct vfio_device *vdev)
{
	return container_of(vdev, struct vfio_pci_migration, core.vdev);
}

static const struct vfio_pci_migration_ops *ops_of(const struct vfio_pci_migration *m)
{
	return container_of(m->base.ops, struct vfio_pci_migration_ops, base);
}

static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state to)
{
	return vfio_migration_set_state(&to_migration(vdev)->base, to);
}

static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	*state = vfio_migration_get_state(&to_migration(vdev)->base);
	return 0;
}

static int get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	*length = vfio_migration_data_size(&to_migration(vdev)->base);
	return 0;
}

static const struct vfio_migration_ops vfio_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_data_size,
};

/**
 * vfio_pci_migration_init() - let a vfio_device be one that can be migrated
 * @m: what vfio_alloc_device() has allocated, or the beginning of it
 * @ops: the driver's part; const
 * @revision: the PCI revision that the user sees, the function's or another that the
 *	driver shows him; a peer must have it
 *
 * For the end of a driver's create. After an error the vfio_device is freed.
 *
 * Return: what create is to return: @m's vfio_pci_core_device; or an ERR_PTR() of
 * -EINVAL, and a line in the log, if @ops do not fit the function.
 */
struct vfio_pci_core_device *
vfio_pci_migration_init(struct vfio_pci_migration *m,
			const struct vfio_pci_migration_ops *ops, u8 revision)
{
	struct pci_dev *pdev = m->core.pdev;
	const struct vfio_migration_identity identity = {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subsystem_vendor = pdev->subsystem_vendor,
		.subsystem_device = pdev->subsystem_device,
		.revision = revision,
		.size = pci_resource_len(pdev, ops->bar),
	};
	int ret = 0;

	if (ops->trapped > pci_resource_len(pdev, ops->bar)) {
		pci_err(pdev, "its driver traps more than its BAR has\n");
		ret = -EINVAL;
	}
	if (!ret)
		ret = vfio_migration_init(&m->base, &m->core.vdev, &ops->base, &identity,
					  &vfio_ops);
	if (ret) {
		vfio_put_device(&m->core.vdev);
		return ERR_PTR(ret);
	}
	return &m->core;
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_init);

static void __iomem *reg(struct vfio_pci_migration *m, u32 offset)
{
	return m->core.barmap[ops_of(m)->bar] + offset;
}

/*
 * The user's memory bit does not matter to the driver's callbacks: a monitor turns it off
 * when it resets a function, and gives it back after the stream. A function that sleeps
 * cannot be reached by anybody. On success memory_lock is held.
 */
static bool begin_access(struct vfio_pci_migration *m)
{
	const pci_power_t *state = &m->core.pdev->current_state;

	down_read(&m->core.memory_lock);
	if (*state != PCI_D3hot && *state != PCI_D3cold)
		return true;
	up_read(&m->core.memory_lock);
	return false;
}

static void end_access(struct vfio_pci_migration *m)
{
	up_read(&m->core.memory_lock);
}

/**
 * vfio_pci_migration_read() - read a register, without any trap
 * @m: the function, opened
 * @offset: of the register in the ops' BAR, in bytes
 *
 * Context: a callback of the driver, where that may sleep.
 * Return: its value; all ones if it cannot be reached, as of what was pulled out.
 */
u32 vfio_pci_migration_read(struct vfio_pci_migration *m, u32 offset)
{
	u32 value = ~0;

	if (is_silent() || !begin_access(m))
		return ~0;
	vfio_pci_core_ioread32(&m->core, false, &value, reg(m, offset));
	end_access(m);
	return value;
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_read);

/**
 * vfio_pci_migration_write() - write a register, without any trap
 * @m: the function, opened
 * @offset: of the register in the ops' BAR, in bytes
 * @value: lost if the register cannot be reached
 *
 * Context: a callback of the driver, where that may sleep.
 */
void vfio_pci_migration_write(struct vfio_pci_migration *m, u32 offset, u32 value)
{
	if (!begin_access(m))
		return;
	vfio_pci_core_iowrite32(&m->core, false, value, reg(m, offset));
	end_access(m);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_write);

/**
 * vfio_pci_migration_wake() - have memory on, whatever the user has
 * @base: the function's, opened
 *
 * A monitor turns memory off when it resets a function, and gives a guest's configuration
 * back after the stream. The bit that its user sees stays as it is, and so does what he may
 * access; of a VF, whose hardware has no such bit, QEMU's devices have it, and obey it.
 *
 * Context: may sleep. For VFIO_PCI_MIGRATION_DRIVER_OPS.
 */
void vfio_pci_migration_wake(struct vfio_migration *base)
{
	struct pci_dev *pdev = to_vfio_pci_migration(base)->core.pdev;
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (!(command & PCI_COMMAND_MEMORY))
		pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_wake);

/**
 * vfio_pci_migration_await() - wait until a function has finished something
 * @m: the function, opened
 * @offset: of a register in the ops' BAR, in bytes
 * @bits: of it, which the function clears by itself
 *
 * Context: a callback of the driver, where that may sleep; for 5 s at most.
 * Return: 0; -ETIMEDOUT if one of @bits is still set.
 */
int vfio_pci_migration_await(struct vfio_pci_migration *m, u32 offset, u32 bits)
{
	u32 value;

	return read_poll_timeout(vfio_pci_migration_read, value, !(value & bits),
				 AWAIT_POLL_US, AWAIT_TIMEOUT_US, false, m, offset);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_await);

static u64 bar_size(struct vfio_pci_migration *m)
{
	return pci_resource_len(m->core.pdev, ops_of(m)->bar);
}

/* What of the driver's BAR can be mapped, if vfio_pci_core can map any of it */
static u64 mappable_from(struct vfio_pci_migration *m)
{
	return migration_area(bar_size(m), ops_of(m)->trapped, PAGE_SIZE);
}

/*
 * QEMU asks a container of type1 for the dirty pages of whatever it has mapped, and
 * type1 wants whole pages. What the MSI-X table leaves of its BAR is none, and of no
 * use to anybody: mapped, it would make the migration fail.
 */
static void choose_mmaps(struct vfio_pci_migration *m)
{
	if (m->core.msix_bar < PCI_STD_NUM_BARS)
		m->core.bar_mmap_supported[m->core.msix_bar] = false;
	if (mappable_from(m) == bar_size(m))
		m->core.bar_mmap_supported[ops_of(m)->bar] = false;
}

/**
 * vfio_pci_migration_open_device() - the vfio_device's open_device
 * @vdev: the vfio_device
 *
 * Context: dev_set lock held by VFIO; may sleep.
 * Return: 0; -ENOMEM; an error of vfio_pci_core_enable(), or of mapping the BAR.
 */
int vfio_pci_migration_open_device(struct vfio_device *vdev)
{
	struct vfio_pci_migration *m = to_migration(vdev);
	int ret;

	ret = vfio_pci_core_enable(&m->core);
	if (ret)
		return ret;
	ret = compat_vfio_pci_map_bar(&m->core, ops_of(m)->bar);
	if (!ret)
		ret = vfio_migration_open(&m->base);
	if (ret) {
		vfio_pci_core_disable(&m->core);
		return ret;
	}
	vfio_pci_core_finish_enable(&m->core);
	choose_mmaps(m);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_open_device);

/**
 * vfio_pci_migration_close_device() - the vfio_device's close_device
 * @vdev: the vfio_device
 *
 * Context: dev_set lock held by VFIO; may sleep, as long as the driver's close does.
 */
void vfio_pci_migration_close_device(struct vfio_device *vdev)
{
	vfio_migration_close(&to_migration(vdev)->base);
	vfio_pci_core_close_device(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_close_device);

/**
 * vfio_pci_migration_ioctl() - the vfio_device's ioctl
 * @vdev: the vfio_device
 * @cmd: what to do
 * @arg: the user's argument
 *
 * Context: may sleep.
 * Return: -ENOTTY for an ioeventfd; otherwise as vfio_pci_core_ioctl().
 */
long vfio_pci_migration_ioctl(struct vfio_device *vdev, unsigned int cmd,
			      unsigned long arg)
{
	/* It would write to a register without being seen */
	if (cmd == VFIO_DEVICE_IOEVENTFD)
		return -ENOTTY;
	return compat_vfio_pci_ioctl(vdev, cmd, arg, vfio_pci_migration_region_info);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_ioctl);

/* Is it about what is trapped? Then for how many bytes? */
static bool is_trapped(struct vfio_pci_migration *m, loff_t at, size_t *count)
{
	u64 offset = at & VFIO_PCI_OFFSET_MASK;

	if (VFIO_PCI_OFFSET_TO_INDEX(at) != VFIO_PCI_BAR0_REGION_INDEX + ops_of(m)->bar ||
	    offset >= ops_of(m)->trapped)
		return false;
	*count = min_t(size_t, *count, ops_of(m)->trapped - offset);
	return true;
}

static int read_word(struct vfio_pci_migration *m, u32 offset, char __user *buf)
{
	__le32 word;

	mutex_lock(&m->base.lock);
	word = cpu_to_le32(ops_of(m)->read ? ops_of(m)->read(m, offset) :
					  vfio_pci_migration_read(m, offset));
	migration_unlock(&m->base);
	return copy_to_user(buf, &word, sizeof(word)) ? -EFAULT : 0;
}

/*
 * A write may have waited for a reset, and what was noted of it is forgotten then. Or
 * it was before the reset, and the device has forgotten it. Written once more, both
 * know of it; as it came at the time of a reset, nobody can tell.
 */
static int write_word(struct vfio_pci_migration *m, u32 offset, char __user *buf)
{
	__le32 word;
	int ret;

	if (copy_from_user(&word, buf, sizeof(word)))
		return -EFAULT;
	do {
		mutex_lock(&m->base.lock);
		ret = ops_of(m)->write(m, offset, le32_to_cpu(word));
	} while (migration_unlock(&m->base));
	return ret;
}

/* For a VF, whose hardware has no memory bit, vfio_pci_core does not look at the user's */
static bool user_has_memory(struct vfio_pci_migration *m)
{
	__le16 *command = (__le16 *)&m->core.vconfig[PCI_COMMAND];

	return m->core.pdev->no_command_memory ||
	       le16_to_cpu(*command) & PCI_COMMAND_MEMORY;
}

/* Registers are words: there is no other access */
static ssize_t trapped_access(struct vfio_pci_migration *m, char __user *buf,
			      size_t count, loff_t *ppos,
			      int (*access_word)(struct vfio_pci_migration *m,
						 u32 offset, char __user *buf))
{
	u32 offset = *ppos & VFIO_PCI_OFFSET_MASK;
	size_t done;
	int ret = 0;

	if (!IS_ALIGNED(offset, 4) || !IS_ALIGNED(count, 4))
		return -EINVAL;
	if (!user_has_memory(m))
		return -EIO;
	for (done = 0; done < count; done += 4) {
		ret = access_word(m, offset + done, buf + done);
		if (ret)
			break;
	}
	/* What has been done cannot be undone: say how much it is */
	*ppos += done;
	return done ?: ret;
}

/**
 * vfio_pci_migration_device_read() - the vfio_device's read
 * @vdev: the vfio_device
 * @buf: where to
 * @count: how many bytes at most
 * @ppos: from where, by VFIO_PCI_INDEX_TO_OFFSET(); moved on
 *
 * Context: may sleep.
 * Return: the number of bytes; -EINVAL if not all are whole trapped registers;
 * -EIO if the user has turned memory off; -EFAULT; an error of vfio_pci_core_read().
 */
ssize_t vfio_pci_migration_device_read(struct vfio_device *vdev, char __user *buf,
				       size_t count, loff_t *ppos)
{
	struct vfio_pci_migration *m = to_migration(vdev);

	if (!is_trapped(m, *ppos, &count))
		return vfio_pci_core_read(vdev, buf, count, ppos);
	return trapped_access(m, buf, count, ppos, read_word);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_device_read);

/**
 * vfio_pci_migration_device_write() - the vfio_device's write
 * @vdev: the vfio_device
 * @buf: where from
 * @count: how many bytes at most
 * @ppos: to where, by VFIO_PCI_INDEX_TO_OFFSET(); moved on
 *
 * Context: may sleep.
 * Return: the number of bytes; -EINVAL if not all are whole trapped registers;
 * -EIO if the user has turned memory off; -EFAULT; an error of the driver's write, or of
 * vfio_pci_core_write().
 */
ssize_t vfio_pci_migration_device_write(struct vfio_device *vdev,
					const char __user *buf, size_t count,
					loff_t *ppos)
{
	struct vfio_pci_migration *m = to_migration(vdev);

	if (!is_trapped(m, *ppos, &count))
		return vfio_pci_core_write(vdev, buf, count, ppos);
	return trapped_access(m, (char __user *)buf, count, ppos, write_word);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_device_write);

/**
 * vfio_pci_migration_mmap() - the vfio_device's mmap
 * @vdev: the vfio_device
 * @vma: what to map, and where
 *
 * Context: mmap_lock held by the caller; may sleep.
 * Return: 0; -EINVAL for what is trapped; an error of vfio_pci_core_mmap().
 */
int vfio_pci_migration_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	loff_t at = (loff_t)vma->vm_pgoff << PAGE_SHIFT;
	size_t size = vma->vm_end - vma->vm_start;

	if (is_trapped(to_migration(vdev), at, &size))
		return -EINVAL;
	return vfio_pci_core_mmap(vdev, vma);
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_mmap);

/**
 * vfio_pci_migration_region_info() - what the user may know of a region
 * @vdev: the vfio_device
 * @info: of the region with the index in it
 * @caps: gets what of the driver's BAR can be mapped: not all
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; for other regions as vfio_pci_core.
 */
int vfio_pci_migration_region_info(struct vfio_device *vdev,
				   struct vfio_region_info *info,
				   struct vfio_info_cap *caps)
{
	struct vfio_pci_migration *m = to_migration(vdev);
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, 1);
	int ret;

	if (info->index != VFIO_PCI_BAR0_REGION_INDEX + ops_of(m)->bar ||
	    !ops_of(m)->trapped)
		return compat_vfio_pci_region_info(vdev, info, caps);

	info->offset = VFIO_PCI_INDEX_TO_OFFSET(info->index);
	info->size = bar_size(m);
	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (!m->core.bar_mmap_supported[ops_of(m)->bar])
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_MMAP;

	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;
	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = 1;
	sparse->areas[0].offset = mappable_from(m);
	sparse->areas[0].size = bar_size(m) - mappable_from(m);
	ret = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_migration_region_info);

static void err_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = vfio_personality_device(pdev);

	vfio_migration_reset_done(&to_migration(&core->vdev)->base);
}

/* For vfio_pci_personality_ops: those of vfio_pci_core, and to know of a reset */
const struct pci_error_handlers vfio_pci_migration_err_handlers = {
	.error_detected	= vfio_pci_core_aer_err_detected,
	.reset_done	= err_reset_done,
};
EXPORT_SYMBOL_GPL(vfio_pci_migration_err_handlers);
