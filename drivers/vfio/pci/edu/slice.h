/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slices of an edu: vfio_devices that share one, each of which looks like an edu to its user.
 * What the files of edu-slice.ko share.
 *
 * slice_main.c    the provider: its type, creation and end of a slice
 * slice_vfio.c    VFIO's operations
 * slice_config.c  configuration space
 * slice_regs.c    BAR 0, and DMA
 * slice_irq.c     interrupts, as eventfds
 * slice_engine.c  the hardware's engine for factorials, which all take turns at
 * slice_migration.c  what moves, and standing still for it
 *
 * A user can neither see nor stall another:
 *
 * - Each slice has registers and a buffer of its own, in memory; they are cleared when the
 *   slice is opened, and when it is closed.
 * - DMA is done by the user's own write to the command register. Should his memory be paged
 *   in by a process that never answers, then that write waits and nobody else.
 * - A factorial is the hardware's. A slice has at most one in the queue; who has been served
 *   is the last again. What grows with the argument is bounded: all beyond 33! are 0 in
 *   32 bits, which the hardware finds out in a moment.
 *
 * Lock order: migration.lock, the helpers', see drivers/vfio/pci/personality/migration.h;
 * slice.dma, which is held while user memory is touched; slice.lock, a spinlock;
 * engine.lock, a spinlock. The engine's worker holds edu.lock, and none of these, while the
 * hardware works.
 */
#ifndef _EDU_SLICE_H
#define _EDU_SLICE_H

#include <linux/eventfd.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci_regs.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/vfio_migration.h>
#include <linux/vfio_pci_core.h>
#include <linux/vfio_provider.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "edu.h"

#define EDU_SLICES_MAX		16
#define EDU_SLICE_BAR_SIZE	SZ_1M
#define EDU_SLICE_REVISION	0x10	/* that of QEMU's edu */
#define EDU_SLICE_SUBSYSTEM_VENDOR	0x1af4	/* Red Hat, for QEMU's devices */
#define EDU_SLICE_SUBSYSTEM_DEVICE	0x1100
#define EDU_SLICE_BUFFER_MIN	64

/**
 * struct edu_slice_config - what a user configures
 * @buffer_size: of the slice's buffer, in bytes
 * @revision: the PCI revision that it shows
 */
struct edu_slice_config {
	u32 buffer_size;
	u32 revision;
};

/**
 * struct edu_engine - the factorial engine of one edu
 * @edu: the hardware; a reference is held by the provider
 * @slices: how many there are
 * @work: has the hardware compute what is in @queue
 * @lock: protects the rest
 * @queue: slices that want a factorial, the next first
 * @running: whose is being computed, or NULL
 * @idle: woken when @running changes
 */
struct edu_engine {
	struct edu *edu;
	atomic_t slices;
	struct work_struct work;

	spinlock_t lock;	/* queue, running */
	struct list_head queue;
	struct edu_slice *running;
	wait_queue_head_t idle;
};

/* Interrupts of a slice: MSI's one vector, and the request to let go of it */
enum edu_slice_irq {
	EDU_SLICE_MSI,
	EDU_SLICE_REQUEST,
	EDU_SLICE_IRQS
};

/**
 * struct edu_slice - a slice
 * @vdev: VFIO's view
 * @engine: its edu's
 * @config: what was configured
 * @migration: the helpers' view
 * @dma: held while the user's memory and @buffer are touched
 * @buffer: what DMA reaches of the device, @config.buffer_size bytes
 * @lock: protects all below
 * @pci: configuration space
 * @liveness: the complement of what was written to it
 * @factorial: the last argument, then its result
 * @status: EDU_STATUS_*
 * @irq_status: what has been raised and not acknowledged
 * @dma_src: EDU_DMA_SRC
 * @dma_dst: EDU_DMA_DST
 * @dma_count: EDU_DMA_COUNT
 * @dma_cmd: EDU_DMA_CMD, without EDU_DMA_RUN: it has run when it has been written
 * @quiet: it touches no memory of its user's, who migrates it
 * @silent: it does nothing by itself
 * @untold: an interrupt was raised while it was silent
 * @age: grows with each reset; what was begun before is not for the user of now
 * @trigger: the user's eventfds
 * @node: in the engine's queue, under its lock; empty if not in it
 */
struct edu_slice {
	struct vfio_device vdev;
	struct edu_engine *engine;
	struct edu_slice_config config;
	struct vfio_migration migration;

	struct mutex dma;	/* buffer */
	u8 *buffer;

	spinlock_t lock;	/* everything below */
	u8 pci[PCI_CFG_SPACE_SIZE];
	u32 liveness;
	u32 factorial;
	u32 status;
	u32 irq_status;
	u64 dma_src;
	u64 dma_dst;
	u64 dma_count;
	u64 dma_cmd;
	bool quiet;
	bool silent;
	bool untold;
	unsigned int age;
	struct eventfd_ctx *trigger[EDU_SLICE_IRQS];

	struct list_head node;
};

/* slice_vfio.c */
extern const struct vfio_device_ops edu_slice_device_ops;

/* slice_config.c */
void edu_slice_config_reset(struct edu_slice *s);
void edu_slice_config_read(struct edu_slice *s, unsigned int at, u8 *buf, size_t count);
void edu_slice_config_write(struct edu_slice *s, unsigned int at, const u8 *buf,
			    size_t count);
bool edu_slice_command(struct edu_slice *s, u16 bit);

/* slice_regs.c */
void edu_slice_reset(struct edu_slice *s);
u64 edu_slice_reg_read(struct edu_slice *s, u32 reg, size_t size);
int edu_slice_reg_write(struct edu_slice *s, u32 reg, u64 value, size_t size);
void edu_slice_raise(struct edu_slice *s, u32 cause);

/* slice_irq.c */
int edu_slice_get_irq_info(struct vfio_irq_info *info);
int edu_slice_set_irqs(struct edu_slice *s, struct vfio_irq_set *set, const void *data);
void edu_slice_signal(struct edu_slice *s, enum edu_slice_irq irq);
void edu_slice_drop_irqs(struct edu_slice *s);

/* slice_engine.c */
int edu_engine_init(void);
void edu_engine_exit(void);
void edu_engine_setup(struct edu_engine *e, struct edu *edu);
void edu_engine_ask(struct edu_slice *s);
void edu_engine_forget(struct edu_slice *s);

/* slice_migration.c */
int edu_slice_migration_init(struct edu_slice *s);

#endif /* _EDU_SLICE_H */
