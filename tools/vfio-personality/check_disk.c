// SPDX-License-Identifier: GPL-2.0
/*
 * check_disk: mounts, swap, and what is built on a disk (dm, md, LVM, ...).
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What mounts and swap use */
struct usage {
	struct libmnt_table *mounts, *swaps;
};

static struct libmnt_table *read_table(const struct machine *m, const char *file,
				       int (*parse)(struct libmnt_table *, const char *))
{
	struct libmnt_table *table = mnt_new_table();
	char *name = xasprintf("%s/%s", m->root->name, file);

	if (table && parse(table, name))
		mnt_reset_table(table);
	free(name);
	return table;
}

static struct usage read_usage(const struct machine *m)
{
	return (struct usage){
		.mounts = read_table(m, "proc/self/mountinfo", mnt_table_parse_file),
		.swaps = read_table(m, "proc/swaps", mnt_table_parse_swaps),
	};
}

static dev_t block_number(const struct machine *m, const char *name)
{
	unsigned int major, minor;
	char text[32];

	path_read(m->root, text, sizeof(text), "sys/class/block/%s/dev", name);
	return sscanf(text, "%u:%u", &major, &minor) == 2 ? makedev(major, minor) : 0;
}

/* "/dev/vda", "/dev/mapper/x" -> "dm-0": by what the name ends in, or a link */
static bool names_block(const struct machine *m, const char *source, const char *name)
{
	char target[128];

	if (!source || strncmp(source, "/dev/", 5))
		return false;
	if (!strcmp(source + 5, name))
		return true;
	return !path_read_link_name(m->root, target, sizeof(target), "%s", source + 1) &&
	       !strcmp(target, name);
}

/* By number; by name where the file system has a number of its own, as btrfs */
static void check_mounts(const struct machine *m, const struct function *f,
			 struct findings *findings, struct libmnt_table *mounts,
			 const char *name)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	dev_t number = block_number(m, name);
	struct libmnt_fs *fs;

	while (mounts && iter && !mnt_table_next_fs(mounts, iter, &fs))
		if ((number && mnt_fs_get_devno(fs) == number) ||
		    names_block(m, mnt_fs_get_source(fs), name))
			found(findings, f, HAZARD_MOUNTED, "%s is mounted on %s", name,
			      mnt_fs_get_target(fs) ? mnt_fs_get_target(fs) : "?");
	mnt_free_iter(iter);
}

static void check_swaps(const struct machine *m, const struct function *f,
			struct findings *findings, struct libmnt_table *swaps, const char *name)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (swaps && iter && !mnt_table_next_fs(swaps, iter, &fs))
		if (names_block(m, mnt_fs_get_source(fs), name))
			found(findings, f, HAZARD_SWAP, "%s is used as swap", name);
	mnt_free_iter(iter);
}

/* @name and, through its holders, all that stands on it; @seen ends circles */
static void check_block(const struct machine *m, const struct function *f,
			struct findings *findings, const struct usage *usage,
			const char *name, struct names *seen)
{
	struct names holders;

	if (names_have(seen, name))
		return;
	names_add(seen, name);
	check_mounts(m, f, findings, usage->mounts, name);
	check_swaps(m, f, findings, usage->swaps, name);
	holders = path_list(m->root, "sys/class/block/%s/holders", name);
	for (size_t i = 0; i < holders.n; i++) {
		found(findings, f, HAZARD_HOLDER, "%s is part of %s", name, holders.v[i]);
		check_block(m, f, findings, usage, holders.v[i], seen);
	}
	names_free(&holders);
}

/*
 * Nothing was found that uses it, but exclusive use is refused: a mount in
 * another namespace, or something that has no entry among the holders.
 */
static void check_claimed(const struct machine *m, const struct function *f,
			  struct findings *findings, const char *name)
{
	int fd;

	if (!m->root->real)
		return;
	fd = path_open(m->root, O_RDONLY | O_EXCL | O_NONBLOCK, "dev/%s", name);
	if (fd >= 0)
		close(fd);
	else if (fd == -EBUSY)
		found(findings, f, HAZARD_CLAIMED,
		      "%s is in use by something that cannot be seen from here, perhaps a mount in a container",
		      name);
}

static bool has_file_system(const struct machine *m, const char *name)
{
	struct udev *udev = m->root->real ? udev_new() : NULL;
	struct udev_device *device;
	bool found = false;

	if (!udev)
		return false;
	device = udev_device_new_from_subsystem_sysname(udev, "block", name);
	if (device) {
		found = udev_device_get_property_value(device, "ID_FS_TYPE");
		udev_device_unref(device);
	}
	udev_unref(udev);
	return found;
}

static void check_data(const struct machine *m, const struct function *f,
		       struct findings *findings, const char *name)
{
	if (path_exists(m->root, "sys/class/block/%s/partition", name))
		found(findings, f, HAZARD_DATA, "%s is a partition, perhaps with data", name);
	else if (has_file_system(m, name))
		found(findings, f, HAZARD_DATA, "%s has a file system", name);
}

void check_disk(const struct machine *m, const struct function *f, struct findings *findings)
{
	struct names seen = { 0 };
	size_t before = findings->n, i;
	struct usage usage;

	if (!f->blocks.n)
		return;
	usage = read_usage(m);
	for (i = 0; i < f->blocks.n; i++)
		check_block(m, f, findings, &usage, f->blocks.v[i], &seen);
	for (i = 0; findings->n == before && i < f->blocks.n; i++)
		check_claimed(m, f, findings, f->blocks.v[i]);
	for (i = 0; i < f->blocks.n; i++)
		check_data(m, f, findings, f->blocks.v[i]);
	mnt_unref_table(usage.mounts);
	mnt_unref_table(usage.swaps);
	names_free(&seen);
}
