// SPDX-License-Identifier: GPL-2.0
/* The reference driver's functions, see edu_fixture.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "drivers/driver.h"
#include "drivers/edu.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"

const char *edu_lacks(void)
{
	char line[2048];
	u64 first = 0;
	FILE *f;

	/* Nothing else lets a function see memory where it is */
	if (file_read_line("/proc/cmdline", line, sizeof(line)) < 0 ||
	    !strstr(line, "iommu.passthrough=1"))
		return NULL;
	f = fopen("/proc/iomem", "re");
	while (f && !first && fgets(line, sizeof(line), f))
		if (strstr(line, " : System RAM"))
			sscanf(line, "%llx", &first);
	if (f)
		fclose(f);
	if (first >> EDU_DMA_BITS)
		return "this machine's memory begins beyond what edu can address";
	return NULL;
}

int edu_setup(struct edu_fixture *fixture, int count)
{
	char bdf[EDU_MAX][PCI_BDF_LEN];
	int ret;
	int i;

	memset(fixture, 0, sizeof(*fixture));
	ret = module_load(PERSONALITY_MODULE);
	if (ret)
		return ret;
	fixture->loaded = !module_loaded(EDU_DRIVER);
	ret = module_load(EDU_DRIVER);
	if (ret)
		return ret;

	fixture->count = edu_find(bdf, EDU_MAX);
	if (fixture->count < count)
		return diag_error(-ENODEV, "%d functions with the driver edu, not %d",
				  fixture->count, count);
	for (i = 0; i < fixture->count; i++) {
		ret = function_save(&fixture->was[i], bdf[i]);
		if (ret)
			return ret;
		if (fixture->was[i].vfio)
			return diag_error(-EBUSY, "%s is in VFIO", bdf[i]);
	}
	return 0;
}

int edu_teardown(struct edu_fixture *fixture)
{
	int ret = 0;
	int i;

	for (i = 0; i < fixture->count; i++)
		ret = function_restore(&fixture->was[i]) ?: ret;

	if (!fixture->loaded)
		return ret;
	if (module_loaded(EDU_VFIO))
		ret = module_unload(EDU_VFIO) ?: ret;
	ret = module_unload(EDU_DRIVER) ?: ret;
	return ret ? diag_error(ret, "putting edu back") : 0;
}

static bool is_not(const char *bdf, const char *what)
{
	diag("%s: %s", bdf, what);
	return false;
}

bool edu_is_vfio(const char *bdf)
{
	struct function_state is;
	char name[PCI_NAME_LEN];
	int fd;

	if (!personality_is(bdf, "vfio") || function_save(&is, bdf))
		return false;
	if (is.vfio != 1)
		return is_not(bdf, "use_vfio does not read 1");
	if (strcmp(is.driver, EDU_DRIVER))
		return is_not(bdf, "its driver is not bound any more");
	if (pci_vfio_device(bdf, name, sizeof(name)))
		return is_not(bdf, "no vfio-dev/vfioN");
	if (pci_has(bdf, "operations") || pci_has(bdf, "vfio/revision"))
		return is_not(bdf, "the driver's attributes are still there");

	fd = edu_open(bdf);
	if (fd < 0)
		return is_not(bdf, "the driver's /dev/eduN is gone");
	if (edu_read(fd, name, 1, 0) != -EBUSY) {
		close(fd);
		return is_not(bdf, "a native request does not fail with EBUSY");
	}
	close(fd);
	return true;
}

bool edu_is_native(const struct function_state *was)
{
	if (!personality_is(was->bdf, "native") || !function_is(was))
		return false;
	if (edu_operations(was->bdf) < 0 || !pci_has(was->bdf, "vfio/revision"))
		return is_not(was->bdf, "the driver's attributes are not back");
	return !edu_prove(was->bdf);
}

int edu_drive(const char *bdf)
{
	struct proof proof;

	return device_prove(bdf, &vfio_group_mode, &proof);
}

bool vfio_unload(void)
{
	module_unload_tree("vfio");
	return !module_loaded("vfio") && access("/sys/class/vfio-dev", F_OK);
}
