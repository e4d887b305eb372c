// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Migration
 *
 * VFIO's migration states, see enum vfio_device_mig_state in the uapi header.
 * VFIO says which arc is the next on the way to where the user wants to go; each
 * arc is a function here, most of which call one of the driver's.
 *
 * STOP_COPY and P2P are supported. PRE_COPY is not: it is for state that is large and
 * hardly changes, and sent while the device runs. Registers are neither, and are as
 * quickly read again as compared. A driver whose state is megabytes would want it, and
 * then the arcs are here to be added.
 *
 * May touch: the device by the driver's callbacks only.
 */
#include <linux/file.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "migration.h"
#include "migration_stream.h"

#define MIGRATION_FLAGS		(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P)

static struct migration_peer us(const struct vfio_migration *m)
{
	return (struct migration_peer) {
		.identity = m->identity,
		.data_version = m->ops->data_version,
		.size = m->ops->size,
		.min_size = m->ops->min_size ?: m->ops->size,
	};
}

/**
 * vfio_migration_data_size() - the length of the longest stream
 * @m: the device
 *
 * Return: in bytes.
 */
size_t vfio_migration_data_size(const struct vfio_migration *m)
{
	return sizeof(struct vfio_pci_migration_header) + m->ops->size;
}
EXPORT_SYMBOL_GPL(vfio_migration_data_size);

/* What a stream is refused for: its form, then its contents */
static int parse(struct vfio_migration *m, const u8 *stream, size_t length,
		 const char **reason)
{
	const struct migration_peer peer = us(m);
	int ret;

	ret = migration_stream_parse(&peer, stream, length, m->state, reason);
	if (ret || !m->ops->check)
		return ret;
	*reason = m->ops->check(m, m->state,
				length - sizeof(struct vfio_pci_migration_header));
	return *reason ? -EBADMSG : 0;
}

static int quiesce(struct vfio_migration *m)
{
	return m->ops->quiesce(m);
}

static int silence(struct vfio_migration *m)
{
	return m->ops->silence(m);
}

static int resume(struct vfio_migration *m)
{
	if (m->saved && m->ops->reclaim)
		m->ops->reclaim(m, m->state, m->saved);
	m->saved = 0;
	m->ops->resume(m);
	return 0;
}

static int nothing(struct vfio_migration *m)
{
	return 0;
}

/* The driver's state, in a stream. What a destination would refuse is not saved */
static int save(struct vfio_migration *m, struct vfio_migration_file *file)
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
		dev_warn_ratelimited(m->vdev->dev,
				     "its state cannot be saved (%pe)\n", ERR_PTR(size));
		return size;
	}
	if (WARN_ON_ONCE(!size || size > m->ops->size || size % sizeof(u32)))
		return -EINVAL;
	length = migration_stream_write(&peer, m->state, size, stream);
	ret = parse(m, stream, length, &reason);
	if (ret) {
		dev_warn_ratelimited(m->vdev->dev,
				     "its state cannot be migrated: %s\n", reason);
		return ret;
	}
	migration_file_fill(file, length);
	m->saved = size;
	return 0;
}

