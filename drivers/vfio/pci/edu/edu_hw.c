// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's edu device: the hardware.
 *
 * Start and stop are a symmetrical pair that knows nothing of who calls it:
 * probe and remove, or the change of personalities. Stop gives back everything
 * that start took (nothing here is devm_), so that another owner finds the
 * function as a driver's probe would. Start takes nothing for granted that the
 * other owner may have changed.
 *
 * May touch: the function, its registers and its DMA; struct edu under its lock.
 */
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>

#include "edu.h"

/* A transfer takes 100 ms of the virtual machine's time, however small */
#define EDU_TIMEOUT_MS		5000
#define EDU_POLL_US		1000

static u32 edu_get32(struct edu *edu, unsigned int reg)
{
	return readl(edu->regs + reg);
}

static void edu_set32(struct edu *edu, unsigned int reg, u32 value)
{
	writel(value, edu->regs + reg);
}

static bool edu_busy(struct edu *edu)
{
	return edu_get32(edu, EDU_DMA_CMD) & EDU_DMA_RUN ||
	       edu_get32(edu, EDU_STATUS) & EDU_STATUS_COMPUTING;
}

static irqreturn_t edu_interrupt(int irq, void *data)
{
	struct edu *edu = data;
	u32 status = edu_get32(edu, EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	edu_set32(edu, EDU_IRQ_ACK, status);
	complete(&edu->done);
	return IRQ_HANDLED;
}

static int edu_identify(struct edu *edu)
{
	const u32 probe = 0x600df00d;
	u32 id = edu_get32(edu, EDU_ID);

	edu_set32(edu, EDU_LIVENESS, probe);
	if ((id & EDU_ID_MASK) == EDU_ID_MAGIC &&
	    edu_get32(edu, EDU_LIVENESS) == ~probe)
		return 0;

	pci_err(edu->pdev, "no edu device answers: id %#010x\n", id);
	return -ENODEV;
}

/*
 * Whoever used the device before, and be it a request that timed out, may have
 * left work under way and interrupts pending. The device has no reset.
 */
static int edu_settle(struct edu *edu)
{
	bool busy;
	int ret;

	ret = read_poll_timeout(edu_busy, busy, !busy, EDU_POLL_US,
				EDU_TIMEOUT_MS * USEC_PER_MSEC, false, edu);
	if (ret)
		return ret;
	edu_set32(edu, EDU_STATUS, 0);
	edu_set32(edu, EDU_IRQ_ACK, edu_get32(edu, EDU_IRQ_STATUS));
	return 0;
}

static int edu_prepare(struct edu *edu)
{
	int ret = edu_settle(edu);

	reinit_completion(&edu->done);
	return ret;
}

/* Not interruptible: the device would go on, with memory that we reuse */
static int edu_wait(struct edu *edu)
{
	if (!wait_for_completion_timeout(&edu->done,
					 msecs_to_jiffies(EDU_TIMEOUT_MS)))
		return -ETIMEDOUT;
	return edu_busy(edu) ? -EIO : 0;
}

static int edu_transfer(struct edu *edu, u32 src, u32 dst, size_t count,
			u32 direction)
{
	int ret = edu_prepare(edu);

	if (ret)
		return ret;
	edu_set32(edu, EDU_DMA_SRC, src);
	edu_set32(edu, EDU_DMA_DST, dst);
	edu_set32(edu, EDU_DMA_COUNT, count);
	edu_set32(edu, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_IRQ | direction);
	return edu_wait(edu);
}

static int edu_upload(struct edu *edu, size_t offset, const void *buf,
		      size_t count)
{
	edu->loaded = true;
	memcpy(edu->dma, buf, count);
	return edu_transfer(edu, edu->dma_addr, EDU_BUFFER + offset, count, 0);
}

/* Who has the device next is not to read what was written to it */
static int edu_clear(struct edu *edu)
{
	int ret;

	if (!edu->loaded)
		return 0;
	edu->stale = true;
	memset(edu->dma, 0, EDU_BUFFER_SIZE);
	ret = edu_transfer(edu, edu->dma_addr, EDU_BUFFER, EDU_BUFFER_SIZE, 0);
	if (!ret)
		edu->loaded = false;
	return ret;
}

static int edu_up(struct edu *edu)
{
	struct pci_dev *pdev = edu->pdev;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(EDU_DMA_BITS));
	if (ret)
		goto out_disable;
	ret = pci_request_region(pdev, EDU_BAR, "edu");
	if (ret)
		goto out_disable;
	edu->regs = pci_iomap(pdev, EDU_BAR, 0);
	if (!edu->regs) {
		ret = -ENOMEM;
		goto out_release;
	}

	/* With DMA still off, what goes on in the device can do no harm */
	ret = edu_identify(edu);
	if (ret)
		goto out_unmap;
	ret = edu_settle(edu);
	if (ret)
		goto out_unmap;

	edu->dma = dma_alloc_coherent(&pdev->dev, EDU_BUFFER_SIZE,
				      &edu->dma_addr, GFP_KERNEL);
	if (!edu->dma) {
		ret = -ENOMEM;
		goto out_unmap;
	}
	pci_set_master(pdev);

	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (ret < 0)
		goto out_free_dma;
	edu->irq = pci_irq_vector(pdev, 0);
	ret = request_irq(edu->irq, edu_interrupt, 0, "edu", edu);
	if (ret)
		goto out_free_vectors;

	/* What slot_reset will restore */
	pci_save_state(pdev);
	edu->stale = true;
	edu->loaded = false;
	return 0;

out_free_vectors:
	pci_free_irq_vectors(pdev);
out_free_dma:
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_BUFFER_SIZE, edu->dma, edu->dma_addr);
out_unmap:
	pci_iounmap(pdev, edu->regs);
