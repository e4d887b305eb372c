// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO's migration states, see enum vfio_device_mig_state in the uapi header.
 * VFIO says which arc is the next on the way to where the user wants to go; each
 * arc is a function here. STOP_COPY and P2P are supported. PRE_COPY is not: the
 * state is some kilobytes, and there is nothing to be gained by sending it early.
 *
 * May touch: the hardware by state.c, the streams.
 */
#include <linux/file.h>

#include "igbvf_vfio.h"

static struct igbvf_identity identity_of(struct igbvf_vfio *v)
{
	struct pci_dev *pdev = v->core.pdev;

	return (struct igbvf_identity) {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subsystem_vendor = pdev->subsystem_vendor,
		.subsystem_device = pdev->subsystem_device,
		.revision = pdev->revision,
		.bar_size = pci_resource_len(pdev, 0),
	};
}

static int stop(struct igbvf_vfio *v)
{
	igbvf_quiesce(v);
	return 0;
}

static int silence(struct igbvf_vfio *v)
{
	igbvf_silence(v);
	return 0;
}

static int start(struct igbvf_vfio *v)
{
	if (v->saved)
		igbvf_reclaim(v);
	v->saved = false;
	igbvf_unquiesce(v);
	return 0;
}

static int nothing(struct igbvf_vfio *v)
{
	return 0;
}

/* What a destination would refuse is not saved: the guest goes on here */
static int open_saving(struct igbvf_vfio *v)
{
	struct igbvf_identity identity = identity_of(v);
	struct igbvf_data_file *data;
	const char *reason;
	u8 *stream;
	int ret;

	ret = igbvf_save(v, &v->transfer);
	if (ret)
		return ret;
	data = igbvf_data_file_open(v, true);
	if (IS_ERR(data))
		return PTR_ERR(data);
	stream = igbvf_data_file_fill(data);
	igbvf_stream_write(&v->transfer, &identity, stream);
	ret = igbvf_stream_parse(stream, IGBVF_STREAM_SIZE, &identity, &v->transfer,
				 &reason);
	if (ret) {
		dev_warn_ratelimited(&v->core.pdev->dev,
				     "its state cannot be migrated: %s\n", reason);
		igbvf_data_file_close(data);
		return ret;
	}
	v->saving = data;
	v->saved = true;
	return 0;
}

static int close_saving(struct igbvf_vfio *v)
{
	igbvf_data_file_close(v->saving);
	v->saving = NULL;
	return 0;
}

static int open_resuming(struct igbvf_vfio *v)
{
	struct igbvf_data_file *data = igbvf_data_file_open(v, false);

	if (IS_ERR(data))
		return PTR_ERR(data);
	v->resuming = data;
	v->verdict = -EBADMSG;	/* It is not whole */
	v->saved = false;
	return 0;
}

/* There is nothing left to be refused: a monitor cannot go back from here */
static int close_resuming(struct igbvf_vfio *v)
{
	if (v->verdict)
		return v->verdict;
	igbvf_data_file_close(v->resuming);
	v->resuming = NULL;
	return 0;
}

static int refuse(struct igbvf_vfio *v, int error, const char *reason)
{
	v->verdict = error;
	dev_warn_ratelimited(&v->core.pdev->dev,
			     "the migration stream is refused: %s\n", reason);
	return error;
}

/*
 * A stream that is refused has changed nothing: the state is RESUMING still, and
 * a reset begins anew. One that fails half-way leaves ERROR.
 */
static int load(struct igbvf_vfio *v, const struct igbvf_identity *identity,
		const u8 *stream)
{
	const char *reason;
	int ret;

	ret = igbvf_stream_parse(stream, IGBVF_STREAM_SIZE, identity, &v->transfer,
				 &reason);
	if (ret)
		return refuse(v, ret, reason);
	v->verdict = igbvf_load(v, &v->transfer);
	if (v->verdict) {
		v->mig_state = VFIO_DEVICE_STATE_ERROR;
		igbvf_data_file_close(v->resuming);
		v->resuming = NULL;
	}
	return v->verdict;
}

static int judge(struct igbvf_vfio *v, const u8 *stream, size_t length)
{
	const struct igbvf_identity identity = identity_of(v);
	const char *reason;
	int ret;

	if (length == IGBVF_STREAM_SIZE)
		return load(v, &identity, stream);
	if (length < sizeof(struct igbvf_stream_header))
		return 0;
	ret = igbvf_stream_begins(stream, &identity, &reason);
	if (ret)
		return refuse(v, ret, reason);
	return length > IGBVF_STREAM_SIZE ? -EFBIG : 0;
}

/**
 * igbvf_migration_judge() - the verdict on what is being written of a stream
 * @v: the function that the stream is for, or was
 * @data: its file
 * @stream: what has been written, and is about to be
 * @length: how much that is, were there room for it
 *
 * A monitor can send its guest back to where it came from only as long as it writes:
 * it changes the state when there is nothing of the guest left at the source. So the
 * last byte brings the verdict, and a stream that is whole is loaded before it is
 * accepted.
 *
 * Context: may sleep, as long as the PF takes to answer. Who holds @v->lock must not
 * wait for the caller.
 * Return: 0; -ENODEV if the function has no use for it any more; -EFBIG if it is more
 * than a stream; an error of igbvf_stream_parse() or igbvf_load().
 */