static int open_saving(struct vfio_migration *m)
{
	struct vfio_migration_file *file = migration_file_open(m, true);
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

static int close_saving(struct vfio_migration *m)
{
	migration_file_close(m->saving);
	m->saving = NULL;
	return 0;
}

static int open_resuming(struct vfio_migration *m)
{
	struct vfio_migration_file *file = migration_file_open(m, false);

	if (IS_ERR(file))
		return PTR_ERR(file);
	m->resuming = file;
	m->verdict = -EBADMSG;	/* It is not whole */
	m->saved = 0;
	return 0;
}

/* There is nothing left to be refused: a monitor cannot go back from here */
static int close_resuming(struct vfio_migration *m)
{
	if (m->verdict)
		return m->verdict;
	migration_file_close(m->resuming);
	m->resuming = NULL;
	return 0;
}

static int refuse(struct vfio_migration *m, int error, const char *reason)
{
	m->verdict = error;
	dev_warn_ratelimited(m->vdev->dev,
			     "the migration stream is refused: %s\n", reason);
	return error;
}

/*
 * A stream that is refused has changed nothing: the state is RESUMING still, and
 * a reset begins anew. One that fails half-way leaves ERROR.
 */
static int load(struct vfio_migration *m, const u8 *stream, size_t length)
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

static int judge(struct vfio_migration *m, const u8 *stream, size_t length)
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

static void wake(struct vfio_migration *m)
{
	if (m->ops->wake)
		m->ops->wake(m);
}

/**
 * migration_judge() - the verdict on what is being written of a stream
 * @m: the device that the stream is for, or was
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
 * Return: 0; -ENODEV if the device has no use for it any more; -EFBIG if it is more
 * than a stream; -EBADMSG, -EXDEV or -EPROTONOSUPPORT if it is refused, an error of the
 * driver's load.
 */
int migration_judge(struct vfio_migration *m,
		    const struct vfio_migration_file *file, const u8 *stream,
		    size_t length)
{
	int ret = -ENODEV;

	mutex_lock(&m->lock);
	wake(m);
	if (m->resuming == file)
		ret = judge(m, stream, length);
	migration_unlock(m);
	return ret;
}

static const struct {
	u8 from;
	u8 to;
	int (*step)(struct vfio_migration *m);
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

static int step(struct vfio_migration *m, enum vfio_device_mig_state to)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == m->mig_state && arcs[i].to == to)
			return arcs[i].step(m);
	WARN_ON_ONCE(true);
	return -EINVAL;
}

/*
 * Whatever was going on, it is over: the device was freshly opened, reset, or is about to be
 * closed. With vfio_pci_core's lock of the registers held, perhaps.
 */
static void begin_anew(struct vfio_migration *m)
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
 * @m: the device
 *
 * A reset comes with locks of vfio_pci_core held that are taken below ours when a
 * register is read. If ours is taken then, who holds it does the work, here.
 *
 * Context: @m->lock held; it is to be let go of by no other means.
 * Return: true if the device was reset meanwhile.
 */
bool migration_unlock(struct vfio_migration *m)
{
	bool reset = false;

again:
	spin_lock(&m->reset_lock);
	if (m->reset) {
		m->reset = false;
		reset = true;
		spin_unlock(&m->reset_lock);
		begin_anew(m);
		goto again;
	}
	mutex_unlock(&m->lock);
	spin_unlock(&m->reset_lock);
	return reset;
}

/**
 * vfio_migration_reset_done() - the device was reset
 * @m: the device
 *
 * Context: reset_done, with locks of vfio_pci_core held; never waits for @m->lock.
 */
void vfio_migration_reset_done(struct vfio_migration *m)
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
EXPORT_SYMBOL_GPL(vfio_migration_reset_done);

/**
 * vfio_migration_set_state() - for the vfio_device's migration_set_state
 * @m: the device, opened
 * @to: where its user wants it
 *
 * Context: may sleep, as long as the driver's callbacks do.
 * Return: the file of a stream, with a reference for the user, if one begins; or NULL; or
 * an ERR_PTR(): -EOPNOTSUPP for a user who cannot migrate it, -EINVAL for an arc that there
 * is not, -ENOMEM, or what a callback says.
 */
struct file *vfio_migration_set_state(struct vfio_migration *m,
				      enum vfio_device_mig_state to)
{
	enum vfio_device_mig_state next;
	struct file *file = NULL;
	int ret = 0;

	/* This user cannot, and VFIO does not want to be asked about any state then */
	if (!m->vdev->migration_flags)
		return ERR_PTR(-EOPNOTSUPP);

