// SPDX-License-Identifier: GPL-2.0
/*
 * The calm after a storm, of vfio_devices on demand: their numbers agree, those that are live
 * work, and all can go.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edu_fixture.h"
#include "file.h"
#include "module.h"
#include "slice.h"
#include "stress.h"

/* Of slice_use_once() */
#define BY_CDEV		BIT(0)
#define WORKS		BIT(1)

static bool has_slices(unsigned int i)
{
	return PARENTS & BIT(i);
}

static int children(const char *bdf)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio_provider.*", bdf);
	return file_count(path);
}

static bool reads(unsigned int i, const char *name, const char *attr, const char *value)
{
	char path[PATH_MAX];
	char text[PATH_MAX];

	return file_read_line(slice_path(path, subjects[i].bdf, name, attr), text,
			      sizeof(text)) >= 0 && !strcmp(text, value);
}

/* Whatever the storm made of it */
static int check_one(unsigned int i, const char *name, bool provided, u32 arg)
{
	const char *bdf = subjects[i].bdf;
	int ret = slice_look(bdf, name);

	if (ret)
		return wrong(i, "the files of a slice disagree", ret);
	if (!reads(i, name, "state", "live"))
		return reads(i, name, "state", provided ? "configured" : "gone") ? 0 :
		       wrong(i, "a slice is in a state that its parent is not", 0);
	ret = slice_use_once(bdf, name, arg | WORKS);
	return ret ? wrong(i, "a slice that is live does not work", ret) : 0;
}

static int check_numbers(unsigned int i, unsigned int live, bool provided)
{
	const char *bdf = subjects[i].bdf;
	long available = slice_available(bdf);

	report("  %s: %u slices live, %u vfio_devices, %d children, %ld available",
	       subjects[i].name, live, slices_living(bdf), children(bdf), available);
	if (slices_living(bdf) != live || children(bdf) != (int)live)
		return wrong(i, "there are other children than slices that are live", 0);
	if (live && !provided)
		return wrong(i, "slices are live, and nobody provides them", 0);
	if (provided && available != SLICES_MAX - (long)live)
		return wrong(i, "other slices are available than are not live", 0);
	if (live && personality_get(bdf) == 1)
		return wrong(i, "is in VFIO, and slices are live", 0);
	return 0;
}

static int check_as_found(unsigned int i)
{
	const char *bdf = subjects[i].bdf;
	bool provided = pci_driver_is(bdf, EDU_DRIVER);
	char name[SLICE_NAME_LEN], path[PATH_MAX];
	unsigned int number, live = 0;
	int bad = 0;

	for (number = 0; number < SLICE_NAMES_MAX; number++) {
		slice_name(number, name);
		if (access(slice_path(path, bdf, name, NULL), F_OK))
			continue;
		bad += check_one(i, name, provided, number & BY_CDEV);
		live += reads(i, name, "live", "1");
	}
	bad += check_numbers(i, live, provided);
	/* Beside those that are live */
	if (live && edu_prove(bdf))
		bad += wrong(i, "does not work natively beside slices", 0);
	return bad;
}

static int remove_one(unsigned int i, const char *name)
{
	int ret = slice_set_live(subjects[i].bdf, name, false);

	if (ret)
		return wrong(i, "live=0 of a slice, in the calm", ret);
	ret = slice_remove(subjects[i].bdf, name);
	return ret ? wrong(i, "rmdir of a slice, in the calm", ret) : 0;
}

static int remove_all(unsigned int i)
{
	char name[SLICE_NAME_LEN], path[PATH_MAX];
	unsigned int number;
	int bad = 0;

	for (number = 0; number < SLICE_NAMES_MAX; number++) {
		slice_name(number, name);
		if (!access(slice_path(path, subjects[i].bdf, name, NULL), F_OK))
			bad += remove_one(i, name);
	}
	return bad + check_numbers(i, 0, pci_driver_is(subjects[i].bdf, EDU_DRIVER));
}

int slice_calm_note(void)
{
	return slice_setup();
}

int slice_calm_check(void)
{
	unsigned int i;
	int bad = 0;
	int ret;

	for (i = 0; i < SUBJECTS; i++)
		if (has_slices(i))
			bad += check_as_found(i) + remove_all(i);
	/* Nothing that was made holds it any more */
	ret = module_unload(SLICE_MODULE);
	if (ret) {
		report("WRONG: " SLICE_MODULE " is held: %s", strerrorname_np(-ret));
		bad++;
	}
	return bad + !!module_load(SLICE_MODULE);
}

/* A native function can provide, and is not VFIO's as long as it does */
int slice_calm_prove(unsigned int i)
{
	const char *bdf = subjects[i].bdf;
	int bad = 0;
	int ret;

	if (!has_slices(i))
		return 0;
	ret = slice_make(bdf, "calm") ?: slice_set_live(bdf, "calm", true);
	if (ret)
		return wrong(i, "no slice can be had", ret);
	ret = slice_use_once(bdf, "calm", WORKS);
	if (ret)
		bad += wrong(i, "its slice does not work", ret);
	if (edu_prove(bdf))
		bad += wrong(i, "does not work natively beside its slice", 0);
	ret = personality_set(bdf, true);
	if (ret != -EBUSY)
		bad += wrong(i, "1, while its slice is live", ret);
	bad += check_numbers(i, 1, true);
	return bad + remove_one(i, "calm");
}

/* While its function is VFIO's, there is none */
int slice_calm_refused(unsigned int i)
{
	const char *bdf = subjects[i].bdf;
	int bad = 0;
	int ret;

	if (!has_slices(i))
		return 0;
	ret = slice_make(bdf, "calm");
	if (ret)
		return wrong(i, "no slice can be made, in VFIO", ret);
	ret = slice_set_live(bdf, "calm", true);
	if (ret != -EBUSY)
		bad += wrong(i, "live=1 of a slice, in VFIO", ret);
	bad += check_numbers(i, 0, true);
	return bad + remove_one(i, "calm");
}

int slice_calm_unload(void)
{
	if (!slice_teardown(subjects[EDU].bdf))
		return 0;
	report("WRONG: what provides slices does not go");
	return 1;
}
