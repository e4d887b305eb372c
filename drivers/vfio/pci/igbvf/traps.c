// SPDX-License-Identifier: GPL-2.0
/*
 * The registers that a user does not reach directly, since the hardware does not
 * give back what was written to them, or forgets what was read: each access goes
 * to the hardware, and what it would not tell is noted.
 *
 * May touch: pages 0 and 1 of BAR 0, the shadow.
 */
#include <linux/uaccess.h>

#include <compat/vfio_region_info.h>

#include "igbvf_vfio.h"
#include "mailbox.h"
#include "silent.h"

/**
 * igbvf_read() - read a register, without any trap
 * @v: the function, opened
 * @offset: of the register in BAR 0, in bytes
 *
 * Context: may sleep.
 * Return: its value; all ones if it cannot be reached, as of what was pulled out.
 */
u32 igbvf_read(struct igbvf_vfio *v, u32 offset)
{
	u32 value;

	if (is_silent() ||
	    vfio_pci_core_ioread32(&v->core, true, &value,
				   v->core.barmap[0] + offset))
		return ~0;
	return value;
}

/**
 * igbvf_write() - write a register, without any trap
 * @v: the function, opened
 * @offset: of the register in BAR 0, in bytes
 * @value: lost if the register cannot be reached
 *
 * Context: may sleep.
 */
void igbvf_write(struct igbvf_vfio *v, u32 offset, u32 value)
{
	vfio_pci_core_iowrite32(&v->core, true, value,
				v->core.barmap[0] + offset);
}

/* VFGPRC VFGPTC VFGORC VFGOTC VFMPRC VFGPRLBC VFGPTLBC VFGORLBC VFGOTLBC */
static const u16 counters[IGBVF_COUNTERS] = {
	0x0f10, 0x0f14, 0x0f18, 0x0f34, 0x0f3c, 0x0f40, 0x0f44, 0x0f48, 0x0f50,
};

/**
 * igbvf_counter_reg() - where a counter is
 * @i: which one, below IGBVF_COUNTERS
 *
 * Return: the offset of its register in BAR 0, in bytes.
 */
int igbvf_counter_reg(unsigned int i)
{
	return counters[i];
}

/*
 * The PF has written into the mailbox. If that is its answer to what the VF had
 * asked, it is known now what the PF remembers. It may also be a message of its
 * own; then the answer comes after it.
 */
static void note_answer(struct igbvf_vfio *v)
{
	struct igbvf_state *s = &v->shadow;
	u32 address[IGBVF_MBX_WORDS] = { IGBVF_MSG_MAC };
	u32 answer = igbvf_read(v, IGBVF_VMBMEM(0));

	if (!s->asked || !(answer & (IGBVF_MSG_ACK | IGBVF_MSG_NACK)) ||
	    (answer & IGBVF_MSG_TYPE) != (s->memory[0] & IGBVF_MSG_TYPE))
		return;
	s->asked = 0;

	if ((s->memory[0] & IGBVF_MSG_TYPE) == IGBVF_MSG_RESET) {
		/* Either answer: a NACK says that there is no address yet */
		s->reset_done = 1;
		s->messages = 0;
		memset(s->message, 0, sizeof(s->message));
		if (answer & IGBVF_MSG_NACK)
			return;
		/* The user knows its address now, and will want to keep it */
		address[1] = igbvf_read(v, IGBVF_VMBMEM(1));
		address[2] = igbvf_read(v, IGBVF_VMBMEM(2)) & 0xffff;
		igbvf_message_record(s, address);
	} else if (answer & IGBVF_MSG_ACK) {
		if (!igbvf_message_record(s, s->memory))
			v->lost = true;
		if (igbvf_message_is_filter(s->memory))
			v->filters = true;
		else if (igbvf_message_clears_filters(s->memory))
			v->filters = false;
	}
}

/**
 * igbvf_mailbox_read() - read V2PMAILBOX without losing what reading clears
 * @v: the function, opened
 *
 * Context: @v->lock held; may sleep.
 * Return: its value, with all bits that the user has not read yet; all ones if it
 * cannot be reached.
 */
