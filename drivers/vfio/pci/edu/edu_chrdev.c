// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's edu device: /dev/eduN, which exists from probe to remove, whatever
 * personality the function is in.
 *
 * May touch: user memory, and struct edu through the file. User memory is
 * touched outside of requests only: it may be paged in by a process that never
 * answers, and then that process waits, not whoever stops the device.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "edu.h"

static DEFINE_IDA(edu_numbers);

static int edu_open(struct inode *inode, struct file *file)
{
	/* misc_open() left the miscdevice here, and keeps it registered */
	struct edu *edu = container_of(file->private_data, struct edu, misc);

	kref_get(&edu->ref);
	file->private_data = edu;
	return 0;
}

static int edu_release(struct inode *inode, struct file *file)
{
	edu_put(file->private_data);
	return 0;
}

static loff_t edu_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, EDU_BUFFER_SIZE);
}

static ssize_t edu_read(struct file *file, char __user *user, size_t count,
			loff_t *pos)
{
	void *buf __free(kfree) = NULL;
	int ret;

	if (!count || *pos >= EDU_BUFFER_SIZE)
		return 0;
	count = min_t(size_t, count, EDU_BUFFER_SIZE - *pos);

	buf = kmalloc(count, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	ret = edu_hw_read(file->private_data, *pos, buf, count);
	if (ret)
		return ret;
	if (copy_to_user(user, buf, count))
		return -EFAULT;

	*pos += count;
	return count;
}

static ssize_t edu_write(struct file *file, const char __user *user,
			 size_t count, loff_t *pos)
{
	void *buf;
	int ret;

	if (!count)
		return 0;
	if (*pos >= EDU_BUFFER_SIZE)
		return -ENOSPC;
	count = min_t(size_t, count, EDU_BUFFER_SIZE - *pos);

	buf = memdup_user(user, count);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	ret = edu_hw_write(file->private_data, *pos, buf, count);
	kfree(buf);
	if (ret)
		return ret;

	*pos += count;
	return count;
}

static int edu_ioctl_factorial(struct edu *edu,
			       struct edu_factorial __user *user)
{
	struct edu_factorial f;
	int ret;

	if (copy_from_user(&f, user, sizeof(f)))
		return -EFAULT;
	ret = edu_hw_factorial(edu, f.n, &f.result);
	if (ret)
		return ret;
	return copy_to_user(user, &f, sizeof(f)) ? -EFAULT : 0;
}

static long edu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case EDU_IOCTL_FACTORIAL:
		return edu_ioctl_factorial(file->private_data,
					   (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations edu_fops = {
	.owner		= THIS_MODULE,
	.open		= edu_open,
	.release	= edu_release,
	.llseek		= edu_llseek,
	.read		= edu_read,
	.write		= edu_write,
	.unlocked_ioctl	= edu_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

/**
 * edu_chrdev_add() - make a device's file
 * @edu: the device
 *
 * Context: may sleep. The file may be used before this returns.
 * Return: 0 or a negative errno.
 */
int edu_chrdev_add(struct edu *edu)
{
	int ret;

	edu->number = ida_alloc(&edu_numbers, GFP_KERNEL);
	if (edu->number < 0)
		return edu->number;
	snprintf(edu->name, sizeof(edu->name), "edu%d", edu->number);

	edu->misc.minor = MISC_DYNAMIC_MINOR;
	edu->misc.name = edu->name;
	edu->misc.fops = &edu_fops;
	edu->misc.parent = &edu->pdev->dev;
	ret = misc_register(&edu->misc);
	if (ret)
		ida_free(&edu_numbers, edu->number);
	return ret;
}

/**
 * edu_chrdev_remove() - no one opens the device's file from now on
 * @edu: the device
 *
 * Files that are open keep their reference to @edu.
 *
 * Context: may sleep.
 */
void edu_chrdev_remove(struct edu *edu)
{
	misc_deregister(&edu->misc);
	ida_free(&edu_numbers, edu->number);
}
