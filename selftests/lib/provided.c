// SPDX-License-Identifier: GPL-2.0
/* What is made by configfs, see provided.h. */
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
#include "file.h"
#include "provided.h"

#define CONFIGFS	"/sys/kernel/config"

static bool configfs_is_ours;

int provided_mount(void)
{
	if (!access(CONFIGFS "/vfio", F_OK))
		return 0;
	if (mount("configfs", CONFIGFS, "configfs", 0, NULL))
		return diag_error(-errno, "mounting configfs");
	configfs_is_ours = true;
	return 0;
}

int provided_umount(void)
{
	/* The kernel complains then of what anybody has left in there */
	if (configfs_is_ours && umount(CONFIGFS))
		return diag_error(-errno, "unmounting configfs");
	configfs_is_ours = false;
	return 0;
}

const char *provided_path(char *path, const struct provided *type, const char *name,
			  const char *attr)
{
	snprintf(path, PATH_MAX, CONFIGFS "/vfio/%s/%s%s%s%s%s", type->parent, type->type,
		 name ? "/" : "", name ?: "", attr ? "/" : "", attr ?: "");
	return path;
}

int provided_make(const struct provided *type, const char *name)
{
	char path[PATH_MAX];

	return mkdir(provided_path(path, type, name, NULL), 0755) ? -errno : 0;
}

int provided_remove(const struct provided *type, const char *name)
{
	char path[PATH_MAX];

	return rmdir(provided_path(path, type, name, NULL)) ? -errno : 0;
}

int provided_remove_all(const struct provided *type)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	dir = opendir(provided_path(path, type, NULL, NULL));
	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		provided_set_live(type, entry->d_name, false);
		ret = provided_remove(type, entry->d_name) ?: ret;
	}
	closedir(dir);
	return ret;
}

int provided_write(const struct provided *type, const char *name, const char *attr,
		   const char *value)
{
	char path[PATH_MAX];

	return file_write(provided_path(path, type, name, attr), value);
}

int provided_set_live(const struct provided *type, const char *name, bool live)
{
	return provided_write(type, name, "live", live ? "1" : "0");
}

bool provided_reads(const struct provided *type, const char *name, const char *attr,
		    const char *value)
{
	char path[PATH_MAX];
	char text[512] = "";
	int ret = file_read_line(provided_path(path, type, name, attr), text, sizeof(text));

	if (ret >= 0 && !strcmp(text, value))
		return true;
	diag("%s reads '%s' (%d), not '%s'", path, text, ret, value);
	return false;
}

bool provided_has(const struct provided *type, const char *name, const char *attr,
		  const char *words)
{
	char path[PATH_MAX];
	char text[512] = "";
	int ret = file_read_line(provided_path(path, type, name, attr), text, sizeof(text));

	if (ret >= 0 && strstr(text, words))
		return true;
	diag("%s reads '%s' (%d), without '%s'", path, text, ret, words);
	return false;
}

int provided_device(const struct provided *type, const char *name, char *device,
		    size_t size)
{
	char path[PATH_MAX];
	char text[PATH_MAX];
	int ret = file_read_line(provided_path(path, type, name, "device"), text,
				 sizeof(text));

	if (ret < 0)
		return ret;
	if (!ret)
		return -ENODEV;
	snprintf(device, size, "%s", strrchr(text, '/') + 1);
	return 0;
}

long provided_available(const struct provided *type)
{
	char path[PATH_MAX];
	char text[32];
	int ret = file_read_line(provided_path(path, type, NULL, "available"), text,
				 sizeof(text));

	return ret < 0 ? ret : strtol(text, NULL, 10);
}
