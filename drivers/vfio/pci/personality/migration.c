// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Migration
 *
 * VFIO's migration states, see enum vfio_device_mig_state in the uapi header.
 * VFIO says which arc is the next on the way to where the user wants to go; each
 * arc is a function here, most of which call one of the driver's.
 *
 * STOP_COPY and P2P are supported. PRE_COPY is not: it is for state that is large and
 * hardly changes, and sent while the function runs. Registers are neither, and are as
 * quickly read again as compared. A driver whose state is megabytes would want it, and
 * then the arcs are here to be added.
 *
 * May touch: the function by the driver's callbacks only.
 */
#include <linux/file.h>

#include "migration.h"
#include "migration_stream.h"

static struct migration_peer us(struct vfio_pci_migration *m)
{
	struct pci_dev *pdev = m->core.pdev;

	return (struct migration_peer) {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subsystem_vendor = pdev->subsystem_vendor,
		.subsystem_device = pdev->subsystem_device,
		.revision = m->revision,
		.bar_size = pci_resource_len(pdev, m->ops->bar),
		.data_version = m->ops->data_version,
		.size = m->ops->size,
		.min_size = m->ops->min_size ?: m->ops->size,
	};
}

/**
 * migration_size() - the length of the longest stream
 * @m: the function
 *
 * Return: in bytes.
 */
size_t migration_size(const struct vfio_pci_migration *m)
{
	return sizeof(struct vfio_pci_migration_header) + m->ops->size;
}

/* What a stream is refused for: its form, then its contents */
static int parse(struct vfio_pci_migration *m, const u8 *stream, size_t length,
		 const char **reason)
{
	const struct migration_peer peer = us(m);
	int ret;

	ret = migration_stream_parse(&peer, stream, length, m->state, reason);
	if (ret || !m->ops->check)
		return ret;
	*reason = m->ops->check(m->state, length -
				sizeof(struct vfio_pci_migration_header));
	return *reason ? -EBADMSG : 0;
}

static int quiesce(struct vfio_pci_migration *m)
{
	return m->ops->quiesce(m);
}

static int silence(struct vfio_pci_migration *m)
{
	return m->ops->silence(m);
}

static int resume(struct vfio_pci_migration *m)
{
	if (m->saved && m->ops->reclaim)
		m->ops->reclaim(m, m->state, m->saved);
	m->saved = 0;
	m->ops->resume(m);
	return 0;
}

static int nothing(struct vfio_pci_migration *m)
{
	return 0;
}

/* The driver's state, in a stream. What a destination would refuse is not saved */
static int save(struct vfio_pci_migration *m, struct vfio_pci_migration_file *file)
{
	const struct migration_peer peer = us(m);
	u8 *stream = migration_file_stream(file);
	const char *reason;
	ssize_t size;
	size_t length;
	int ret;

	memset(m->state, 0, m->ops->size);
	size = m->ops->save(m, m->state);
	if (size < 0) {
		dev_warn_ratelimited(&m->core.pdev->dev,
				     "its state cannot be saved (%pe)\n", ERR_PTR(size));
		return size;
	}
	if (WARN_ON_ONCE(!size || size > m->ops->size || size % sizeof(u32)))
		return -EINVAL;
	length = migration_stream_write(&peer, m->state, size, stream);
	ret = parse(m, stream, length, &reason);
	if (ret) {
		dev_warn_ratelimited(&m->core.pdev->dev,
				     "its state cannot be migrated: %s\n", reason);
		return ret;
	}
	migration_file_fill(file, length);
	m->saved = size;
	return 0;
}

static int open_saving(struct vfio_pci_migration *m)
{
	struct vfio_pci_migration_file *file = migration_file_open(m, true);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = save(m, file);
	if (ret)
		migration_file_close(file);
	else
		m->saving = file;
	return ret;
}

static int close_saving(struct vfio_pci_migration *m)
{
	migration_file_close(m->saving);
	m->saving = NULL;
	return 0;
}

