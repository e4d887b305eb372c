// SPDX-License-Identifier: GPL-2.0
/*
 * check_share: mounted file systems that have no block device: 9p, virtiofs, and
 * what else is mounted by the name of a device (ubi, mtd).
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remedy.h"

/* The name that the other side gave its share, which mounts have as their source */
static void read_tag(const struct path_ctx *root, const struct device *device, char *tag,
		     size_t size)
{
	struct names shares = path_list(root, "sys/fs/virtiofs");
	char name[NAME_LEN];

	path_read(root, tag, size, "%s/mount_tag", device->path);
	for (size_t i = 0; !*tag && i < shares.n; i++)
		if (!path_read_link_name(root, name, sizeof(name), "sys/fs/virtiofs/%s/device",
					 shares.v[i]) && !strcmp(name, device->name))
			path_read(root, tag, size, "sys/fs/virtiofs/%s/tag", shares.v[i]);
	names_free(&shares);
}

/* Without a tag, any share of the kind may be this one */
static bool may_be(const struct libmnt_fs *fs, const char *type, const char *tag,
		   const char *device)
{
	struct libmnt_fs *mount = (struct libmnt_fs *)fs;
	const char *source = mnt()->fs_get_source(mount);

	if (type && mnt()->fs_match_fstype(mount, type))
		return !*tag || (source && !strcmp(source, tag));
	return source && !strcmp(source, device);
}

static void check_view(const struct function *f, struct findings *findings,
		       const struct mount_view *view, const char *type, const char *tag,
		       const char *device)
{
	struct libmnt_iter *iter = mnt()->new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	const char *target;

	while (iter && !mnt()->table_next_fs(view->table, iter, &fs)) {
		if (!may_be(fs, type, tag, device))
			continue;
		target = mnt()->fs_get_target(fs);
		found(findings, f->address, HAZARD_MOUNTED, "%s is mounted on %s%s",
		      *tag ? tag : device, target, view->where);
		found_brief(findings, "%s%s", target, *view->where ? " (container)" : "");
		remedy_mount(findings, target, view->where);
	}
	mnt()->free_iter(iter);
}

/* Flash, which file systems are mounted on by the name of a character device */
static bool is_flash(const struct device *device)
{
	return !strcmp(device->subsystem, "mtd") || !strcmp(device->subsystem, "ubi");
}

static const char *type_of(const char *driver)
{
	if (!strcmp(driver, "9pnet_virtio"))
		return "9p";
	return !strcmp(driver, "virtiofs") || !strcmp(driver, "virtio_fs") ? "virtiofs" : NULL;
}

void check_share(const struct machine *m, const struct function *f,
		 const struct devices *devices, struct findings *findings)
{
	const struct mounts *mounts;
	const struct device *device;
	char driver[NAME_LEN], tag[256];
	const char *type;

	for_each_device(device, devices) {
		path_read_link_name(m->root, driver, sizeof(driver), "%s/driver", device->path);
		type = type_of(driver);
		/* What is mounted by a disk's name is check_disk's */
		if (device->block || (!type && !is_flash(device)))
			continue;
		mounts = survey_mounts(&findings->survey, m->root);
		read_tag(m->root, device, tag, sizeof(tag));
		if (type)
			found_unseen(findings, m, f, mounts->unseen);
		for (size_t i = 0; i < mounts->n; i++)
			check_view(f, findings, &mounts->views[i], type, tag, device->name);
	}
}
