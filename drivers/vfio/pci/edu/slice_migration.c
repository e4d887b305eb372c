// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: migration, by the helpers of <linux/vfio_migration.h>. All of a slice
 * but what the monitor sees to (configuration space, eventfds) is memory of ours, and is
 * carried, its buffer included. See slice.h.
 *
 * May touch: a slice's registers and buffer; the engine, to stop and to ask.
 */
#include <linux/cleanup.h>
#include <linux/module.h>

#include "slice.h"

/* Not that of an edu as a whole, whose stream is another */
#define SLICE_STATE_VERSION	100

/**
 * struct slice_state - what moves
 * @buffer_size: bytes of @buffer that are there, as configured
 * @liveness: struct edu_slice has these, too
 * @factorial: an argument if @status says that it is being computed
 * @status: EDU_STATUS_*
 * @irq_status: what has been raised and not acknowledged
 * @dma_src: the lower word, the upper one
 * @dma_dst: likewise
 * @dma_count: likewise
 * @dma_cmd: likewise
 * @buffer: its bytes, as words of which the lowest comes first
 */
struct slice_state {
	u32 buffer_size;
	u32 liveness;
	u32 factorial;
	u32 status;
	u32 irq_status;
	u32 dma_src[2];
	u32 dma_dst[2];
	u32 dma_count[2];
	u32 dma_cmd[2];
	u32 buffer[EDU_BUFFER_SIZE / sizeof(u32)];
};

static struct edu_slice *to_slice(struct vfio_migration *m)
{
	return container_of(m, struct edu_slice, migration);
}

static size_t state_size(u32 buffer_size)
{
	return offsetof(struct slice_state, buffer) + buffer_size;
}

static void split(u32 words[2], u64 value)
{
	words[0] = lower_32_bits(value);
	words[1] = upper_32_bits(value);
}

static u64 joined(const u32 words[2])
{
	return words[0] | (u64)words[1] << 32;
}

/* Whatever kept it quiet does so no more, and what waited for that is done */
static void go_on(struct edu_slice *s)
{
	guard(spinlock)(&s->lock);
	s->quiet = false;
	s->silent = false;
	if (s->status & EDU_STATUS_COMPUTING)
		edu_engine_ask(s);
	if (s->untold)
		edu_slice_signal(s, EDU_SLICE_MSI);
	s->untold = false;
}

static void slice_begin_anew(struct vfio_migration *m)
{
	struct edu_slice *s = to_slice(m);

	scoped_guard(spinlock, &s->lock)
		s->untold = false;
	go_on(s);
}

/* A DMA that is under way ends. Its user may have to be killed for it */
static int slice_quiesce(struct vfio_migration *m)
{
	struct edu_slice *s = to_slice(m);

	scoped_guard(spinlock, &s->lock)
		s->quiet = true;
	if (mutex_lock_killable(&s->dma)) {
		go_on(s);
		return -EINTR;
	}
	mutex_unlock(&s->dma);
	return 0;
}

/* What the engine has begun it ends; what waits for it has to wait until we go on */
static int slice_silence(struct vfio_migration *m)
{
	struct edu_slice *s = to_slice(m);

	scoped_guard(spinlock, &s->lock)
		s->silent = true;
	edu_engine_forget(s);
	return 0;
}

static ssize_t slice_save(struct vfio_migration *m, void *to)
{
	struct edu_slice *s = to_slice(m);
	struct slice_state *state = to;

	guard(mutex)(&s->dma);
	memcpy(state->buffer, s->buffer, s->config.buffer_size);
	le32_to_cpu_array(state->buffer, s->config.buffer_size / sizeof(u32));
	guard(spinlock)(&s->lock);
	state->buffer_size = s->config.buffer_size;
	state->liveness = s->liveness;
	state->factorial = s->factorial;
	state->status = s->status;
	state->irq_status = s->irq_status;
	split(state->dma_src, s->dma_src);
	split(state->dma_dst, s->dma_dst);
	split(state->dma_count, s->dma_count);
	split(state->dma_cmd, s->dma_cmd);
	return state_size(s->config.buffer_size);
}

static const char *slice_check(struct vfio_migration *m, const void *from, size_t size)
{
	const struct slice_state *state = from;

	if (state->buffer_size != to_slice(m)->config.buffer_size)
		return "its buffer has another size: configure buffer_size as at the source";
	if (size != state_size(state->buffer_size))
		return "its length is not that of its buffer";
	if (state->status & ~(EDU_STATUS_COMPUTING | EDU_STATUS_IRQ))
		return "its status has bits that there are not";
	if (joined(state->dma_cmd) & EDU_DMA_RUN)
		return "a DMA of it is under way";
	return NULL;
}

static int slice_load(struct vfio_migration *m, const void *from, size_t size)
{
	const struct slice_state *state = from;
	struct edu_slice *s = to_slice(m);

	guard(mutex)(&s->dma);
	memcpy(s->buffer, state->buffer, s->config.buffer_size);
	cpu_to_le32_array((u32 *)s->buffer, s->config.buffer_size / sizeof(u32));
	guard(spinlock)(&s->lock);
	s->liveness = state->liveness;
	s->factorial = state->factorial;
	s->status = state->status;
	s->irq_status = state->irq_status;
	s->dma_src = joined(state->dma_src);
	s->dma_dst = joined(state->dma_dst);
	s->dma_count = joined(state->dma_count);
	s->dma_cmd = joined(state->dma_cmd);
	/* The source may have told its user, or not */
	s->untold = s->irq_status;
	return 0;
}

static void slice_resume(struct vfio_migration *m)
{
	go_on(to_slice(m));
}

static const struct vfio_migration_driver_ops slice_migration_ops = {
	.owner		= THIS_MODULE,
	.data_version	= SLICE_STATE_VERSION,
	.size		= sizeof(struct slice_state),
	.min_size	= offsetof(struct slice_state, buffer) + EDU_SLICE_BUFFER_MIN,
	.reset		= slice_begin_anew,
	.quiesce	= slice_quiesce,
	.silence	= slice_silence,
	.save		= slice_save,
	.check		= slice_check,
	.load		= slice_load,
	.resume		= slice_resume,
};

static struct edu_slice *slice_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct edu_slice, vdev);
}

static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state to)
{
	return vfio_migration_set_state(&slice_of(vdev)->migration, to);
}

static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	*state = vfio_migration_get_state(&slice_of(vdev)->migration);
	return 0;
}

static int get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	*length = vfio_migration_data_size(&slice_of(vdev)->migration);
	return 0;
}

static const struct vfio_migration_ops vfio_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_data_size,
};

/**
 * edu_slice_migration_init() - let a slice be migrated
 * @s: the slice, configured, not yet registered
 *
 * Return: 0 or -EINVAL, see vfio_migration_init().
 */
int edu_slice_migration_init(struct edu_slice *s)
{
	const struct vfio_migration_identity identity = {
		.vendor = EDU_VENDOR_ID,
		.device = EDU_DEVICE_ID,
		.subsystem_vendor = EDU_SLICE_SUBSYSTEM_VENDOR,
		.subsystem_device = EDU_SLICE_SUBSYSTEM_DEVICE,
		.revision = s->config.revision,
		.size = EDU_SLICE_BAR_SIZE,
	};

	return vfio_migration_init(&s->migration, &s->vdev, &slice_migration_ops, &identity,
				   &vfio_ops);
}
