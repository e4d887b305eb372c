// SPDX-License-Identifier: GPL-2.0
/* A device's interrupts as eventfds, see vfio.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "vfio.h"

static int get_irq_info(struct vfio_function *f, u32 index,
			struct vfio_irq_info *info)
{
	*info = (struct vfio_irq_info) {
		.argsz = sizeof(*info),
		.index = index,
	};
	if (ioctl(f->device, VFIO_DEVICE_GET_IRQ_INFO, info))
		return diag_error(-errno, "%s: interrupts of kind %u", f->bdf,
				  index);
	return 0;
}

int vfio_irq_count(struct vfio_function *f, u32 index)
{
	struct vfio_irq_info info;
	int ret = get_irq_info(f, index, &info);

	return ret ?: (int)info.count;
}

static int set_irqs(struct vfio_irq *irq, u32 flags, unsigned int count,
		    const int *eventfds)
{
	/* The structure ends in an array of a size known to the caller only */
	union {
		struct vfio_irq_set set;
		char bytes[sizeof(struct vfio_irq_set) +
			   VFIO_VECTORS_MAX * sizeof(*eventfds)];
	} arg = {};
	size_t size = eventfds ? count * sizeof(*eventfds) : 0;

	arg.set.argsz = sizeof(arg.set) + size;
	arg.set.flags = flags;
	arg.set.index = irq->index;
	arg.set.count = count;
	if (eventfds)
		memcpy(arg.bytes + sizeof(arg.set), eventfds, size);
	return ioctl(irq->f->device, VFIO_DEVICE_SET_IRQS, &arg) ? -errno : 0;
}

static void close_eventfds(struct vfio_irq *irq)
{
	while (irq->vectors)
		close(irq->eventfd[--irq->vectors]);
}

int vfio_irq_enable(struct vfio_function *f, struct vfio_irq *irq, u32 index,
		    unsigned int vectors)
{
	int ret = vfio_irq_count(f, index);

	*irq = (struct vfio_irq) { .f = f, .index = index };
	if (ret < 0)
		return ret;
	if (vectors > VFIO_VECTORS_MAX || vectors > (unsigned int)ret)
		return diag_error(-EINVAL, "%s: %u interrupts of kind %u, it has %d",
				  f->bdf, vectors, index, ret);

	while (irq->vectors < vectors) {
		int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0) {
			ret = diag_error(-errno, "eventfd");
			goto out_close;
		}
		irq->eventfd[irq->vectors++] = fd;
	}

	ret = set_irqs(irq, VFIO_IRQ_SET_DATA_EVENTFD |
			    VFIO_IRQ_SET_ACTION_TRIGGER, vectors, irq->eventfd);
	if (!ret)
		return 0;
	diag_error(ret, "%s: enabling interrupts of kind %u", f->bdf, index);
out_close:
	close_eventfds(irq);
	return ret;
}

int vfio_irq_unmask(struct vfio_irq *irq)
{
	int ret = set_irqs(irq, VFIO_IRQ_SET_DATA_NONE |
				VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL);

	return ret ? diag_error(ret, "%s: unmask", irq->f->bdf) : 0;
}

void vfio_irq_disable(struct vfio_irq *irq)
{
	int ret;

	if (!irq->vectors)
		return;
	ret = set_irqs(irq, VFIO_IRQ_SET_DATA_NONE |
			    VFIO_IRQ_SET_ACTION_TRIGGER, 0, NULL);
	if (ret)
		diag_error(ret, "%s: disabling interrupts", irq->f->bdf);
	close_eventfds(irq);
}

int vfio_irq_wait(struct vfio_irq *irq, unsigned int vector, int timeout_ms)
{
	struct pollfd pollfd = {
		.fd = irq->eventfd[vector],
		.events = POLLIN,
	};
	eventfd_t fired;

	if (poll(&pollfd, 1, timeout_ms) < 0)
		return diag_error(-errno, "poll");
	if (eventfd_read(pollfd.fd, &fired))
		return -ETIMEDOUT;
	irq->total += fired;
	return fired;
}
