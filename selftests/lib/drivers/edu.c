// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's educational device, see edu.h.
 *
 * The proof: random bytes go to the device's own buffer and come back to another
 * place, with an interrupt after each transfer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "../diag.h"
#include "driver.h"
#include "edu.h"

#define TIMEOUT_MS		5000

struct edu {
	struct vfio_function *f;
	struct vfio_irq irq;
	struct vfio_buffer from;
	struct vfio_buffer to;
};

static int edu_start(struct vfio_function *f, void *state)
{
	struct edu *edu = state;
	int ret;

	edu->f = f;
	if ((vfio_read32(f, 0, EDU_ID) & EDU_ID_MASK) != EDU_ID_MAGIC)
		return diag_error(-ENODEV, "%s: id %08x", f->bdf,
				  vfio_read32(f, 0, EDU_ID));
	vfio_write32(f, 0, EDU_LIVENESS, 0x600dbeef);
	if (vfio_read32(f, 0, EDU_LIVENESS) != ~0x600dbeefU)
		return diag_error(-EIO, "%s: liveness check", f->bdf);

	vfio_dma_bits(f, EDU_DMA_BITS);
	ret = vfio_alloc(f, EDU_BUFFER_SIZE, &edu->from);
	if (!ret)
		ret = vfio_alloc(f, EDU_BUFFER_SIZE, &edu->to);
	if (ret)
		return ret;

	vfio_write32(f, 0, EDU_IRQ_ACK, vfio_read32(f, 0, EDU_IRQ_STATUS));
	return vfio_irq_enable(f, &edu->irq, VFIO_PCI_MSI_IRQ_INDEX, 1);
}

static int edu_transfer(struct edu *edu, u64 src, u64 dst, u32 direction)
{
	int ret;

	vfio_write64(edu->f, 0, EDU_DMA_SRC, src);
	vfio_write64(edu->f, 0, EDU_DMA_DST, dst);
	vfio_write64(edu->f, 0, EDU_DMA_COUNT, EDU_BUFFER_SIZE);
	vfio_barrier();
	vfio_write64(edu->f, 0, EDU_DMA_CMD,
		     EDU_DMA_RUN | EDU_DMA_INTERRUPT | direction);

	ret = vfio_irq_wait(&edu->irq, 0, TIMEOUT_MS);
	if (ret < 0)
		return diag_error(ret, "%s: interrupt after DMA", edu->f->bdf);
	vfio_write32(edu->f, 0, EDU_IRQ_ACK,
		     vfio_read32(edu->f, 0, EDU_IRQ_STATUS));
	vfio_barrier();
	return 0;
}

int edu_peek(struct device_user *user, u8 *buf)
{
	struct edu *edu = user->state;
	int ret = edu_transfer(edu, EDU_BUFFER, edu->to.iova, EDU_DMA_TO_MEMORY);

	if (!ret)
		memcpy(buf, edu->to.addr, EDU_BUFFER_SIZE);
	return ret;
}

static int edu_prove(void *state, struct proof *proof)
{
	struct edu *edu = state;
	unsigned int before = edu->irq.total;
	int ret;

	if (getrandom(edu->from.addr, EDU_BUFFER_SIZE, 0) != EDU_BUFFER_SIZE)
		return diag_error(-errno, "random bytes");
	memset(edu->to.addr, 0, EDU_BUFFER_SIZE);

	ret = edu_transfer(edu, edu->from.iova, EDU_BUFFER, 0);
	if (!ret)
		ret = edu_transfer(edu, EDU_BUFFER, edu->to.iova,
				   EDU_DMA_TO_MEMORY);
	if (ret)
		return ret;
	if (memcmp(edu->from.addr, edu->to.addr, EDU_BUFFER_SIZE))
		return diag_error(-EIO, "%s: other bytes came back than went out",
				  edu->f->bdf);

	proof->sent = EDU_BUFFER_SIZE;
	proof->received = EDU_BUFFER_SIZE;
	proof->interrupts = edu->irq.total - before;
	snprintf(proof->story, sizeof(proof->story),
		 "%d random bytes went from IOVA %llx into the device and came back to IOVA %llx the same, %u MSIs",
		 EDU_BUFFER_SIZE, edu->from.iova, edu->to.iova,
		 proof->interrupts);
	return 0;
}

static void edu_stop(void *state)
{
	struct edu *edu = state;

	vfio_irq_disable(&edu->irq);
}

const struct device_driver edu_driver = {
	.name = "edu",
	.vendor = 0x1234,
	.device = 0x11e8,
	.size = sizeof(struct edu),
	.start = edu_start,
	.prove = edu_prove,
	.stop = edu_stop,
};
