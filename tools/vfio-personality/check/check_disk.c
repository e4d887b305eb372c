// SPDX-License-Identifier: GPL-2.0
/*
 * check_disk: mounts, swap, and what is built on a disk (dm, md, LVM, loop, ...).
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "children.h"
#include "denied.h"
#include "export.h"
#include "late.h"
#include "remedy.h"

/* NVMe controllers may have no disk */
#define CLASS_NVME 0x0108

/**
 * struct disk_check - the disks of a function under way
 * @m: the machine
 * @f: the function
 * @findings: where to
 * @mounts: what is mounted
 * @exports: what is handed to other machines
 * @seen: the block devices that have been looked at, which ends circles
 * @explained: those of the function's of which a use is known
 */
struct disk_check {
	const struct machine *m;
	const struct function *f;
	struct findings *findings;
	const struct mounts *mounts;
	const struct exports *exports;
	struct names seen, explained;
};

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
static bool check_view(const struct disk_check *check, const struct mount_view *view,
		       const char *name)
{
	struct libmnt_iter *iter = mnt()->new_iter(MNT_ITER_FORWARD);
	dev_t number = block_number(check->m, name);
	struct libmnt_fs *fs;
	const char *target;
	bool is_mounted = false;

	while (iter && !mnt()->table_next_fs(view->table, iter, &fs)) {
		if ((!number || mnt()->fs_get_devno(fs) != number) &&
		    !names_block(check->m, mnt()->fs_get_source(fs), name))
			continue;
		is_mounted = true;
		target = mnt()->fs_get_target(fs);
		found(check->findings, check->f->address, HAZARD_MOUNTED, "%s is mounted on %s%s",
		      name, target ? target : "?", view->where);
		found_brief(check->findings, "%s%s", target ? target : "?",
			    *view->where ? " (container)" : "");
		if (target)
			remedy_mount(check->findings, target, view->where);
	}
	mnt()->free_iter(iter);
	return is_mounted;
}

/* Containers have what our namespace has, once more: the first that has it will do */
static bool check_mounts(const struct disk_check *check, const char *name)
{
	for (size_t i = 0; i < check->mounts->n; i++)
		if (check_view(check, &check->mounts->views[i], name))
			return true;
	return false;
}

static bool check_swaps(const struct disk_check *check, const char *name)
{
	struct libmnt_iter *iter = mnt()->new_iter(MNT_ITER_FORWARD);
	struct libmnt_table *swaps = check->mounts->swaps;
	struct libmnt_fs *fs;
	bool is_swap = false;

	while (swaps && iter && !mnt()->table_next_fs(swaps, iter, &fs))
		if (names_block(check->m, mnt()->fs_get_source(fs), name)) {
			is_swap = true;
			found(check->findings, check->f->address, HAZARD_SWAP,
			      "%s is used as swap", name);
			found_brief(check->findings, "swap");
			remedy(check->findings, "swapoff %s", mnt()->fs_get_source(fs));
			remedy_none(check->findings);
		}
	mnt()->free_iter(iter);
	return is_swap;
}

static void found_exported(const struct disk_check *check, const char *name,
			   const struct export *export)
{
	found(check->findings, check->f->address, HAZARD_HOLDER, "%s is exported: %s", name,
	      export->by);
	found_brief(check->findings, "exported");
	remedy(check->findings, "take it out of /sys/kernel/config");
}

static bool check_exports(const struct disk_check *check, const char *name)
{
	const struct export *export;
	bool is_exported = false;

	for_each_export(export, check->exports)
		if (names_block(check->m, export->device, name)) {
			is_exported = true;
			found_exported(check, name, export);
		}
	return is_exported;
}

/* A whole NVMe controller, by its character device */
static void check_passthru(const struct disk_check *check)
{
	const struct export *export;
	char function[NAME_LEN];

	for_each_export(export, check->exports)
		if (!strncmp(export->device, "/dev/", 5) &&
		    !path_read_link_name(check->m->root, function, sizeof(function),
					 "sys/class/nvme/%s/device", export->device + 5) &&
		    !strcmp(function, check->f->address))
			found_exported(check, export->device + 5, export);
}

