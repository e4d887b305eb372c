// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: VFIO's operations. See slice.h.
 *
 * May touch: the memory of the user who calls, and a slice through the other files. No lock
 * is held while user memory is touched.
 */
#include <linux/cleanup.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <compat/vfio_region_info.h>

#include "slice.h"

static struct edu_slice *slice_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct edu_slice, vdev);
}

static int slice_init(struct vfio_device *vdev)
{
	struct edu_slice *s = slice_of(vdev);

	mutex_init(&s->dma);
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->node);
	return 0;
}

static void slice_release(struct vfio_device *vdev)
{
	struct edu_slice *s = slice_of(vdev);

	mutex_destroy(&s->dma);
	kfree(s->buffer);
}

static int slice_open(struct vfio_device *vdev)
{
	int ret = vfio_provider_open(vdev);

	if (ret)
		return ret;
	edu_slice_reset(slice_of(vdev));
	return vfio_migration_open(&slice_of(vdev)->migration);
}

static void slice_close(struct vfio_device *vdev)
{
	vfio_migration_close(&slice_of(vdev)->migration);
	edu_slice_drop_irqs(slice_of(vdev));
	edu_slice_reset(slice_of(vdev));
}

static void slice_request(struct vfio_device *vdev, unsigned int count)
{
	struct edu_slice *s = slice_of(vdev);

	guard(spinlock)(&s->lock);
	edu_slice_signal(s, EDU_SLICE_REQUEST);
}

static ssize_t config_read(struct edu_slice *s, char __user *buf, size_t count, u64 at)
{
	u8 bytes[PCI_CFG_SPACE_SIZE];

	if (at >= sizeof(bytes))
		return -EINVAL;
	count = min_t(size_t, count, sizeof(bytes) - at);
	edu_slice_config_read(s, at, bytes, count);
	return copy_to_user(buf, bytes, count) ? -EFAULT : count;
}

static ssize_t config_write(struct edu_slice *s, const char __user *buf, size_t count,
			    u64 at)
{
	u8 bytes[PCI_CFG_SPACE_SIZE];

	if (at >= sizeof(bytes))
		return -EINVAL;
	count = min_t(size_t, count, sizeof(bytes) - at);
	if (copy_from_user(bytes, buf, count))
		return -EFAULT;
	edu_slice_config_write(s, at, bytes, count);
	return count;
}

/* The largest access that is aligned, as a bus would do it */
static size_t access_size(u64 at, size_t count)
{
	size_t size = 8;

	while (size > 1 && (at % size || count < size))
		size /= 2;
	return size;
}

static ssize_t bar_read(struct edu_slice *s, char __user *buf, size_t count, u64 at)
{
	size_t done, size;
	__le64 value;

	if (at >= EDU_SLICE_BAR_SIZE)
		return -EINVAL;
	count = min_t(size_t, count, EDU_SLICE_BAR_SIZE - at);
	for (done = 0; done < count && !fatal_signal_pending(current); done += size) {
		size = access_size(at + done, count - done);
		value = cpu_to_le64(edu_slice_reg_read(s, at + done, size));
		if (copy_to_user(buf + done, &value, size))
			return -EFAULT;
		cond_resched();
	}
	return done ?: -EINTR;
}

static ssize_t bar_write(struct edu_slice *s, const char __user *buf, size_t count, u64 at)
{
	size_t done, size;
	__le64 value;
	int ret;

	if (at >= EDU_SLICE_BAR_SIZE)
		return -EINVAL;
	count = min_t(size_t, count, EDU_SLICE_BAR_SIZE - at);
	for (done = 0; done < count && !fatal_signal_pending(current); done += size) {
		size = access_size(at + done, count - done);
		value = 0;
		if (copy_from_user(&value, buf + done, size))
			return -EFAULT;
		ret = edu_slice_reg_write(s, at + done, le64_to_cpu(value), size);
		if (ret)
			return ret;
		cond_resched();
	}
	return done ?: -EINTR;
}

