// SPDX-License-Identifier: GPL-2.0
/* Slices of an edu, see slice.h. */
#define _GNU_SOURCE
#include "diag.h"
#include "edu_fixture.h"
#include "module.h"
#include "slice.h"

#define SLICES(_parent) (&(const struct provided){ .parent = (_parent), .type = "edu-slice" })

static bool edu_is_ours;

const char *slice_path(char *path, const char *parent, const char *name, const char *attr)
{
	return provided_path(path, SLICES(parent), name, attr);
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
	return ret ?: provided_mount();
}

int slice_teardown(const char *parent)
{
	int ret = provided_remove_all(SLICES(parent));

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
	return provided_umount();
}

int slice_make(const char *parent, const char *name)
{
	return provided_make(SLICES(parent), name);
}

int slice_remove(const char *parent, const char *name)
{
	return provided_remove(SLICES(parent), name);
}

int slice_write(const char *parent, const char *name, const char *attr,
		const char *value)
{
	return provided_write(SLICES(parent), name, attr, value);
}

int slice_set_live(const char *parent, const char *name, bool live)
{
	return provided_set_live(SLICES(parent), name, live);
}

bool slice_reads(const char *parent, const char *name, const char *attr,
		 const char *value)
{
	return provided_reads(SLICES(parent), name, attr, value);
}

bool slice_says(const char *parent, const char *name, const char *words)
{
	return provided_says(SLICES(parent), name, words);
}

int slice_device(const char *parent, const char *name, char *device, size_t size)
{
	return provided_device(SLICES(parent), name, device, size);
}

long slice_available(const char *parent)
{
	return provided_available(SLICES(parent));
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