static int open_resuming(struct vfio_pci_migration *m)
{
	struct vfio_pci_migration_file *file = migration_file_open(m, false);

	if (IS_ERR(file))
		return PTR_ERR(file);
	m->resuming = file;
	m->verdict = -EBADMSG;	/* It is not whole */
	m->saved = 0;
	return 0;
}

/* There is nothing left to be refused: a monitor cannot go back from here */
static int close_resuming(struct vfio_pci_migration *m)
{
	if (m->verdict)
		return m->verdict;
	migration_file_close(m->resuming);
	m->resuming = NULL;
	return 0;
}

static int refuse(struct vfio_pci_migration *m, int error, const char *reason)
{
	m->verdict = error;
	dev_warn_ratelimited(&m->core.pdev->dev,
			     "the migration stream is refused: %s\n", reason);
	return error;
}

/*
 * A stream that is refused has changed nothing: the state is RESUMING still, and
 * a reset begins anew. One that fails half-way leaves ERROR.
 */
static int load(struct vfio_pci_migration *m, const u8 *stream, size_t length)
{
	const char *reason;
	int ret;

	ret = parse(m, stream, length, &reason);
	if (ret)
		return refuse(m, ret, reason);
	m->verdict = m->ops->load(m, m->state,
				  length - sizeof(struct vfio_pci_migration_header));
	if (m->verdict) {
		m->mig_state = VFIO_DEVICE_STATE_ERROR;
		migration_file_close(m->resuming);
		m->resuming = NULL;
	}
	return m->verdict;
}

static int judge(struct vfio_pci_migration *m, const u8 *stream, size_t length)
{
	const struct migration_peer peer = us(m);
	const char *reason;
	size_t whole;
	int ret;

	if (length < sizeof(struct vfio_pci_migration_header))
		return 0;
	ret = migration_stream_begins(&peer, stream, &whole, &reason);
	if (ret)
		return refuse(m, ret, reason);
	if (length == whole)
		return load(m, stream, length);
	return length > whole ? -EFBIG : 0;
}

/*
 * A monitor turns memory off when it resets a function, and gives a guest's configuration
 * back after the stream. The bit that its user sees stays as it is, and so does what he may
 * access; of a VF, whose hardware has no such bit, QEMU's devices have it, and obey it.
 */
static void turn_memory_on(struct vfio_pci_migration *m)
{
	struct pci_dev *pdev = m->core.pdev;
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (!(command & PCI_COMMAND_MEMORY))
		pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
}

/**
 * migration_judge() - the verdict on what is being written of a stream
 * @m: the function that the stream is for, or was
 * @file: its file
 * @stream: what has been written, and is about to be
 * @length: how much that is in bytes, were there room for it
 *
 * A monitor can send its guest back to where it came from only as long as it writes:
 * it changes the state when there is nothing of the guest left at the source. So the
 * last byte brings the verdict, and a stream that is whole is loaded before it is
 * accepted.
 *
 * Context: may sleep, as long as the driver's load does. Who holds @m->lock must not
 * wait for the caller.
 * Return: 0; -ENODEV if the function has no use for it any more; -EFBIG if it is more
 * than a stream; -EBADMSG, -EXDEV or -EPROTONOSUPPORT if it is refused, an error of the
 * driver's load.
 */
int migration_judge(struct vfio_pci_migration *m,
		    const struct vfio_pci_migration_file *file, const u8 *stream,
		    size_t length)
{
	int ret = -ENODEV;

	mutex_lock(&m->lock);
	turn_memory_on(m);
	if (m->resuming == file)
		ret = judge(m, stream, length);
	migration_unlock(m);
	return ret;
}

static const struct {
	u8 from;
	u8 to;
	int (*step)(struct vfio_pci_migration *m);
} arcs[] = {
	{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_RUNNING_P2P, quiesce },
	{ VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_RUNNING, resume },
	{ VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_STOP, silence },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RUNNING_P2P, nothing },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY, open_saving },
	{ VFIO_DEVICE_STATE_STOP_COPY, VFIO_DEVICE_STATE_STOP, close_saving },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RESUMING, open_resuming },
	{ VFIO_DEVICE_STATE_RESUMING, VFIO_DEVICE_STATE_STOP, close_resuming },
};