u32 igbvf_mailbox_read(struct igbvf_vfio *v)
{
	u32 value = igbvf_read(v, IGBVF_V2PMAILBOX);

	if (value == ~0u)
		return value;
	if (value & IGBVF_MBX_PFSTS)
		note_answer(v);
	v->shadow.mailbox |= value & IGBVF_MBX_READ_CLEARS;
	return value | v->shadow.mailbox;
}

static void mailbox_written(struct igbvf_vfio *v, u32 value)
{
	struct igbvf_state *s = &v->shadow;
	unsigned int i;

	if (!(value & IGBVF_MBX_REQ))
		return;
	for (i = 0; i < IGBVF_MBX_WORDS; i++)
		s->memory[i] = igbvf_read(v, IGBVF_VMBMEM(i));
	s->asked = 1;
}

/**
 * igbvf_traps_reset() - note that the function was reset
 * @v: the function
 *
 * It forgets nothing that matters, but its PF forgets it, filters excepted. Interrupts
 * are masked then, as the datasheet has it; QEMU's device keeps them as they were.
 *
 * Context: @v->lock held, or nobody else has the function. With vfio_pci_core's lock
 * of the registers held, perhaps.
 */
void igbvf_traps_reset(struct igbvf_vfio *v)
{
	if (v->opened)
		iowrite32(~0, v->core.barmap[0] + IGBVF_EIMC);
	memset(&v->shadow, 0, sizeof(v->shadow));
	memset(v->counter_offset, 0, sizeof(v->counter_offset));
	v->lost = false;
}

/**
 * igbvf_trapped_read() - what the user sees of a trapped register
 * @v: the function, opened
 * @offset: of the register in BAR 0, in bytes, below IGBVF_TRAPPED
 *
 * Context: @v->lock held; may sleep.
 * Return: its value. What a read clears is cleared.
 */
u32 igbvf_trapped_read(struct igbvf_vfio *v, u32 offset)
{
	unsigned int i;
	u32 value;

	switch (offset) {
	case IGBVF_V2PMAILBOX:
		value = igbvf_mailbox_read(v);
		v->shadow.mailbox = 0;
		return value;
	case IGBVF_PSRTYPE:
		return v->shadow.psrtype;
	}
	value = igbvf_read(v, offset);
	for (i = 0; i < IGBVF_COUNTERS; i++)
		if (counters[i] == offset)
			value += v->counter_offset[i];
	return value;
}

static void trapped_write(struct igbvf_vfio *v, u32 offset, u32 value)
{
	struct igbvf_state *s = &v->shadow;

	switch (offset) {
	case IGBVF_CTRL:
	case IGBVF_CTRL_DUP:
		if (value & IGBVF_CTRL_RST) {
			s->reset_done = 0;
			s->asked = 0;
			s->messages = 0;
			memset(s->message, 0, sizeof(s->message));
			v->lost = false;
		}
		break;
	case IGBVF_V2PMAILBOX:
		/* Before the PF can answer in the same place */
		mailbox_written(v, value);
		break;
	case IGBVF_PSRTYPE:
		s->psrtype = value;
		break;
	case IGBVF_EIMS:
		s->eims |= value;
		break;
	case IGBVF_EIMC:
		s->eims &= ~value;
		break;
	}
	igbvf_write(v, offset, value);
}

/* Is it about what is trapped? Then for how many bytes? */
static bool is_trapped(loff_t at, size_t *count)
{
	u64 offset = at & VFIO_PCI_OFFSET_MASK;

	if (VFIO_PCI_OFFSET_TO_INDEX(at) != VFIO_PCI_BAR0_REGION_INDEX ||
	    offset >= IGBVF_TRAPPED)
		return false;
	*count = min_t(size_t, *count, IGBVF_TRAPPED - offset);
	return true;
}

static int read_word(struct igbvf_vfio *v, u32 offset, char __user *buf)
{
	__le32 word;

	mutex_lock(&v->lock);
	word = cpu_to_le32(igbvf_trapped_read(v, offset));
	igbvf_unlock(v);
	return copy_to_user(buf, &word, sizeof(word)) ? -EFAULT : 0;
}

/*
 * A write may have waited for a reset, and what was noted of it is forgotten then. Or
 * it was before the reset, and the device has forgotten it. Written once more, both
 * know of it; as it came at the time of a reset, nobody can tell.
 */
