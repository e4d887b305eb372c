// SPDX-License-Identifier: GPL-2.0
/* A guest that is moved between two edus, see edu_migrant.h. */
#include <errno.h>

#include "edu_migrant.h"
#include "migration.h"

int edu_migrant_begin(struct edu_migrant *m)
{
	int ret;

	m->at = &m->f[0];
	vfio_dma_bits(m->at, EDU_DMA_BITS);
	ret = vfio_alloc(m->at, EDU_BUFFER_SIZE, &m->memory);
	if (!ret)
		ret = vfio_group_mode.map(&m->f[1], m->memory.addr, m->memory.iova,
					  m->memory.size);
	if (ret)
		return ret;
	edu_migrant_acknowledge(m);
	return vfio_irq_enable(m->at, &m->irq, VFIO_PCI_MSI_IRQ_INDEX, 1);
}

void edu_migrant_end(struct edu_migrant *m)
{
	int i;

	vfio_irq_disable(&m->irq);
	for (i = 1; i >= 0; i--)
		vfio_close(&m->f[i]);
}

u32 edu_migrant_get(struct edu_migrant *m, u32 reg)
{
	return vfio_read32(m->at, 0, reg);
}

void edu_migrant_set(struct edu_migrant *m, u32 reg, u32 value)
{
	vfio_write32(m->at, 0, reg, value);
}

int edu_migrant_interrupt(struct edu_migrant *m, int timeout_ms)
{
	return vfio_irq_wait(&m->irq, 0, timeout_ms);
}

int edu_migrant_acknowledge(struct edu_migrant *m)
{
	u32 status = edu_migrant_get(m, EDU_IRQ_STATUS);

	edu_migrant_set(m, EDU_IRQ_ACK, status);
	return status;
}

bool edu_migrant_transferred(struct edu_migrant *m)
{
	return edu_migrant_interrupt(m, EDU_INTERRUPT_MS) == 1 &&
	       edu_migrant_acknowledge(m) == EDU_IRQ_DMA;
}

void edu_migrant_aim(struct edu_migrant *m, u32 src, u32 dst)
{
	edu_migrant_set(m, EDU_DMA_SRC, src);
	edu_migrant_set(m, EDU_DMA_DST, dst);
	edu_migrant_set(m, EDU_DMA_COUNT, EDU_BUFFER_SIZE);
	vfio_barrier();
}

int edu_migrant_move(struct edu_migrant *m, void *stream, ssize_t size)
{
	struct vfio_function *to = &m->f[m->at == &m->f[0]];
	ssize_t saved = migration_save(m->at, stream, size);
	int ret;

	if (saved != size)
		return saved < 0 ? saved : -EMSGSIZE;
	ret = migration_write(to, stream, size);
	if (ret)
		return ret;
	vfio_irq_disable(&m->irq);
	m->at = to;
	ret = vfio_irq_enable(to, &m->irq, VFIO_PCI_MSI_IRQ_INDEX, 1);
	return ret ?: migration_set(to, VFIO_DEVICE_STATE_RUNNING, NULL);
}
