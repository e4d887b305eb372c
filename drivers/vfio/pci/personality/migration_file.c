// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: the files that a stream is read from and written to. They may
 * outlive their device, and their device's interest in them: then they give errors.
 * What is written is judged at once, while whoever sent it can go on without us.
 *
 * May touch: their own contents.
 */
#include <linux/anon_inodes.h>
#include <linux/cleanup.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "migration.h"

/**
 * struct vfio_migration_file - a stream under way
 * @file: what the user has
 * @m: the device, which may be closed or gone; its memory is kept, and its driver's
 *	operations
 * @size: bytes that @stream has room for
 * @io: one read or write at a time. The user's memory may be the device's
 *	registers: whoever copies from or to it may wait for a reset to end, so a
 *	reset, which closes the file, must not wait for @io
 * @lock: protects what follows, but for what @stream has beyond @length
 * @closed: the device has no use for it any more
 * @length: bytes in @stream
 * @at: how many of them the user has read
 * @stream: the contents
 */
struct vfio_migration_file {
	struct file *file;
	struct vfio_migration *m;
	size_t size;
	struct mutex io;	/* what is copied; @stream beyond @length */
	spinlock_t lock;	/* everything below */
	bool closed;
	size_t length;
	size_t at;
	u8 stream[];
};

/* What has been filled and read of the stream, if the device wants it still */
static int data_range(struct vfio_migration_file *data, size_t *length, size_t *at)
{
	guard(spinlock)(&data->lock);
	*length = data->length;
	*at = data->at;
	return data->closed ? -ENODEV : 0;
}

/* So many bytes have been copied, unless nobody cares any more */
static ssize_t data_advance(struct vfio_migration_file *data, size_t *position,
			    size_t count)
{
	guard(spinlock)(&data->lock);
	if (data->closed)
		return -ENODEV;
	*position += count;
	return count;
}

static ssize_t data_read(struct file *file, char __user *buf, size_t count,
			 loff_t *ppos)
{
	struct vfio_migration_file *data = file->private_data;
	size_t length, at;
	int ret;

	guard(mutex)(&data->io);
	ret = data_range(data, &length, &at);
	if (ret)
		return ret;
	count = min(count, length - at);
	if (copy_to_user(buf, data->stream + at, count))
		return -EFAULT;
	return data_advance(data, &data->at, count);
}

static ssize_t data_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *ppos)
{
	struct vfio_migration_file *data = file->private_data;
	size_t length, at;
	int ret;

	guard(mutex)(&data->io);
	ret = data_range(data, &length, &at);
	if (ret)
		return ret;
	if (!count)
		return 0;
	if (copy_from_user(data->stream + length, buf,
			   min(count, data->size - length)))
		return -EFAULT;
	ret = migration_judge(data->m, data, data->stream, size_add(length, count));
	if (ret)
		return ret;
	return data_advance(data, &data->length, count);
}

static void data_free(struct vfio_migration_file *data)
{
	struct module *owner = data->m->ops->owner;

	put_device(&data->m->vdev->device);
	module_put(owner);
	mutex_destroy(&data->io);
	kvfree(data);
}

static int data_release(struct inode *inode, struct file *file)
{
	data_free(file->private_data);
	return 0;
}

static const struct file_operations save_fops = {
	.owner = THIS_MODULE,
	.read = data_read,
	.release = data_release,
};

static const struct file_operations resume_fops = {
	.owner = THIS_MODULE,
	.write = data_write,
	.release = data_release,
};

/**
 * migration_file_open() - have a file for a stream
 * @m: the device, opened
 * @to_read: the user will read it; otherwise write it
 *
 * Context: may sleep. The caller owes migration_file_close().
 * Return: the file, or an ERR_PTR() of -ENOMEM, or what anon_inode_getfile() says.
 */
struct vfio_migration_file *migration_file_open(struct vfio_migration *m, bool to_read)
{
	struct vfio_migration_file *data;
	size_t size = vfio_migration_data_size(m);

	data = kvzalloc(struct_size(data, stream, size), GFP_KERNEL_ACCOUNT);
	if (!data)
		return ERR_PTR(-ENOMEM);
	mutex_init(&data->io);
	spin_lock_init(&data->lock);
	/* The driver's operations are there: the device is open */
	__module_get(m->ops->owner);
	get_device(&m->vdev->device);
	data->m = m;
	data->size = size;
	data->file = anon_inode_getfile("vfio-migration",
					to_read ? &save_fops : &resume_fops,
					data, to_read ? O_RDONLY : O_WRONLY);
	if (IS_ERR(data->file)) {
		struct file *error = data->file;

		data_free(data);
		return ERR_CAST(error);
	}
	stream_open(data->file->f_inode, data->file);
	return data;
}

/**
 * migration_file_get() - what the user gets
 * @data: from migration_file_open()
 *
 * Return: the file, with a reference for who will get it.
 */
struct file *migration_file_get(struct vfio_migration_file *data)
{
	return get_file(data->file);
}

/**
 * migration_file_stream() - where the stream goes that the user will read
 * @data: from migration_file_open(), not yet given to the user
 *
 * Return: room for vfio_migration_data_size() bytes.
 */
u8 *migration_file_stream(struct vfio_migration_file *data)
{
	return data->stream;
}

/**
 * migration_file_fill() - the stream is there
 * @data: from migration_file_open(), not yet given to the user
 * @length: of what is in migration_file_stream(), in bytes
 */
void migration_file_fill(struct vfio_migration_file *data, size_t length)
{
	data->length = length;
}

/**
 * migration_file_close() - have no use for a file any more
 * @data: from migration_file_open(); NULL is fine
 *
 * From now on the user gets -ENODEV. It is freed when both have let go of it.
 *
 * Context: does not wait for a read or write that is under way.
 */
void migration_file_close(struct vfio_migration_file *data)
{
	if (!data)
		return;
	scoped_guard(spinlock, &data->lock)
		data->closed = true;
	fput(data->file);
}
