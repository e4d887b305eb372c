// SPDX-License-Identifier: GPL-2.0
/* Slices of an edu, see slice.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"
#include "slice.h"

#define CONFIGFS	"/sys/kernel/config"
#define TYPE		"edu-slice"

static bool edu_is_ours;
static bool configfs_is_ours;

const char *slice_path(char *path, const char *parent, const char *name, const char *attr)
{
	snprintf(path, PATH_MAX, CONFIGFS "/vfio/%s/" TYPE "%s%s%s%s", parent,
		 name ? "/" : "", name ?: "", attr ? "/" : "", attr ?: "");
	return path;
}

int slice_setup(void)
{
	int ret = 0;

	edu_is_ours |= !module_loaded(EDU_DRIVER);
	ret = module_load(PERSONALITY_MODULE);
	if (!ret)
		ret = module_load(EDU_DRIVER);
	if (!ret)
		ret = module_load(SLICE_MODULE);
	if (!ret)
		ret = module_load("vfio_iommu_type1");
	if (ret)
		return ret;
	if (access(CONFIGFS "/vfio", F_OK)) {
		if (mount("configfs", CONFIGFS, "configfs", 0, NULL))
			return diag_error(-errno, "mounting configfs");
		configfs_is_ours = true;
	}
	return 0;
}

static int remove_all(const char *parent)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	dir = opendir(slice_path(path, parent, NULL, NULL));
	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		slice_set_live(parent, entry->d_name, false);
		ret = slice_remove(parent, entry->d_name) ?: ret;
	}
	closedir(dir);
	return ret;
}

int slice_teardown(const char *parent)
{
	int ret = remove_all(parent);

	if (ret)
		return diag_error(ret, "%s: removing its slices", parent);
	ret = module_unload(SLICE_MODULE);
	if (!ret)
		ret = module_unload(PROVIDER_MODULE);
	if (!ret && edu_is_ours) {
		if (module_loaded(EDU_VFIO))
			ret = module_unload(EDU_VFIO);
		ret = module_unload(EDU_DRIVER) ?: ret;
		edu_is_ours = false;
	}
	if (ret)
		return diag_error(ret, "unloading what provides slices");
	/* The kernel complains then of what anybody has left in there */
	if (configfs_is_ours && umount(CONFIGFS))
		return diag_error(-errno, "unmounting configfs");
	configfs_is_ours = false;
	return 0;
}

int slice_make(const char *parent, const char *name)
{
	char path[PATH_MAX];

	return mkdir(slice_path(path, parent, name, NULL), 0755) ? -errno : 0;
}

int slice_remove(const char *parent, const char *name)
{
	char path[PATH_MAX];

	return rmdir(slice_path(path, parent, name, NULL)) ? -errno : 0;
}

int slice_write(const char *parent, const char *name, const char *attr,
		const char *value)
{
	char path[PATH_MAX];

	return file_write(slice_path(path, parent, name, attr), value);
}

int slice_set_live(const char *parent, const char *name, bool live)
{
	return slice_write(parent, name, "live", live ? "1" : "0");
}

bool slice_reads(const char *parent, const char *name, const char *attr,
		 const char *value)
{
	char path[PATH_MAX];
	char text[512] = "";
	int ret = file_read_line(slice_path(path, parent, name, attr), text, sizeof(text));

	if (ret >= 0 && !strcmp(text, value))
		return true;
	diag("%s reads '%s' (%d), not '%s'", path, text, ret, value);
	return false;
}

bool slice_says(const char *parent, const char *name, const char *words)
{
	char path[PATH_MAX];
	char text[512] = "";
	int ret = file_read_line(slice_path(path, parent, name, "last_error"), text,
				 sizeof(text));

	if (ret >= 0 && strstr(text, words))
		return true;
	diag("%s reads '%s' (%d), without '%s'", path, text, ret, words);
	return false;
}

int slice_device(const char *parent, const char *name, char *device, size_t size)
{
	char path[PATH_MAX];
	char text[PATH_MAX];
	int ret = file_read_line(slice_path(path, parent, name, "device"), text,
				 sizeof(text));

	if (ret < 0)
		return ret;
	if (!ret)
		return -ENODEV;
	snprintf(device, size, "%s", strrchr(text, '/') + 1);
	return 0;
}

long slice_available(const char *parent)
{
	char path[PATH_MAX];
	char text[32];
	int ret = file_read_line(slice_path(path, parent, NULL, "available"), text,
				 sizeof(text));

	return ret < 0 ? ret : strtol(text, NULL, 10);
}

int slice_open(struct device_user *user, const char *parent, const char *name,
	       const struct vfio_mode *mode)
{
	char device[PCI_NAME_LEN];
	int ret = slice_device(parent, name, device, sizeof(device));

	if (ret)
		return diag_error(ret, "%s/%s: its device", parent, name);
	return device_open_as(user, &edu_driver, device, mode);
}