static int write_word(struct igbvf_vfio *v, u32 offset, char __user *buf)
{
	__le32 word;

	if (copy_from_user(&word, buf, sizeof(word)))
		return -EFAULT;
	do {
		mutex_lock(&v->lock);
		trapped_write(v, offset, le32_to_cpu(word));
	} while (igbvf_unlock(v));
	return 0;
}

/* Registers are words; the datasheet has no other access */
static ssize_t trapped_access(struct igbvf_vfio *v, char __user *buf,
			      size_t count, loff_t *ppos,
			      int (*access_word)(struct igbvf_vfio *v,
						 u32 offset, char __user *buf))
{
	u32 offset = *ppos & VFIO_PCI_OFFSET_MASK;
	size_t done;
	int ret = 0;

	if (!IS_ALIGNED(offset, 4) || !IS_ALIGNED(count, 4))
		return -EINVAL;
	for (done = 0; done < count; done += 4) {
		ret = access_word(v, offset + done, buf + done);
		if (ret)
			break;
	}
	/* What has been done cannot be undone: say how much it is */
	*ppos += done;
	return done ?: ret;
}

/**
 * igbvf_vfio_read() - the vfio_device's read
 * @vdev: the vfio_device
 * @buf: where to
 * @count: how many bytes at most
 * @ppos: from where, by VFIO_PCI_INDEX_TO_OFFSET(); moved on
 *
 * Context: may sleep.
 * Return: the number of bytes; -EINVAL if not all are whole trapped registers;
 * -EFAULT; an error of vfio_pci_core_read().
 */
ssize_t igbvf_vfio_read(struct vfio_device *vdev, char __user *buf,
			size_t count, loff_t *ppos)
{
	if (!is_trapped(*ppos, &count))
		return vfio_pci_core_read(vdev, buf, count, ppos);
	return trapped_access(to_igbvf_vfio(vdev), buf, count, ppos, read_word);
}

/**
 * igbvf_vfio_write() - the vfio_device's write
 * @vdev: the vfio_device
 * @buf: where from
 * @count: how many bytes at most
 * @ppos: to where, by VFIO_PCI_INDEX_TO_OFFSET(); moved on
 *
 * Context: may sleep.
 * Return: the number of bytes; -EINVAL if not all are whole trapped registers;
 * -EFAULT; an error of vfio_pci_core_write().
 */
ssize_t igbvf_vfio_write(struct vfio_device *vdev, const char __user *buf,
			 size_t count, loff_t *ppos)
{
	if (!is_trapped(*ppos, &count))
		return vfio_pci_core_write(vdev, buf, count, ppos);
	return trapped_access(to_igbvf_vfio(vdev), (char __user *)buf, count,
			      ppos, write_word);
}

/**
 * igbvf_vfio_mmap() - the vfio_device's mmap
 * @vdev: the vfio_device
 * @vma: what to map, and where
 *
 * Context: mmap_lock held by the caller; may sleep.
 * Return: 0; -EINVAL for what is trapped; an error of vfio_pci_core_mmap().
 */
int igbvf_vfio_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	loff_t at = (loff_t)vma->vm_pgoff << PAGE_SHIFT;
	size_t size = vma->vm_end - vma->vm_start;

	if (is_trapped(at, &size))
		return -EINVAL;
	return vfio_pci_core_mmap(vdev, vma);
}

/**
 * igbvf_vfio_region_info() - what the user may know of a region
 * @vdev: the vfio_device
 * @info: of the region with the index in it
 * @caps: gets what of BAR 0 can be mapped: not all
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; for other regions as vfio_pci_core.
 */
int igbvf_vfio_region_info(struct vfio_device *vdev,
			   struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	struct igbvf_vfio *v = to_igbvf_vfio(vdev);
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, 1);
	int ret;

	if (info->index != VFIO_PCI_BAR0_REGION_INDEX)
		return compat_vfio_pci_region_info(vdev, info, caps);

	info->offset = VFIO_PCI_INDEX_TO_OFFSET(info->index);
	info->size = pci_resource_len(v->core.pdev, 0);
	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (!v->core.bar_mmap_supported[0])
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_MMAP;

	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;
	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = 1;
	sparse->areas[0].offset = IGBVF_TRAPPED;
	sparse->areas[0].size = IGBVF_BAR_SIZE - IGBVF_TRAPPED;
	ret = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);
	return ret;
}
