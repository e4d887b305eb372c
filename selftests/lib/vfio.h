/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A function in its VFIO personality, driven from user space.
 *
 * vfio.c opens it and reaches its BARs and configuration space; how a function
 * and its IOMMU are had differs between VFIO's two interfaces, each in a file of
 * its own: vfio_group.c and vfio_cdev.c. vfio_dma.c maps memory for the device,
 * vfio_irq.c ties its interrupts to eventfds.
 *
 * Unless said otherwise a function returns 0 or a negative errno, after it said
 * with diag() what went wrong.
 */
#ifndef LIB_VFIO_H
#define LIB_VFIO_H

#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "pci.h"
#include "types.h"

#define VFIO_VECTORS_MAX	8
#define VFIO_BUFFERS_MAX	16

struct vfio_function;

/**
 * struct vfio_mode - one of VFIO's interfaces
 * @name: for people and for the names of test variants
 * @lacking: why the function @bdf, in its VFIO personality, cannot be had this
 *	way, or NULL. With @bdf NULL, what can be said beforehand of any function
 * @open: get the device's file descriptor and an IOMMU address space for it
 * @map: let the device reach @size bytes at @addr as @iova
 * @unmap: the reverse
 * @close: the reverse of @open; also after an @open that failed half-way
 */
struct vfio_mode {
	const char *name;
	const char *(*lacking)(const char *bdf);
	int (*open)(struct vfio_function *f);
	int (*map)(struct vfio_function *f, void *addr, u64 iova, size_t size);
	int (*unmap)(struct vfio_function *f, u64 iova, size_t size);
	void (*close)(struct vfio_function *f);
};

extern const struct vfio_mode vfio_group_mode;
extern const struct vfio_mode vfio_cdev_mode;

/**
 * struct vfio_buffer - memory that the device can reach
 * @addr: where this process sees it
 * @iova: where the device sees it: neither @addr nor the physical address
 * @size: in bytes, whole pages
 */
struct vfio_buffer {
	void *addr;
	u64 iova;
	size_t size;
};

/**
 * struct vfio_bar - a BAR
 * @addr: its mapping, NULL if it can be reached by read and write only
 * @mapped_from: where in the BAR the mapping begins
 * @mapped: how many bytes are mapped
 * @size: in bytes, 0 if there is none
 * @offset: of the region in the device's file
 */
struct vfio_bar {
	void *addr;
	size_t mapped_from;
	size_t mapped;
	size_t size;
	u64 offset;
};

struct vfio_function {
	const struct vfio_mode *mode;
	char bdf[PCI_NAME_LEN];
	int device;
	int group;		/* vfio_group_mode */
	int container;		/* vfio_group_mode */
	int iommufd;		/* vfio_cdev_mode */
	u32 ioas;		/* vfio_cdev_mode */
	bool can_reset;
	u64 config;		/* offset of configuration space in @device */
	struct vfio_bar bars[PCI_STD_NUM_BARS];
	unsigned int dma_bits;
	u64 iova_next;
	struct vfio_buffer buffers[VFIO_BUFFERS_MAX];
};

/**
 * struct vfio_irq - interrupts of one kind, tied to eventfds
 * @index: VFIO_PCI_INTX_IRQ_INDEX, VFIO_PCI_MSI_IRQ_INDEX, ...
 * @vectors: how many are tied
 * @total: interrupts taken by vfio_irq_wait() so far
 */
struct vfio_irq {
	struct vfio_function *f;
	u32 index;
	unsigned int vectors;
	unsigned int total;
	int eventfd[VFIO_VECTORS_MAX];
};

/* Open; the device's memory space and DMA are enabled. Close what was opened */
int vfio_open(struct vfio_function *f, const char *bdf,
	      const struct vfio_mode *mode);
void vfio_close(struct vfio_function *f);

/* Function reset; -EOPNOTSUPP if the device has none */
int vfio_reset(struct vfio_function *f);

/* BARs, little-endian registers as the CPU has them; @bar must exist */
u8 vfio_read8(struct vfio_function *f, int bar, u64 offset);
u16 vfio_read16(struct vfio_function *f, int bar, u64 offset);
u32 vfio_read32(struct vfio_function *f, int bar, u64 offset);
u64 vfio_read64(struct vfio_function *f, int bar, u64 offset);
void vfio_write8(struct vfio_function *f, int bar, u64 offset, u8 value);
void vfio_write16(struct vfio_function *f, int bar, u64 offset, u16 value);
void vfio_write32(struct vfio_function *f, int bar, u64 offset, u32 value);
void vfio_write64(struct vfio_function *f, int bar, u64 offset, u64 value);

/* Configuration space, @size 1, 2 or 4 */
u32 vfio_config_read(struct vfio_function *f, unsigned int offset, int size);
void vfio_config_write(struct vfio_function *f, unsigned int offset, int size,
		       u32 value);

/* The next capability @id after @after (0: the first): offset, 0 if none */
unsigned int vfio_find_capability(struct vfio_function *f, u8 id,
				  unsigned int after);

/* Memory for the device, zeroed; freed with the function */
int vfio_alloc(struct vfio_function *f, size_t size, struct vfio_buffer *buf);
void vfio_free(struct vfio_function *f, struct vfio_buffer *buf);
/* How many address bits the device has, for buffers allocated from now on */
void vfio_dma_bits(struct vfio_function *f, unsigned int bits);

/* Interrupts */
int vfio_irq_count(struct vfio_function *f, u32 index);
int vfio_irq_enable(struct vfio_function *f, struct vfio_irq *irq, u32 index,
		    unsigned int vectors);
/* INTx stays masked after it fired, until this is called */
int vfio_irq_unmask(struct vfio_irq *irq);
void vfio_irq_disable(struct vfio_irq *irq);
/* How often @vector fired since it was last asked (at least once), or -errno */
int vfio_irq_wait(struct vfio_irq *irq, unsigned int vector, int timeout_ms);

/* Order descriptors in memory before the doorbell, completions before data */
static inline void vfio_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif /* LIB_VFIO_H */