/* A loop device is no holder in sysfs, and does not claim what it reads */
static void add_loops(const struct machine *m, struct names *holders, const char *name)
{
	struct names blocks = path_list(m->root, "sys/class/block");
	char file[PATH_TEXT];

	for (size_t i = 0; i < blocks.n; i++)
		if (!strncmp(blocks.v[i], "loop", 4) &&
		    path_read(m->root, file, sizeof(file), "sys/class/block/%s/loop/backing_file",
			      blocks.v[i]) > 0 && names_block(m, file, name))
			names_add(holders, blocks.v[i]);
	names_free(&blocks);
}

static bool check_block(struct disk_check *check, const char *name);

static bool is_partition(const struct machine *m, const char *name)
{
	return path_exists(m->root, "sys/class/block/%s/partition", name);
}

/* A RAID's or a loop device's own partitions, which are no holders of it either */
static bool check_partitions(struct disk_check *check, const char *disk)
{
	struct names files = path_list(check->m->root, "sys/class/block/%s", disk);
	bool is_used = false;

	for (size_t i = 0; i < files.n; i++)
		if (is_partition(check->m, files.v[i]))
			is_used |= check_block(check, files.v[i]);
	names_free(&files);
	return is_used;
}

/* Where something uses the holder, that says more in a word than its name */
static void check_holder(struct disk_check *check, const char *name, const char *holder)
{
	struct findings *findings = check->findings;
	bool is_used;
	size_t at;

	found(findings, check->f->address, HAZARD_HOLDER, "%s is part of %s", name, holder);
	remedy_holder(check->m, findings, holder);
	at = findings->n;
	is_used = check_block(check, holder);
	is_used |= check_partitions(check, holder);
	if (!is_used && at == findings->n)
		found_brief(findings, "%s", holder);
}

/* @name and, through its holders, all that stands on it. True if anything uses it */
static bool check_block(struct disk_check *check, const char *name)
{
	struct names holders;
	bool is_used;
	int error;

	if (names_have(&check->seen, name))
		return false;
	names_add(&check->seen, name);
	is_used = check_mounts(check, name);
	is_used |= check_swaps(check, name);
	is_used |= check_exports(check, name);
	error = path_try_list(check->m->root, &holders, "sys/class/block/%s/holders", name);
	if (error && error != -ENOENT)
		found(check->findings, check->f->address, HAZARD_UNSEEN,
		      "what stands on %s cannot be seen (%s), so it may be in use", name,
		      strerror(-error));
	add_loops(check->m, &holders, name);
	for (size_t i = 0; i < holders.n; i++) {
		is_used = true;
		check_holder(check, name, holders.v[i]);
	}
	names_free(&holders);
	return is_used;
}

/* A device file of our own, where there is none: in a container, say */
static int open_new_node(const struct path_ctx *root, dev_t number)
{
	static const char *const places[] = { "run", "dev", "tmp" };
	int fd = -ENOENT;
	char *name;

	for (size_t i = 0; fd < 0 && fd != -EBUSY && i < ARRAY_SIZE(places); i++) {
		name = xasprintf("%s/.vfio-personality-%d", places[i], getpid());
		if (!mknodat(root->dir, name, S_IFBLK | 0600, number)) {
			fd = path_open(root, O_RDONLY | O_EXCL | O_NONBLOCK, "%s", name);
			unlinkat(root->dir, name, 0);
		} else {
			fd = -errno;
		}
		free(name);
	}
	return fd;
}