	mutex_lock(&m->lock);
	wake(m);
	/* No arc leads out of ERROR, which VFIO does not want to be asked about */
	if (m->mig_state == VFIO_DEVICE_STATE_ERROR)
		ret = -EINVAL;
	while (!ret && m->mig_state != to) {
		ret = vfio_mig_get_next_state(m->vdev, m->mig_state, to, &next);
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
EXPORT_SYMBOL_GPL(vfio_migration_set_state);

/**
 * vfio_migration_get_state() - for the vfio_device's migration_get_state
 * @m: the device, opened
 *
 * Context: may sleep, as long as the driver's callbacks do.
 * Return: where it is.
 */
enum vfio_device_mig_state vfio_migration_get_state(struct vfio_migration *m)
{
	enum vfio_device_mig_state state;

	mutex_lock(&m->lock);
	state = m->mig_state;
	migration_unlock(m);
	return state;
}
EXPORT_SYMBOL_GPL(vfio_migration_get_state);

/*
 * Whoever migrates a guest has to know which of its pages the device has written. By type1
 * all are taken for written, or those that vfio_dma_rw() has. With iommufd it is the IOMMU
 * that knows, or nobody does, and QEMU goes on without: the guest would lose what has
 * arrived meanwhile.
 */
static bool dirty_pages_are_known(struct vfio_device *vdev)
{
	if (vdev->iommufd_access)
		return false;
	return !vfio_iommufd_device_ictx(vdev) ||
	       device_iommu_capable(vdev->dev, IOMMU_CAP_DIRTY_TRACKING);
}

static void choose_migration(struct vfio_device *vdev)
{
	vdev->migration_flags = 0;
	if (dirty_pages_are_known(vdev))
		vdev->migration_flags = MIGRATION_FLAGS;
	else
		dev_notice_ratelimited(vdev->dev,
				       "this user cannot migrate it: nobody tracks what it writes, as the user came by iommufd; a container of VFIO's type1 will do\n");
}

/**
 * vfio_migration_open() - for the vfio_device's open_device
 * @m: the device, which can be reached
 *
 * Context: dev_set lock held by VFIO; may sleep. The caller owes vfio_migration_close().
 * Return: 0 or -ENOMEM.
 */
int vfio_migration_open(struct vfio_migration *m)
{
	m->state = kvzalloc(m->ops->size, GFP_KERNEL_ACCOUNT);
	if (!m->state)
		return -ENOMEM;
	choose_migration(m->vdev);
	mutex_lock(&m->lock);
	m->opened = true;
	begin_anew(m);
	migration_unlock(m);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_migration_open);

/**
 * vfio_migration_close() - end of vfio_migration_open()
 * @m: the device, which can be reached still
 *
 * Context: dev_set lock held by VFIO; may sleep, as long as the driver's close does.
 */
void vfio_migration_close(struct vfio_migration *m)
{
	mutex_lock(&m->lock);
	if (m->ops->close)
		m->ops->close(m);
	begin_anew(m);
	m->opened = false;
	migration_unlock(m);
	kvfree(m->state);
	m->state = NULL;
}
EXPORT_SYMBOL_GPL(vfio_migration_close);

/**
 * vfio_migration_init() - let a vfio_device be one that can be migrated
 * @m: memory for it, in what vfio_alloc_device() has allocated
 * @vdev: the vfio_device, not yet registered
 * @ops: the driver's part; const
 * @identity: what a peer must be; copied
 * @vfio_ops: the driver's, which call vfio_migration_set_state() and its like
 *
 * Return: 0; -EINVAL, and a line in the log, if the sizes in @ops cannot be.
 */
int vfio_migration_init(struct vfio_migration *m, struct vfio_device *vdev,
			const struct vfio_migration_driver_ops *ops,
			const struct vfio_migration_identity *identity,
			const struct vfio_migration_ops *vfio_ops)
{
	if (!ops->size || ops->size % sizeof(u32) || ops->min_size > ops->size) {
		dev_err(vdev->dev, "its driver's sizes for migration cannot be\n");
		return -EINVAL;
	}
	m->vdev = vdev;
	m->ops = ops;
	m->identity = *identity;
	mutex_init(&m->lock);
	spin_lock_init(&m->reset_lock);
	m->mig_state = VFIO_DEVICE_STATE_RUNNING;
	vdev->migration_flags = MIGRATION_FLAGS;
	vdev->mig_ops = vfio_ops;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_migration_init);
