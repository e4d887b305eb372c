/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's edu device: what the driver's files share.
 *
 * edu_main.c    binding to a function: probe, remove, power, errors, attributes
 * edu_hw.c      the hardware: start, stop and the requests between them
 * edu_chrdev.c  /dev/eduN
 * edu_vfio.c    the VFIO personality, a module of its own
 * slice.h       slices of the function for VFIO, beside the native function: another
 *
 * Who may use struct edu: callbacks of the PCI function (edu_get()), between
 * probe and remove; and open files, until they are closed, which may be long
 * after the function has gone. Hence the reference count, and hence @state,
 * which every request looks at first.
 *
 * Lock order: device_lock (held by the callers of start, stop, remove and of
 * the error handlers), then edu.lock. Nothing that a user could delay happens
 * under edu.lock, so that stop never waits for longer than one request.
 */
#ifndef _EDU_H
#define _EDU_H

#include <linux/atomic.h>
#include <linux/auxiliary_bus.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/types.h>

#include "edu_ioctl.h"

#define EDU_VENDOR_ID		0x1234
#define EDU_DEVICE_ID		0x11e8

/* BAR 0; the names are those of edu.rst, QEMU's specification */
#define EDU_BAR			0
#define EDU_ID			0x00
#define   EDU_ID_MASK		  GENMASK(15, 0)
#define   EDU_ID_MAGIC		  0x00ed
#define EDU_LIVENESS		0x04	/* reads the complement */
#define EDU_FACTORIAL		0x08	/* write the argument, read the result */
#define EDU_STATUS		0x20
#define   EDU_STATUS_COMPUTING	  BIT(0)
#define   EDU_STATUS_IRQ	  BIT(7)	/* interrupt when computed */
#define EDU_IRQ_STATUS		0x24
#define   EDU_IRQ_FACTORIAL	  BIT(0)
#define   EDU_IRQ_DMA		  BIT(8)
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SRC		0x80
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define   EDU_DMA_RUN		  BIT(0)
#define   EDU_DMA_TO_MEMORY	  BIT(1)	/* clear: to the device */
#define   EDU_DMA_IRQ		  BIT(2)	/* interrupt when done */

/* Where the device's buffer is in its own address space */
#define EDU_BUFFER		0x40000

#define EDU_DMA_BITS		28

/**
 * enum edu_state - what requests may expect
 * @EDU_STOPPED: nothing is held of the hardware; someone else may have it
 * @EDU_PAUSED: a reset or an error recovery is under way
 * @EDU_RUNNING: ready
 * @EDU_REMOVED: stopped for good
 */
enum edu_state {
	EDU_STOPPED,
	EDU_PAUSED,
	EDU_RUNNING,
	EDU_REMOVED,
};

/**
 * struct edu - a device
 * @ref: one for the bound driver, one for each open file, one for @slices
 * @pdev: the PCI function; not to be used once @state is EDU_REMOVED
 * @misc: /dev/eduN
 * @number: N
 * @slices: what the driver of slices binds to
 * @name: "eduN"
 * @operations: requests served since probe
 * @vfio_revision: the PCI revision that the next vfio_device will show
 * @vfio_migration: can the next one be migrated? Its registers are trapped then
 * @lock: protects everything below; held throughout a request
 * @state: whether there is hardware to use
 * @users: slices, which have the hardware stay native
 * @regs: BAR 0
 * @irq: the interrupt's number
 * @done: the device has finished what it was told to do
 * @dma: memory that the device reaches, EDU_BUFFER_SIZE bytes
 * @dma_addr: where the device sees @dma
 * @stale: the device's buffer may hold other bytes than @staged
 * @loaded: the device's buffer may hold bytes of ours
 * @staged: what users have written to the device's buffer
 *
 * @operations, the two for VFIO and @staged are what a round trip through another
 * personality keeps and an unbind would lose. The hardware's own state is set up
 * by start.
 */
struct edu {
	struct kref ref;
	struct pci_dev *pdev;
	struct miscdevice misc;
	int number;
	struct auxiliary_device slices;
	char name[16];
	atomic64_t operations;
	u8 vfio_revision;
	bool vfio_migration;

	struct mutex lock;	/* everything below */
	enum edu_state state;
	unsigned int users;
	void __iomem *regs;
	int irq;
	struct completion done;
	void *dma;
	dma_addr_t dma_addr;
	bool stale;
	bool loaded;
	u8 staged[EDU_BUFFER_SIZE];
};

/* edu_main.c */
void edu_put(struct edu *edu);

/* edu_hw.c */
int edu_hw_start(struct edu *edu);
int edu_hw_stop(struct edu *edu);
void edu_hw_remove(struct edu *edu);
void edu_hw_pause(struct edu *edu);
void edu_hw_unpause(struct edu *edu);
void edu_hw_sleep(struct edu *edu);
void edu_hw_wake(struct edu *edu);
int edu_hw_read(struct edu *edu, size_t offset, void *buf, size_t count);
int edu_hw_write(struct edu *edu, size_t offset, const void *buf, size_t count);
int edu_hw_compute(struct edu *edu, u32 n, u32 *result);
int edu_hw_factorial(struct edu *edu, u32 n, u32 *result);
int edu_hw_get(struct edu *edu);
void edu_hw_put(struct edu *edu);

/* edu_chrdev.c */
int edu_chrdev_add(struct edu *edu);
void edu_chrdev_remove(struct edu *edu);

#endif /* _EDU_H */