int igbvf_migration_judge(struct igbvf_vfio *v,
			  const struct igbvf_data_file *data, const u8 *stream,
			  size_t length)
{
	int ret = -ENODEV;

	mutex_lock(&v->lock);
	if (v->resuming == data)
		ret = judge(v, stream, length);
	igbvf_unlock(v);
	return ret;
}

static const struct {
	u8 from;
	u8 to;
	int (*step)(struct igbvf_vfio *v);
} arcs[] = {
	{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_RUNNING_P2P, stop },
	{ VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_RUNNING, start },
	{ VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_STOP, silence },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RUNNING_P2P, nothing },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY, open_saving },
	{ VFIO_DEVICE_STATE_STOP_COPY, VFIO_DEVICE_STATE_STOP, close_saving },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RESUMING, open_resuming },
	{ VFIO_DEVICE_STATE_RESUMING, VFIO_DEVICE_STATE_STOP, close_resuming },
};

static int step(struct igbvf_vfio *v, enum vfio_device_mig_state to)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == v->mig_state && arcs[i].to == to)
			return arcs[i].step(v);
	WARN_ON_ONCE(true);
	return -EINVAL;
}

/**
 * igbvf_migration_reset() - whatever was going on, it is over
 * @v: the function: freshly opened, reset, or about to be closed
 *
 * Context: @v->lock held, or nobody else has the function.
 */
void igbvf_migration_reset(struct igbvf_vfio *v)
{
	igbvf_data_file_close(v->saving);
	v->saving = NULL;
	igbvf_data_file_close(v->resuming);
	v->resuming = NULL;
	memset(v->rxdctl, 0, sizeof(v->rxdctl));
	memset(v->txdctl, 0, sizeof(v->txdctl));
	v->stopped = false;
	v->saved = false;
	igbvf_traps_reset(v);
	v->mig_state = VFIO_DEVICE_STATE_RUNNING;
}

/**
 * igbvf_unlock() - let go of @v->lock
 * @v: the function
 *
 * A reset comes with locks of vfio_pci_core held that are taken below ours when a
 * register is read. If ours is taken then, who holds it does the work, here.
 *
 * Context: @v->lock held; it is to be let go of by no other means.
 * Return: true if the function was reset meanwhile.
 */
bool igbvf_unlock(struct igbvf_vfio *v)
{
	bool reset = false;

again:
	spin_lock(&v->reset_lock);
	if (v->reset) {
		v->reset = false;
		reset = true;
		spin_unlock(&v->reset_lock);
		igbvf_migration_reset(v);
		goto again;
	}
	mutex_unlock(&v->lock);
	spin_unlock(&v->reset_lock);
	return reset;
}

/**
 * igbvf_migration_reset_done() - the function was reset
 * @v: the function
 *
 * Context: reset_done, with locks of vfio_pci_core held; never waits for @v->lock.
 */
void igbvf_migration_reset_done(struct igbvf_vfio *v)
{
	spin_lock(&v->reset_lock);
	v->reset = true;
	if (!mutex_trylock(&v->lock)) {
		spin_unlock(&v->reset_lock);
		return;
	}
	spin_unlock(&v->reset_lock);
	igbvf_unlock(v);
}

static struct file *set_state(struct vfio_device *vdev,
			      enum vfio_device_mig_state to)
{
	struct igbvf_vfio *v = to_igbvf_vfio(vdev);
	enum vfio_device_mig_state next;
	struct file *file = NULL;
	int ret = 0;

	mutex_lock(&v->lock);
	/* No arc leads out of ERROR, which VFIO does not want to be asked about */
	if (v->mig_state == VFIO_DEVICE_STATE_ERROR)
		ret = -EINVAL;
	while (!ret && v->mig_state != to) {
		ret = vfio_mig_get_next_state(vdev, v->mig_state, to, &next);
		if (!ret)
			ret = step(v, next);
		if (!ret)
			v->mig_state = next;
		/* A file is the user's from the moment it is opened */
		if (!ret && next == to && v->saving)
			file = igbvf_data_file_get(v->saving);
		if (!ret && next == to && v->resuming)
			file = igbvf_data_file_get(v->resuming);
	}
	igbvf_unlock(v);
	return ret ? ERR_PTR(ret) : file;
}

static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct igbvf_vfio *v = to_igbvf_vfio(vdev);

	mutex_lock(&v->lock);
	*state = v->mig_state;
	igbvf_unlock(v);
	return 0;
}

static int get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	*length = IGBVF_STREAM_SIZE;
	return 0;
}

const struct vfio_migration_ops igbvf_migration_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_data_size,
};
