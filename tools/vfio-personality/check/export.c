// SPDX-License-Identifier: GPL-2.0
/*
 * export: disks that the kernel hands to other machines, or as USB sticks.
 */
#include "export.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"

/* The subsystems that open disks by what is written here, and their modules */
static const struct {
	const char *module, *folder, *files;
} exporters[] = {
	{ "nvmet", "nvmet", "subsystems/*/namespaces/*/device_path" },
	{ "nvmet", "nvmet", "subsystems/*/passthru/device_path" },
	{ "target_core_mod", "target", "core/*/*/udev_path" },
	{ "libcomposite", "usb_gadget", "*/functions/*/lun.*/file" },
};

static void add_export(struct exports *exports, const struct path_ctx *root, const char *file)
{
	char device[PATH_TEXT];
	struct export *new;

	if (path_read(root, device, sizeof(device), "%s", file) <= 0)
		return;
	exports->v = xrealloc(exports->v, exports->n + 1, sizeof(*exports->v));
	new = exports->v + exports->n++;
	new->device = xstrdup(device);
	new->by = xasprintf("/%s", file);
}

static void find_files(struct exports *exports, const struct path_ctx *root, const char *folder,
		       const char *files)
{
	char *pattern = xasprintf("%s/" CONFIGFS "/%s/%s", root->name, folder, files);
	size_t skip = strlen(root->name) + 1;
	glob_t found;

	if (!glob(pattern, GLOB_NOSORT, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_export(exports, root, found.gl_pathv[i] + skip);
		globfree(&found);
	}
	free(pattern);
}

struct exports exports_find(const struct path_ctx *root)
{
	static const char unseen[] =
		"what the kernel exports cannot be seen: configfs is not on /sys/kernel/config";
	struct exports exports = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(exporters); i++) {
		find_files(&exports, root, exporters[i].folder, exporters[i].files);
		if (path_exists(root, "sys/module/%s", exporters[i].module) &&
		    !path_exists(root, CONFIGFS "/%s", exporters[i].folder))
			exports.unseen = unseen;
	}
	return exports;
}

void exports_free(struct exports *exports)
{
	for (size_t i = 0; i < exports->n; i++) {
		free(exports->v[i].device);
		free(exports->v[i].by);
	}
	free(exports->v);
	*exports = (struct exports){ 0 };
}
