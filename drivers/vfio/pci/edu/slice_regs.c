// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: BAR 0, as QEMU's docs/specs/edu.rst and hw/misc/edu.c have it, and DMA.
 * See slice.h.
 *
 * May touch: a slice's registers and buffer; its user's memory, by vfio_dma_rw() only.
 */
#include <linux/cleanup.h>
#include <linux/minmax.h>

#include "slice.h"

#define ID_VALUE	0x010000ed
#define DMA_REGS	0x80	/* from here on registers have 64 bits */

/**
 * edu_slice_reset() - a slice as after power-on, its buffer cleared
 * @s: the slice
 *
 * What is under way for its user ends here.
 *
 * Context: may sleep, for one turn of the engine and one DMA of the same user's.
 */
void edu_slice_reset(struct edu_slice *s)
{
	scoped_guard(spinlock, &s->lock) {
		WRITE_ONCE(s->age, s->age + 1);
		edu_slice_config_reset(s);
		s->liveness = 0;
		s->factorial = 0;
		s->status = 0;
		s->irq_status = 0;
		s->dma_src = 0;
		s->dma_dst = 0;
		s->dma_count = 0;
		s->dma_cmd = 0;
	}
	edu_engine_forget(s);
	guard(mutex)(&s->dma);
	memset(s->buffer, 0, s->config.buffer_size);
}

/**
 * edu_slice_raise() - raise an interrupt
 * @s: the slice
 * @cause: bits of EDU_IRQ_STATUS
 *
 * Context: any; @s's lock held.
 */
void edu_slice_raise(struct edu_slice *s, u32 cause)
{
	lockdep_assert_held(&s->lock);
	s->irq_status |= cause;
	if (!s->irq_status)
		return;
	if (s->silent)
		s->untold = true;
	else
		edu_slice_signal(s, EDU_SLICE_MSI);
}

/**
 * edu_slice_reg_read() - read a register
 * @s: the slice
 * @reg: its offset in BAR 0, in bytes
 * @size: of the access, in bytes
 *
 * Context: any.
 * Return: its value; all ones for what is none, or while the user has memory space off.
 */
u64 edu_slice_reg_read(struct edu_slice *s, u32 reg, size_t size)
{
	guard(spinlock)(&s->lock);
	if (!edu_slice_command(s, PCI_COMMAND_MEMORY) ||
	    (size != 4 && (size != 8 || reg < DMA_REGS)))
		return ~0ULL;
	switch (reg) {
	case EDU_ID:
		return ID_VALUE;
	case EDU_LIVENESS:
		return s->liveness;
	case EDU_FACTORIAL:
		return s->factorial;
	case EDU_STATUS:
		return s->status;
	case EDU_IRQ_STATUS:
		return s->irq_status;
	case EDU_DMA_SRC:
		return s->dma_src;
	case EDU_DMA_DST:
		return s->dma_dst;
	case EDU_DMA_COUNT:
		return s->dma_count;
	case EDU_DMA_CMD:
		return s->dma_cmd;
	default:
		return ~0ULL;
	}
}

static void write_factorial(struct edu_slice *s, u32 n)
{
	if (s->status & EDU_STATUS_COMPUTING)
		return;
	s->factorial = n;
	s->status |= EDU_STATUS_COMPUTING;
	if (!s->silent)
		edu_engine_ask(s);
}

/* Where in the buffer a transfer begins, or an error if it is not altogether in it */
static int find_in_buffer(struct edu_slice *s, u64 addr, u64 count, u32 *at)
{
	const u32 size = s->config.buffer_size;

	if (addr < EDU_BUFFER || addr - EDU_BUFFER > size ||
	    count > size - (addr - EDU_BUFFER))
		return -ERANGE;
	*at = addr - EDU_BUFFER;
	return 0;
}

/*
 * The device has EDU_DMA_BITS address lines. What the user has not mapped is not
 * transferred; it is finished all the same, as the device knows of no errors.
 */
static void transfer(struct edu_slice *s, u64 src, u64 dst, u64 count, bool to_memory)
{
	const u64 lines = GENMASK_ULL(EDU_DMA_BITS - 1, 0);
	u32 at;

	if (!count || find_in_buffer(s, to_memory ? src : dst, count, &at))
		return;
	vfio_dma_rw(&s->vdev, (to_memory ? dst : src) & lines, s->buffer + at, count,
		    to_memory);
}

static int run_dma(struct edu_slice *s, u64 cmd)
{
	const bool to_memory = cmd & EDU_DMA_TO_MEMORY;
	u64 src, dst, count;
	unsigned int age;
	bool master, quiet;

	/* Two of the same user's */
	if (mutex_lock_killable(&s->dma))
		return -EINTR;
	scoped_guard(spinlock, &s->lock) {
		age = s->age;
		src = s->dma_src;
		dst = s->dma_dst;
		count = s->dma_count;
		master = edu_slice_command(s, PCI_COMMAND_MASTER);
		quiet = s->quiet;
	}
	if (master && !quiet)
		transfer(s, src, dst, count, to_memory);
	mutex_unlock(&s->dma);
	if (quiet)
		return -EBUSY;

	guard(spinlock)(&s->lock);
	if (s->age != age)
		return 0;
	s->dma_cmd = cmd & ~EDU_DMA_RUN;
	if (cmd & EDU_DMA_IRQ)
		edu_slice_raise(s, EDU_IRQ_DMA);
	return 0;
}

/* All but the start of a DMA */
static void write_register(struct edu_slice *s, u32 reg, u64 value)
{
	switch (reg) {
	case EDU_LIVENESS:
		s->liveness = ~(u32)value;
		break;
	case EDU_FACTORIAL:
		write_factorial(s, value);
		break;
	case EDU_STATUS:
		s->status = (s->status & ~EDU_STATUS_IRQ) | (value & EDU_STATUS_IRQ);
		break;
	case EDU_IRQ_RAISE:
		edu_slice_raise(s, value);
		break;
	case EDU_IRQ_ACK:
		s->irq_status &= ~value;
		break;
	case EDU_DMA_SRC:
		s->dma_src = value;
		break;
	case EDU_DMA_DST:
		s->dma_dst = value;
		break;
	case EDU_DMA_COUNT:
		s->dma_count = value;
		break;
	}
}

/**
 * edu_slice_reg_write() - write a register
 * @s: the slice
 * @reg: its offset in BAR 0, in bytes
 * @value: what
 * @size: of the access, in bytes
 *
 * A DMA is over when it returns.
 *
 * Context: may sleep: user memory is touched. The user's.
 * Return: 0; -EINTR if the user is being killed; -EBUSY for a DMA while he migrates it.
 */
int edu_slice_reg_write(struct edu_slice *s, u32 reg, u64 value, size_t size)
{
	scoped_guard(spinlock, &s->lock) {
		if (!edu_slice_command(s, PCI_COMMAND_MEMORY) ||
		    (size != 4 && (size != 8 || reg < DMA_REGS)))
			return 0;
		if (reg != EDU_DMA_CMD || !(value & EDU_DMA_RUN)) {
			write_register(s, reg, value);
			return 0;
		}
	}
	return run_dma(s, value);
}
