// SPDX-License-Identifier: GPL-2.0
/*
 * All VFs of a PF in VFIO, from the write to sriov_numvfs on: born so, or brought there one
 * after the other once they have been born without a driver, or with their native one.
 *
 *	bench-births [PF]: by its lab's name, igb or nvme, or with all that are there
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "stats.h"
#include "vf.h"
#include "wait.h"
#include "ways.h"

#define AWAIT_MS	300000
#define PROBE		"/sys/bus/pci/drivers_probe"
/* Two are what the lab's own nvme may have for other tests */
#define MANY		8

/**
 * struct parent - a PF
 * @name: in the table
 * @bdf: its address, empty if it is not there
 * @native: its VFs' native driver, or NULL if that cannot use them as they are born
 * @vfs: what it can have, with their addresses alone
 */
struct parent {
	const char *name;
	char bdf[PCI_BDF_LEN];
	const char *native;
	struct targets vfs;
};

/**
 * struct birth - a way to have them all in VFIO
 * @what: in the table
 * @vfio: born there
 * @native: born with their native driver
 * @bring: what is done with all of them then, or NULL
 */
struct birth {
	const char *what;
	bool vfio;
	bool native;
	int (*bring)(struct targets *vfs);
};

static int by_override(struct targets *vfs)
{
	int ret = 0;
	int i;

	for (i = 0; !ret && i < vfs->count; i++)
		ret = pci_write(vfs->target[i].bdf, "driver_override", "vfio-pci") ?:
		      file_write(PROBE, vfs->target[i].bdf);
	return ret;
}

static int by_use_vfio(struct targets *vfs)
{
	int ret = 0;
	int i;

	for (i = 0; !ret && i < vfs->count; i++)
		ret = personality_set(vfs->target[i].bdf, true);
	return ret;
}

static int by_driverctl(struct targets *vfs)
{
	return way_driverctl.flip(vfs, true);
}

/* The first is the floor: the kernel's own files, and nothing else */
static const struct birth births[] = {
	{ "born without a driver, then driver_override of each", false, false, by_override },
	{ "born in VFIO", true, false, NULL },
	{ "born without a driver, then use_vfio of each", false, false, by_use_vfio },
	{ "born without a driver, then driverctl of each", false, false, by_driverctl },
	{ "born native, then use_vfio of each", false, true, by_use_vfio },
	{ "born native, then driverctl of each", false, true, by_driverctl },
};

#define BIRTHS		ARRAY_SIZE(births)

static const char *lacks(const struct parent *p, const struct birth *birth)
{
	if (birth->native && !p->native)
		return "its native driver cannot use them as they are born";
	if (birth->bring == by_driverctl && way_driverctl.lacking)
		return way_driverctl.lacking(&p->vfs.target[0]);
	return NULL;
}

static int bear(struct parent *p)
{
	int total = p->vfs.count;
	int ret = pci_set_vfs(p->bdf, total);
	int i;

	for (i = 0; !ret && i < total; i++)
		ret = pci_vf(p->bdf, i, p->vfs.target[i].bdf);
	return ret;
}

/* Have these the driver, or are they in VFIO if that is NULL? */
static bool have(const struct targets *vfs, const char *driver)
{
	char name[PCI_NAME_LEN];
	int i;

	for (i = 0; i < vfs->count; i++)
		if (driver ? !pci_driver_is(vfs->target[i].bdf, driver) :
			     pci_vfio_device(vfs->target[i].bdf, name, sizeof(name)))
			return false;
	return true;
}

static int set_up(const struct parent *p, const struct birth *birth)
{
	return pci_write(p->bdf, "personality/vfs_use_vfio", birth->vfio ? "1" : "0") ?:
	       pci_write(p->bdf, "sriov_drivers_autoprobe",
			 birth->vfio || birth->native ? "1" : "0");
}

static int measure(struct parent *p, const struct birth *birth, double *ns)
{
	int ret = set_up(p, birth);
	u64 start = now_ns();

	ret = ret ?: bear(p);
	if (!ret && birth->native)
		ret = wait_for(have(&p->vfs, p->native), AWAIT_MS);
	if (!ret && birth->bring)
		ret = birth->bring(&p->vfs);
	ret = ret ?: wait_for(have(&p->vfs, NULL), AWAIT_MS);
	*ns = now_ns() - start;
	if (ret)
		diag_error(ret, "%s: %s", p->bdf, birth->what);
	return pci_set_vfs(p->bdf, 0) ?: ret;
}

static int tear_down(const struct parent *p)
{
	return pci_write(p->bdf, "personality/vfs_use_vfio", "0") ?:
	       pci_write(p->bdf, "sriov_drivers_autoprobe", "1");
}

static int run(struct parent *p, int rounds)
{
	static struct samples ratio[BIRTHS], us[BIRTHS];
	struct row row = { "births", NULL, NULL, "the first of these", 0 };
	char subject[32];
	double ns, floor = 0;
	unsigned int b;
	int round, ret = 0;

	memset(ratio, 0, sizeof(ratio));
	memset(us, 0, sizeof(us));
	for (round = 0; round < rounds; round++)
		for (b = 0; !ret && b < BIRTHS; b++) {
			if (lacks(p, &births[b]))
				continue;
			ret = measure(p, &births[b], &ns);
			floor = b ? floor : ns;
			samples_add(&ratio[b], ns / floor);
			samples_add(&us[b], ns / 1e3);
		}
	ret = tear_down(p) ?: ret;
	if (ret)
		return ret;

	snprintf(subject, sizeof(subject), "%d of %s", p->vfs.count, p->name);
	row.subject = subject;
	for (b = 0; b < BIRTHS; b++) {
		row.what = births[b].what;
		if (lacks(p, &births[b])) {
			row_lacking(&row, lacks(p, &births[b]));
			continue;
		}
		row.us = samples_median(&us[b]);
		row_print(&row, &ratio[b]);
	}
	return 0;
}

static int open_igb(struct parent *p)
{
	int ret = pci_set_vfs(lab_igb.bdf, 0) ?: pf_set_up(true) ?: module_load("igbvf");

	snprintf(p->bdf, sizeof(p->bdf), "%s", lab_igb.bdf);
	p->vfs.count = pci_number(p->bdf, "sriov_totalvfs");
	return ret;
}

/* An nvme VF is switched on by its PF, which nobody asks to here: vfio-pci does not mind */
static int open_nvme(struct parent *p)
{
	if (pci_find_pf(nvme_driver.vendor, nvme_driver.device, MANY, p->bdf))
		return 0;
	p->vfs.count = pci_number(p->bdf, "sriov_totalvfs");
	return function_await_driver(p->bdf, "nvme") ? pci_set_vfs(p->bdf, 0) : -ENODEV;
}

int main(int argc, char **argv)
{
	static struct parent igb = { .name = "igb", .native = "igbvf" };
	static struct parent nvme = { .name = "nvme" };
	static const struct {
		struct parent *parent;
		int (*open)(struct parent *p);
	} all[] = { { &igb, open_igb }, { &nvme, open_nvme } };
	int rounds = bench_rounds(5);
	unsigned int i;
	int ret;

	ret = module_load("vfio-pci") ?: module_load("vfio_iommu_type1");
	for (i = 0; !ret && i < ARRAY_SIZE(all); i++) {
		if (argc > 1 && strcmp(argv[1], all[i].parent->name))
			continue;
		ret = all[i].open(all[i].parent);
		if (!ret && all[i].parent->bdf[0])
			ret = run(all[i].parent, rounds);
	}
	return !!ret;
}
