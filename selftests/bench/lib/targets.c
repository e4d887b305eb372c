// SPDX-License-Identifier: GPL-2.0
/* The functions that a benchmark flips, see targets.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "diag.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "targets.h"
#include "vf.h"

static int open_file(const char *folder, const char *name, const char *file)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/%s/%s/%s", folder, name, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? diag_error(-errno, "%s", path) : fd;
}

int targets_open(struct targets *targets)
{
	/* Four files a function */
	const struct rlimit files = { 8 * TARGETS_MAX, 8 * TARGETS_MAX };
	int ret;

	memset(targets, 0, sizeof(*targets));
	if (setrlimit(RLIMIT_NOFILE, &files))
		return diag_error(-errno, "open files");
	ret = module_load("vfio-pci");
	if (ret)
		return ret;
	targets->bind = open_file("drivers", "vfio-pci", "bind");
	targets->unbind = open_file("drivers", "vfio-pci", "unbind");
	return targets->bind < 0 || targets->unbind < 0 ? -ENOENT : 0;
}

int targets_add(struct targets *targets, const char *bdf)
{
	struct target *t = &targets->target[targets->count];

	if (targets->count == TARGETS_MAX)
		return diag_error(-E2BIG, "%s", bdf);
	snprintf(t->bdf, sizeof(t->bdf), "%s", bdf);
	if (pci_driver(bdf, t->native, sizeof(t->native)) || !t->native[0])
		return diag_error(-ENODEV, "%s: native driver", bdf);
	t->use_vfio = open_file("devices", bdf, "use_vfio");
	t->override = open_file("devices", bdf, "driver_override");
	t->bind = open_file("drivers", t->native, "bind");
	t->unbind = open_file("drivers", t->native, "unbind");
	targets->count++;
	return t->use_vfio < 0 || t->override < 0 || t->bind < 0 || t->unbind < 0 ?
	       -ENOENT : 0;
}

int targets_open_lab(struct targets *targets, const char *driver)
{
	char vf[2][PCI_BDF_LEN];
	const char *bdf = vf[0];
	int ret = 0;

	if (!strcmp(driver, "igbvf"))
		ret = vf_create(ARRAY_SIZE(vf), vf);
	else if (!strcmp(driver, "edu"))
		ret = module_load("edu");
	if (!strcmp(driver, "edu"))
		bdf = lab_edu.bdf;
	else if (!strcmp(driver, "nvme"))
		bdf = lab_nvme.bdf;
	ret = ret ?: targets_open(targets);
	return ret ?: targets_add(targets, bdf);
}

static bool in_lab(const char *bdf)
{
	return !strcmp(bdf, lab_edu.bdf) || !strcmp(bdf, lab_edu2.bdf) ||
	       !strcmp(bdf, lab_slot_edu.bdf);
}

int targets_find_many(char bdf[][PCI_BDF_LEN], int max)
{
	char all[TARGETS_MAX + 3][PCI_BDF_LEN];
	int ret = module_load("edu");
	int found, count = 0;
	int i;

	if (ret)
		return ret;
	found = pci_find(lab_edu.vendor, lab_edu.device, all, ARRAY_SIZE(all));
	for (i = 0; i < found && count < max; i++) {
		if (in_lab(all[i]))
			continue;
		if (!function_await_driver(all[i], "edu"))
			return -ENODEV;
		strcpy(bdf[count++], all[i]);
	}
	return count;
}

void targets_close(struct targets *targets)
{
	int i;

	for (i = 0; i < targets->count; i++) {
		close(targets->target[i].use_vfio);
		close(targets->target[i].override);
		close(targets->target[i].bind);
		close(targets->target[i].unbind);
	}
	close(targets->bind);
	close(targets->unbind);
}

int targets_set_driver(struct targets *targets, const char *driver)
{
	int ret = 0;
	int i;

	for (i = 0; !ret && i < targets->count; i++)
		ret = personality_set_driver(targets->target[i].bdf, driver);
	return ret;
}

bool targets_are(const struct targets *targets, bool vfio)
{
	const struct target *t;
	int i;

	for (i = 0; i < targets->count; i++) {
		t = &targets->target[i];
		if (personality_get(t->bdf) == vfio &&
		    (vfio || pci_driver_is(t->bdf, t->native)))
			continue;
		diag("%s is not %s", t->bdf, vfio ? "in VFIO" : "native");
		return false;
	}
	return true;
}