out_release:
	pci_release_region(pdev, EDU_BAR);
out_disable:
	pci_disable_device(pdev);
	return ret;
}

static void edu_down(struct edu *edu)
{
	struct pci_dev *pdev = edu->pdev;

	free_irq(edu->irq, edu);
	pci_free_irq_vectors(pdev);
	/* Before the memory goes: a transfer that timed out may still be due */
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_BUFFER_SIZE, edu->dma, edu->dma_addr);
	pci_iounmap(pdev, edu->regs);
	pci_release_region(pdev, EDU_BAR);
	pci_disable_device(pdev);
}

/**
 * edu_hw_start() - set the hardware up
 * @edu: the device, stopped
 *
 * Context: may sleep; device_lock of the function held, the function awake and
 * its DMA the kernel's.
 * Return: 0: requests are served. -ENODEV if it is no edu device, -ETIMEDOUT if
 * it does not come to rest, or the error of what could not be had: still
 * stopped, and nothing is held of the function.
 */
int edu_hw_start(struct edu *edu)
{
	int ret;

	guard(mutex)(&edu->lock);
	ret = edu_up(edu);
	if (!ret)
		edu->state = EDU_RUNNING;
	return ret;
}
EXPORT_SYMBOL_GPL(edu_hw_start);

static bool edu_is_up(struct edu *edu)
{
	return edu->state == EDU_RUNNING || edu->state == EDU_PAUSED;
}

/**
 * edu_hw_stop() - quiesce the hardware and give everything of it back
 * @edu: the device; if it is stopped already, nothing happens
 *
 * Waits for the request under way, and clears the device's buffer. From then on
 * requests fail with EBUSY, until edu_hw_start().
 *
 * Context: may sleep; device_lock of the function held, the function awake.
 * Return: 0; -EBUSY while slices use it, -ETIMEDOUT or -EIO if the buffer cannot be
 * cleared: not stopped.
 */
int edu_hw_stop(struct edu *edu)
{
	int ret;

	guard(mutex)(&edu->lock);
	if (edu->users)
		return -EBUSY;
	if (edu_is_up(edu)) {
		ret = edu_clear(edu);
		if (ret)
			return ret;
		edu_down(edu);
	}
	edu->state = EDU_STOPPED;
	return 0;
}
EXPORT_SYMBOL_GPL(edu_hw_stop);