static int step(struct vfio_pci_migration *m, enum vfio_device_mig_state to)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == m->mig_state && arcs[i].to == to)
			return arcs[i].step(m);
	WARN_ON_ONCE(true);
	return -EINVAL;
}

/**
 * migration_begin_anew() - whatever was going on, it is over
 * @m: the function: freshly opened, reset, or about to be closed
 *
 * Context: @m->lock held. With vfio_pci_core's lock of the registers held, perhaps.
 */
void migration_begin_anew(struct vfio_pci_migration *m)
{
	lockdep_assert_held(&m->lock);
	migration_file_close(m->saving);
	m->saving = NULL;
	migration_file_close(m->resuming);
	m->resuming = NULL;
	m->saved = 0;
	if (m->ops->reset)
		m->ops->reset(m);
	m->mig_state = VFIO_DEVICE_STATE_RUNNING;
}

/**
 * migration_unlock() - let go of @m->lock
 * @m: the function
 *
 * A reset comes with locks of vfio_pci_core held that are taken below ours when a
 * register is read. If ours is taken then, who holds it does the work, here.
 *
 * Context: @m->lock held; it is to be let go of by no other means.
 * Return: true if the function was reset meanwhile.
 */
bool migration_unlock(struct vfio_pci_migration *m)
{
	bool reset = false;

again:
	spin_lock(&m->reset_lock);
	if (m->reset) {
		m->reset = false;
		reset = true;
		spin_unlock(&m->reset_lock);
		migration_begin_anew(m);
		goto again;
	}
	mutex_unlock(&m->lock);
	spin_unlock(&m->reset_lock);
	return reset;
}

/**
 * migration_reset_done() - the function was reset
 * @m: the function
 *
 * Context: reset_done, with locks of vfio_pci_core held; never waits for @m->lock.
 */
void migration_reset_done(struct vfio_pci_migration *m)
{
	spin_lock(&m->reset_lock);
	m->reset = true;
	if (!mutex_trylock(&m->lock)) {
		spin_unlock(&m->reset_lock);
		return;
	}
	spin_unlock(&m->reset_lock);
	migration_unlock(m);
}

static struct file *set_state(struct vfio_device *vdev,
			      enum vfio_device_mig_state to)
{
	struct vfio_pci_migration *m = to_migration(vdev);
	enum vfio_device_mig_state next;
	struct file *file = NULL;
	int ret = 0;

	/* This user cannot, and VFIO does not want to be asked about any state then */
	if (!vdev->migration_flags)
		return ERR_PTR(-EOPNOTSUPP);

	mutex_lock(&m->lock);
	turn_memory_on(m);
	/* No arc leads out of ERROR, which VFIO does not want to be asked about */
	if (m->mig_state == VFIO_DEVICE_STATE_ERROR)
		ret = -EINVAL;
	while (!ret && m->mig_state != to) {
		ret = vfio_mig_get_next_state(vdev, m->mig_state, to, &next);
		if (!ret)
			ret = step(m, next);
		if (!ret)
			m->mig_state = next;
		/* A file is the user's from the moment it is opened */
		if (!ret && next == to && m->saving)
			file = migration_file_get(m->saving);
		if (!ret && next == to && m->resuming)
			file = migration_file_get(m->resuming);
	}
	migration_unlock(m);
	return ret ? ERR_PTR(ret) : file;
}

static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct vfio_pci_migration *m = to_migration(vdev);

	mutex_lock(&m->lock);
	*state = m->mig_state;
	migration_unlock(m);
	return 0;
}

static int get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	*length = migration_size(to_migration(vdev));
	return 0;
}

const struct vfio_migration_ops vfio_pci_migration_vfio_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_data_size,
};