/* Opens @name for nobody else: what is mounted, swap, or part of something is refused */
static int try_to_claim(const struct machine *m, const char *name)
{
	int fd = path_open(m->root, O_RDONLY | O_EXCL | O_NONBLOCK, "dev/%s", name);
	struct stat info;

	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd >= 0 && !fstat(fd, &info) && S_ISBLK(info.st_mode) &&
	    info.st_rdev == block_number(m, name)) {
		close(fd);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	fd = open_new_node(m->root, block_number(m, name));
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static bool disk_of(const struct machine *m, const char *partition, const char *disk)
{
	return path_exists(m->root, "sys/class/block/%s/%s/partition", disk, partition);
}

/* Who claims a partition keeps others from the disk */
static bool is_explained(const struct disk_check *check, const char *name)
{
	const struct names *explained = &check->explained;

	for (size_t i = 0; i < explained->n; i++)
		if (!strcmp(explained->v[i], name) || disk_of(check->m, explained->v[i], name))
			return true;
	return false;
}

/*
 * Nothing was found that uses it, but exclusive use is refused: a mount in
 * another namespace, or something that has no entry among the holders, as ZFS.
 */
static void check_claimed(struct disk_check *check, const char *name)
{
	int error;

	if (!check->m->root->real || check->findings->glance || is_explained(check, name))
		return;
	error = try_to_claim(check->m, name);
	/* A card reader without a card has nothing to lose */
	if (!error || error == -ENOMEDIUM)
		return;
	names_add(&check->explained, name);
	if (error == -EBUSY) {
		found(check->findings, check->f->address, HAZARD_CLAIMED,
		      "%s is in use by something that cannot be seen from here, perhaps a mount in a container",
		      name);
		remedy(check->findings,
		       "find out by what: lsblk, zpool status, btrfs filesystem show");
	} else {
		found(check->findings, check->f->address, HAZARD_UNSEEN,
		      "whether %s is in use could not be tried (%s)", name, strerror(-error));
		remedy(check->findings, "%s", denied_remedy(check->m->root));
	}
}

static bool has_file_system(const struct machine *m, const char *name)
{
	struct udev *context = m->root->real ? udev()->new() : NULL;
	struct udev_device *device;
	bool found = false;

	if (!context)
		return false;
	device = udev()->device_new_from_subsystem_sysname(context, "block", name);
	if (device) {
		found = udev()->device_get_property_value(device, "ID_FS_TYPE");
		udev()->device_unref(device);
	}
	udev()->unref(context);
	return found;
}

static void check_data(const struct disk_check *check, const char *name)
{
	if (is_partition(check->m, name))
		found(check->findings, check->f->address, HAZARD_DATA,
		      "%s is a partition, perhaps with data", name);
	else if (has_file_system(check->m, name))
		found(check->findings, check->f->address, HAZARD_DATA, "%s has a file system",
		      name);
}

static void check_blocks(struct disk_check *check)
{
	const struct machine *m = check->m;
	const struct names *blocks = &function_children(m, check->f)->blocks;
	size_t i;

	check->mounts = survey_mounts(&check->findings->survey, m->root);
	found_unseen(check->findings, check->m, check->f, check->mounts->unseen);
	for (i = 0; i < blocks->n; i++)
		if (check_block(check, blocks->v[i]))
			names_add(&check->explained, blocks->v[i]);
	/* Partitions first, which explain their disks */
	for (i = 0; i < blocks->n; i++)
		if (is_partition(m, blocks->v[i]))
			check_claimed(check, blocks->v[i]);
	for (i = 0; i < blocks->n; i++)
		if (!is_partition(m, blocks->v[i]))
			check_claimed(check, blocks->v[i]);
	for (i = 0; !check->findings->glance && i < blocks->n; i++)
		check_data(check, blocks->v[i]);
}

/* With multipathing, a disk is not below its controller */
static bool may_have_disks(const struct function *f, const struct devices *devices)
{
	const struct device *device;

	for_each_device(device, devices)
		if (device->block || !strcmp(device->subsystem, "nvme"))
			return true;
	return f->class >> 8 == CLASS_NVME;
}

void check_disk(const struct machine *m, const struct function *f, const struct devices *devices,
		struct findings *findings)
{
	struct disk_check check = { .m = m, .f = f, .findings = findings };
	struct exports exports;

	if (!may_have_disks(f, devices))
		return;
	exports = exports_find(m->root);
	check.exports = &exports;
	check_passthru(&check);
	if (function_children(m, f)->blocks.n)
		check_blocks(&check);
	found_unseen(findings, m, f, exports.unseen);
	exports_free(&exports);
	names_free(&check.seen);
	names_free(&check.explained);
}