static ssize_t slice_read(struct vfio_device *vdev, char __user *buf, size_t count,
			  loff_t *ppos)
{
	const u64 at = *ppos & VFIO_PCI_OFFSET_MASK;
	struct edu_slice *s = slice_of(vdev);
	ssize_t ret = -EINVAL;

	if (!count)
		return 0;
	if (VFIO_PCI_OFFSET_TO_INDEX(*ppos) == VFIO_PCI_CONFIG_REGION_INDEX)
		ret = config_read(s, buf, count, at);
	else if (VFIO_PCI_OFFSET_TO_INDEX(*ppos) == VFIO_PCI_BAR0_REGION_INDEX)
		ret = bar_read(s, buf, count, at);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static ssize_t slice_write(struct vfio_device *vdev, const char __user *buf, size_t count,
			   loff_t *ppos)
{
	const u64 at = *ppos & VFIO_PCI_OFFSET_MASK;
	struct edu_slice *s = slice_of(vdev);
	ssize_t ret = -EINVAL;

	if (!count)
		return 0;
	if (VFIO_PCI_OFFSET_TO_INDEX(*ppos) == VFIO_PCI_CONFIG_REGION_INDEX)
		ret = config_write(s, buf, count, at);
	else if (VFIO_PCI_OFFSET_TO_INDEX(*ppos) == VFIO_PCI_BAR0_REGION_INDEX)
		ret = bar_write(s, buf, count, at);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static int slice_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			     struct vfio_info_cap *caps)
{
	if (info->index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info->offset = VFIO_PCI_INDEX_TO_OFFSET(info->index);
	info->size = 0;
	info->flags = 0;
	if (info->index == VFIO_PCI_CONFIG_REGION_INDEX)
		info->size = PCI_CFG_SPACE_SIZE;
	else if (info->index == VFIO_PCI_BAR0_REGION_INDEX)
		info->size = EDU_SLICE_BAR_SIZE;
	if (info->size)
		info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	return 0;
}

static int get_info(struct vfio_device_info __user *arg)
{
	const size_t minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = VFIO_PCI_NUM_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int get_irq_info(struct vfio_irq_info __user *arg)
{
	const size_t minsz = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;
	int ret;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	ret = edu_slice_get_irq_info(&info);
	if (ret)
		return ret;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int set_irqs(struct edu_slice *s, struct vfio_irq_set __user *arg)
{
	const size_t minsz = offsetofend(struct vfio_irq_set, count);
	struct vfio_irq_info info = {};
	struct vfio_irq_set set;
	size_t size = 0;
	void *data = NULL;
	int ret;

	if (copy_from_user(&set, arg, minsz))
		return -EFAULT;
	info.index = set.index;
	ret = edu_slice_get_irq_info(&info);
	if (!ret)
		ret = vfio_set_irqs_validate_and_prepare(&set, info.count,
							 VFIO_PCI_NUM_IRQS, &size);
	if (ret)
		return ret;
	if (size) {
		data = memdup_user(&arg->data, size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}
	ret = edu_slice_set_irqs(s, &set, data);
	kfree(data);
	return ret;
}

static long slice_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	struct edu_slice *s = slice_of(vdev);

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return get_info((void __user *)arg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return compat_vfio_region_info_ioctl(vdev, (void __user *)arg,
						     slice_region_info);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return get_irq_info((void __user *)arg);
	case VFIO_DEVICE_SET_IRQS:
		return set_irqs(s, (void __user *)arg);
	case VFIO_DEVICE_RESET:
		edu_slice_reset(s);
		vfio_migration_reset_done(&s->migration);
		return 0;
	default:
		return -ENOTTY;
	}
}

const struct vfio_device_ops edu_slice_device_ops = {
	VFIO_PROVIDER_DEVICE_OPS
	.name		= "edu-slice",
	.init		= slice_init,
	.release	= slice_release,
	.open_device	= slice_open,
	.close_device	= slice_close,
	.read		= slice_read,
	.write		= slice_write,
	.ioctl		= slice_ioctl,
	.request	= slice_request,
	COMPAT_VFIO_PCI_REGION_INFO(slice_region_info)
};