/**
 * edu_hw_remove() - stop for good
 * @edu: the device, stopped or not
 *
 * As edu_hw_stop(), whatever becomes of the device's buffer, but from then on
 * requests fail with ENODEV and nothing touches the PCI function any more.
 *
 * Context: may sleep; device_lock of the function held, the function awake.
 */
void edu_hw_remove(struct edu *edu)
{
	guard(mutex)(&edu->lock);
	if (edu_is_up(edu)) {
		/* What has been pulled out would be waited for in vain */
		if (pci_device_is_present(edu->pdev) && edu_clear(edu))
			pci_warn(edu->pdev, "its buffer could not be cleared\n");
		edu_down(edu);
	}
	edu->state = EDU_REMOVED;
}

/**
 * edu_hw_pause() - let no request at the hardware while it is being reset
 * @edu: the device
 *
 * Waits for the request under way. From then on requests fail with EBUSY.
 *
 * Context: may sleep; device_lock of the function held.
 */
void edu_hw_pause(struct edu *edu)
{
	guard(mutex)(&edu->lock);
	if (edu->state == EDU_RUNNING)
		edu->state = EDU_PAUSED;
}

/**
 * edu_hw_unpause() - end of edu_hw_pause()
 * @edu: the device
 *
 * Context: may sleep; device_lock of the function held.
 */
void edu_hw_unpause(struct edu *edu)
{
	guard(mutex)(&edu->lock);
	if (edu->state != EDU_PAUSED)
		return;
	edu->stale = true;
	edu->state = EDU_RUNNING;
}

/**
 * edu_hw_sleep() - the hardware is about to lose its power
 * @edu: the device
 *
 * Context: runtime PM's: no request is under way.
 */
void edu_hw_sleep(struct edu *edu)
{
	pci_clear_master(edu->pdev);
}

/**
 * edu_hw_wake() - the hardware has its power and its configuration back
 * @edu: the device
 *
 * Context: runtime PM's: no request is under way, but one may be waiting for
 * this with the lock held.
 */
void edu_hw_wake(struct edu *edu)
{
	/* Should start have failed, nothing of the function is ours */
	if (READ_ONCE(edu->state) == EDU_STOPPED)
		return;
	pci_set_master(edu->pdev);
	edu->stale = true;
}

/* Every request begins and ends here. On success the lock is held */
static int edu_begin(struct edu *edu)
{
	int ret;

	if (mutex_lock_interruptible(&edu->lock))
		return -ERESTARTSYS;
	switch (edu->state) {
	case EDU_RUNNING:
		ret = pm_runtime_resume_and_get(&edu->pdev->dev);
		break;
	case EDU_REMOVED:
		ret = -ENODEV;
		break;
	default:
		ret = -EBUSY;
	}
	if (ret)
		mutex_unlock(&edu->lock);
	return ret;
}

static int edu_end(struct edu *edu, int ret)
{
	if (!ret)
		atomic64_inc(&edu->operations);
	pm_runtime_mark_last_busy(&edu->pdev->dev);
	pm_runtime_put_autosuspend(&edu->pdev->dev);
	mutex_unlock(&edu->lock);
	return ret;
}

static int edu_download(struct edu *edu, size_t offset, void *buf, size_t count)
{
	int ret = edu_transfer(edu, EDU_BUFFER + offset, edu->dma_addr, count,
			       EDU_DMA_TO_MEMORY);

	if (!ret)
		memcpy(buf, edu->dma, count);
	return ret;
}

/* Not done by start: whoever only passes by need not wait for a transfer */
static int edu_refresh(struct edu *edu)
{
	int ret;

	if (!edu->stale)
		return 0;
	ret = edu_upload(edu, 0, edu->staged, EDU_BUFFER_SIZE);
	if (!ret)
		edu->stale = false;
	return ret;
}

