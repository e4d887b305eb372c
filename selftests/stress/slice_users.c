// SPDX-License-Identifier: GPL-2.0
/*
 * The storm: somebody uses a vfio_device that was made on demand. Whatever becomes of the
 * hardware meanwhile, and of the native function: his bytes and interrupts come.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "drivers/edu.h"
#include "file.h"
#include "native_edu.h"
#include "slice.h"
#include "stress.h"
#include "wait.h"

/* A user keeps it for so long at most */
#define HOLD_MS		300
/* The engine is shared with the native function, whose transfers take 100 ms each */
#define TIMEOUT_MS	20000

/**
 * struct user - a user
 * @f: what he has opened
 * @irq: its interrupt
 * @from: memory for it to read
 * @to: memory for it to write
 * @size: of its buffer
 */
struct user {
	struct vfio_function f;
	struct vfio_irq irq;
	struct vfio_buffer from;
	struct vfio_buffer to;
	u64 size;
};

static int await_irq(struct user *user)
{
	int ret = vfio_irq_wait(&user->irq, 0, TIMEOUT_MS);

	if (ret < 0)
		return diag_error(ret, "%s: its interrupt", user->f.bdf);
	vfio_write32(&user->f, 0, EDU_IRQ_ACK, vfio_read32(&user->f, 0, EDU_IRQ_STATUS));
	return 0;
}

static int transfer(struct user *user, u64 src, u64 dst, u32 direction)
{
	vfio_write64(&user->f, 0, EDU_DMA_SRC, src);
	vfio_write64(&user->f, 0, EDU_DMA_DST, dst);
	vfio_write64(&user->f, 0, EDU_DMA_COUNT, user->size);
	vfio_barrier();
	vfio_write64(&user->f, 0, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_INTERRUPT | direction);
	return await_irq(user);
}

static int move_bytes(struct user *user)
{
	int ret;

	edu_random(user->from.addr, user->size);
	ret = transfer(user, user->from.iova, EDU_BUFFER, 0);
	if (!ret)
		ret = transfer(user, EDU_BUFFER, user->to.iova, EDU_DMA_TO_MEMORY);
	if (!ret && memcmp(user->from.addr, user->to.addr, user->size))
		ret = diag_error(-EIO, "%s: other bytes came back than went out", user->f.bdf);
	return ret;
}

static int compute(struct user *user, u32 n)
{
	u32 result;
	int ret;

	vfio_write32(&user->f, 0, EDU_STATUS, EDU_STATUS_IRQ);
	vfio_write32(&user->f, 0, EDU_FACTORIAL, n);
	ret = await_irq(user);
	result = vfio_read32(&user->f, 0, EDU_FACTORIAL);
	if (!ret && result != edu_factorial_expected(n))
		ret = diag_error(-EIO, "%s: %u! is not %u", user->f.bdf, n, result);
	return ret;
}

static int work(struct user *user, u32 arg)
{
	int ret;

	vfio_dma_bits(&user->f, EDU_DMA_BITS);
	ret = vfio_alloc(&user->f, EDU_BUFFER_SIZE, &user->from);
	if (!ret)
		ret = vfio_alloc(&user->f, EDU_BUFFER_SIZE, &user->to);
	if (!ret)
		ret = vfio_irq_enable(&user->f, &user->irq, VFIO_PCI_MSI_IRQ_INDEX, 1);
	if (!ret)
		ret = move_bytes(user);
	if (!ret)
		ret = compute(user, arg % (EDU_FACTORIAL_MAX + 1));
	vfio_irq_disable(&user->irq);
	return ret;
}

static long setting(const char *bdf, const char *name, const char *attr)
{
	char path[PATH_MAX];
	char text[32];
	int ret = file_read_line(slice_path(path, bdf, name, attr), text, sizeof(text));

	return ret < 0 ? ret : strtol(text, NULL, 10);
}

/*
 * Its device may have gone and another's be called the same before it was opened. None
 * that is open is destroyed, so that this device is the slice's if it is so now; and none
 * that is live is configured.
 */
static int recognise(struct user *user, const char *bdf, const char *name)
{
	long revision = setting(bdf, name, "revision");
	long size = setting(bdf, name, "buffer_size");
	char device[PCI_NAME_LEN];

	if (slice_device(bdf, name, device, sizeof(device)) || strcmp(device, user->f.bdf))
		return -ENODEV;
	user->size = size;
	if (size >= 64 && size <= EDU_BUFFER_SIZE &&
	    revision == vfio_config_read(&user->f, PCI_REVISION_ID, 1))
		return 0;
	return diag_error(-EIO, "%s/%s: revision %ld, size %ld, but it shows %u", bdf, name,
			  revision, size, vfio_config_read(&user->f, PCI_REVISION_ID, 1));
}

static const struct vfio_mode *choose_mode(const char *device, u32 arg)
{
	return (arg & 1) && !vfio_cdev_mode.lacking(device) ? &vfio_cdev_mode :
							      &vfio_group_mode;
}

static int use(struct user *user, const char *bdf, const char *name, u32 arg)
{
	int ret = recognise(user, bdf, name);

	if (ret)
		return ret;
	if (arg & 2)
		return work(user, arg >> 8);
	/* Some only have it, and keep others from destroying it */
	sleep_ms((arg >> 8) % HOLD_MS);
	return 0;
}

int slice_use_once(const char *bdf, const char *name, u32 arg)
{
	char device[PCI_NAME_LEN];
	struct vfio_irq asked;
	struct user user = {};
	int ret;

	if (slice_device(bdf, name, device, sizeof(device)) ||
	    vfio_open(&user.f, device, choose_mode(device, arg)))
		return -ENODEV;
	ret = vfio_irq_enable(&user.f, &asked, VFIO_PCI_REQ_IRQ_INDEX, 1);
	if (!ret)
		ret = use(&user, bdf, name, arg);
	if (!ret && vfio_irq_wait(&asked, 0, 0) > 0)
		ret = -EBUSY;
	vfio_irq_disable(&asked);
	vfio_close(&user.f);
	return ret && ret != -EBUSY && ret != -ENODEV ? -EIO : ret;
}

static int be_user(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];

	slice_name(arg, name);
	return slice_use_once(subject->bdf, name, arg >> 8);
}

int use_slice(const struct subject *subject, u32 arg)
{
	return in_own_process(be_user, subject, arg);
}
