// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: interrupts, as the user's eventfds. See slice.h.
 *
 * May touch: the triggers.
 */
#include <linux/cleanup.h>

#include "slice.h"

static bool find_irq(u32 index, enum edu_slice_irq *irq)
{
	switch (index) {
	case VFIO_PCI_MSI_IRQ_INDEX:
		*irq = EDU_SLICE_MSI;
		return true;
	case VFIO_PCI_REQ_IRQ_INDEX:
		*irq = EDU_SLICE_REQUEST;
		return true;
	default:
		return false;
	}
}

/**
 * edu_slice_get_irq_info() - what interrupts of a kind there are
 * @info: its index is the kind
 *
 * Context: any.
 * Return: 0, or -EINVAL for what PCI devices do not have.
 */
int edu_slice_get_irq_info(struct vfio_irq_info *info)
{
	enum edu_slice_irq irq;

	if (info->index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info->flags = 0;
	info->count = find_irq(info->index, &irq);
	if (info->count)
		info->flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE;
	return 0;
}

/**
 * edu_slice_signal() - send an interrupt
 * @s: the slice
 * @irq: which
 *
 * Context: any; @s's lock held.
 */
void edu_slice_signal(struct edu_slice *s, enum edu_slice_irq irq)
{
	lockdep_assert_held(&s->lock);
	if (s->trigger[irq])
		eventfd_signal(s->trigger[irq]);
}

static void set_trigger(struct edu_slice *s, enum edu_slice_irq irq,
			struct eventfd_ctx *trigger)
{
	scoped_guard(spinlock, &s->lock)
		swap(s->trigger[irq], trigger);
	if (trigger)
		eventfd_ctx_put(trigger);
}

static int set_eventfd(struct edu_slice *s, enum edu_slice_irq irq, int fd)
{
	struct eventfd_ctx *trigger = NULL;

	if (fd >= 0) {
		trigger = eventfd_ctx_fdget(fd);
		if (IS_ERR(trigger))
			return PTR_ERR(trigger);
	}
	set_trigger(s, irq, trigger);
	return 0;
}

/**
 * edu_slice_set_irqs() - VFIO_DEVICE_SET_IRQS
 * @s: the slice
 * @set: what is set, validated by vfio_set_irqs_validate_and_prepare()
 * @data: its data
 *
 * Context: may sleep.
 * Return: 0; -ENOTTY for an action that there is not; or the error of an eventfd.
 */
int edu_slice_set_irqs(struct edu_slice *s, struct vfio_irq_set *set, const void *data)
{
	enum edu_slice_irq irq;

	if (!find_irq(set->index, &irq) ||
	    (set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) != VFIO_IRQ_SET_ACTION_TRIGGER)
		return -ENOTTY;
	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_EVENTFD:
		return set_eventfd(s, irq, *(const s32 *)data);
	case VFIO_IRQ_SET_DATA_BOOL:
		if (!*(const u8 *)data)
			return 0;
		break;
	case VFIO_IRQ_SET_DATA_NONE:
		if (set->count)
			break;
		set_trigger(s, irq, NULL);
		return 0;
	}
	guard(spinlock)(&s->lock);
	edu_slice_signal(s, irq);
	return 0;
}

/**
 * edu_slice_drop_irqs() - forget the user's eventfds
 * @s: the slice
 *
 * Context: may sleep.
 */
void edu_slice_drop_irqs(struct edu_slice *s)
{
	enum edu_slice_irq irq;

	for (irq = 0; irq < EDU_SLICE_IRQS; irq++)
		set_trigger(s, irq, NULL);
}