/**
 * edu_hw_read() - read the device's buffer by DMA
 * @edu: the device, in any state
 * @offset: where in the device's buffer
 * @buf: kernel memory
 * @count: how many bytes; @offset + @count is at most EDU_BUFFER_SIZE
 *
 * Context: may sleep; a reference to @edu held.
 * Return: 0; -ENODEV if the device has been removed; -EBUSY if the native
 * function is stopped or being reset; -ERESTARTSYS; -ETIMEDOUT or -EIO if the
 * device did not do it.
 */
int edu_hw_read(struct edu *edu, size_t offset, void *buf, size_t count)
{
	int ret = edu_begin(edu);

	if (ret)
		return ret;
	ret = edu_refresh(edu);
	if (!ret)
		ret = edu_download(edu, offset, buf, count);
	return edu_end(edu, ret);
}

/**
 * edu_hw_write() - write the device's buffer by DMA
 * @edu: the device, in any state
 * @offset: where in the device's buffer
 * @buf: kernel memory
 * @count: how many bytes; @offset + @count is at most EDU_BUFFER_SIZE
 *
 * Context: may sleep; a reference to @edu held.
 * Return: as edu_hw_read(). After -ETIMEDOUT and -EIO the buffer reads as
 * before.
 */
int edu_hw_write(struct edu *edu, size_t offset, const void *buf, size_t count)
{
	int ret = edu_begin(edu);

	if (ret)
		return ret;
	ret = edu_refresh(edu);
	if (!ret)
		ret = edu_upload(edu, offset, buf, count);
	if (!ret)
		memcpy(edu->staged + offset, buf, count);
	else
		edu->stale = true;
	return edu_end(edu, ret);
}

/**
 * edu_hw_compute() - have the device compute a factorial, whatever fits 32 bits of it
 * @edu: the device, in any state
 * @n: the argument; the time that it takes grows with it, from 34 on the result is 0
 * @result: set to the low 32 bits of n!
 *
 * Context: may sleep; a reference to @edu held.
 * Return: as edu_hw_read().
 */
int edu_hw_compute(struct edu *edu, u32 n, u32 *result)
{
	int ret = edu_begin(edu);

	if (ret)
		return ret;
	ret = edu_prepare(edu);
	if (!ret) {
		edu_set32(edu, EDU_STATUS, EDU_STATUS_IRQ);
		edu_set32(edu, EDU_FACTORIAL, n);
		ret = edu_wait(edu);
	}
	if (!ret)
		*result = edu_get32(edu, EDU_FACTORIAL);
	return edu_end(edu, ret);
}
EXPORT_SYMBOL_GPL(edu_hw_compute);

/**
 * edu_hw_factorial() - have the device compute a factorial
 * @edu: the device, in any state
 * @n: the argument
 * @result: set to n!
 *
 * Context: may sleep; a reference to @edu held.
 * Return: as edu_hw_read(), and -ERANGE if n! has more than 32 bits.
 */
int edu_hw_factorial(struct edu *edu, u32 n, u32 *result)
{
	return n > EDU_FACTORIAL_MAX ? -ERANGE : edu_hw_compute(edu, n, result);
}

/**
 * edu_hw_get() - have the hardware stay native
 * @edu: the device, in any state
 *
 * Context: may sleep; a reference to @edu held. The caller owes edu_hw_put().
 * Return: 0: edu_hw_stop() fails from now on. -EBUSY if the native function is stopped,
 * -ENODEV if the device has been removed.
 */
int edu_hw_get(struct edu *edu)
{
	guard(mutex)(&edu->lock);
	if (edu->state == EDU_REMOVED)
		return -ENODEV;
	if (!edu_is_up(edu))
		return -EBUSY;
	edu->users++;
	return 0;
}
EXPORT_SYMBOL_GPL(edu_hw_get);

/**
 * edu_hw_put() - end of edu_hw_get()
 * @edu: the device
 *
 * Context: may sleep.
 */
void edu_hw_put(struct edu *edu)
{
	guard(mutex)(&edu->lock);
	edu->users--;
}
EXPORT_SYMBOL_GPL(edu_hw_put);
