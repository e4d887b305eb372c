// SPDX-License-Identifier: GPL-2.0
/* The storm: functions are switched, bound, taken away and removed. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "native.h"
#include "stress.h"
#include "wait.h"

/* What is only for a moment is so for so long at most; and what is for others to meet */
#define MOMENT_MS	300
#define LEND_MS		2000
#define DRIVERS		"/sys/bus/pci/drivers"

/*
 * More often there than back: users shall find something. What it ends in is what
 * was asked for; but from no driver at all the next one's way is short.
 */
int flip(const struct subject *subject, u32 arg)
{
	char origin[PCI_NAME_LEN] = "";
	bool vfio = arg % 3;
	int ret, is;

	personality_native_driver(subject->bdf, origin, sizeof(origin));
	ret = personality_set(subject->bdf, vfio);
	if (ret)
		return find_broken(subject) ?: ret;
	is = personality_get(subject->bdf);
	if (is < 0 || (!vfio && !strcmp(origin, "none")))
		return 0;
	if (is != vfio)
		return UNDONE;
	return find_both(subject) ?: find_override(subject);
}

int choose_driver(const struct subject *subject, u32 arg)
{
	static const char * const names[] = {
		"auto", "auto", "vfio-pci", "bound",
	};

	return personality_set_driver(subject->bdf,
				      names[arg % ARRAY_SIZE(names)]);
}

int set_birth(const struct subject *subject, u32 arg)
{
	return pci_write(subject->bdf, "personality/vfs_use_vfio",
			 arg & 1 ? "1" : "0");
}

int unbind(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_unbind(subject->bdf);
}

/* As the kernel would by itself, by the ids */
int bind_by_ids(const struct subject *subject, u32 arg)
{
	(void)arg;
	return file_write("/sys/bus/pci/drivers_probe", subject->bdf);
}

static int bind_named(const struct subject *subject, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DRIVERS "/%s/bind", driver);
	return file_write(path, subject->bdf);
}

/* Is @driver bound, and does the switch, which did not bind it, know what that is? */
static int check_stolen(const struct subject *subject, const char *driver)
{
	const char *bdf = subject->bdf;
	bool vfio = !strcmp(driver, "vfio-pci");
	char state[32], origin[PCI_NAME_LEN];

	/* No longer there, or the switch itself is not */
	if (pci_read_line(bdf, "personality/state", state, sizeof(state)) < 0 ||
	    personality_native_driver(bdf, origin, sizeof(origin)) < 0)
		return 0;
	if (!pci_driver_is(bdf, driver) ||
	    strcmp(state, vfio ? "vfio-rebound" : "native") ||
	    strcmp(origin, vfio ? "auto" : driver))
		return UNDONE;
	return 0;
}

static int take(const struct subject *subject, const char *driver)
{
	int ret = pci_write(subject->bdf, "driver_override", driver);

	if (ret)
		return ret;
	pci_unbind(subject->bdf);
	return bind_named(subject, driver);
}

/* Without an unbind of one's own, as soon as somebody else does it; or not at all */
static int snatch(const struct subject *subject, const char *driver)
{
	u64 end = now_ms() + MOMENT_MS;
	int ret;

	do {
		ret = pci_write(subject->bdf, "driver_override", driver) ?:
		      bind_named(subject, driver);
	} while (ret && now_ms() < end);
	return ret;
}

static const char *thief(const struct subject *subject, u32 arg)
{
	static const char * const drivers[] = {
		"vfio-pci", "vfio-pci", "pci-stub", NULL
	};

	return drivers[arg % ARRAY_SIZE(drivers)] ?: subject->native;
}

static bool gives_back(u32 arg)
{
	return arg & BIT(9);
}

/* As vfio-pci.ids= on a command line: it matches, where 0 looks for a driver */
bool steals_by_id(const struct subject *subject, u32 arg)
{
	return gives_back(arg) && !strcmp(thief(subject, arg), "vfio-pci");
}

static int steal_and_keep(const struct subject *subject, u32 arg)
{
	const char *driver = thief(subject, arg);
	bool snatched = arg & BIT(8);
	int ret;

	ret = snatched ? snatch(subject, driver) : take(subject, driver);
	if (!ret)
		ret = check_stolen(subject, driver);
	else
		ret = find_broken(subject) ?: (snatched ? 0 : ret);
	pci_write(subject->bdf, "driver_override", "\n");
	return ret;
}

/* By the switch, whose way back is the kernel's choice; an error is what flip() is for */
static int give_back(const struct subject *subject)
{
	int ret = flip(subject, FLIP_BACK);

	return ret == UNDONE || ret == OVERRIDDEN ? ret : 0;
}

/* As scripts and driverctl do it, whatever has the function, and whatever goes on */
int steal(const struct subject *subject, u32 arg)
{
	bool lent = steals_by_id(subject, arg) &&
		    !file_write(DRIVERS "/vfio-pci/new_id", subject->id);
	int ret = steal_and_keep(subject, arg);

	if (!ret && gives_back(arg))
		ret = give_back(subject);
	if (lent)
		file_write(DRIVERS "/vfio-pci/remove_id", subject->id);
	return ret;
}

/* vfio-pci takes what has no driver, now and as it appears, until it is taken back */
int lend_id(const struct subject *subject, u32 arg)
{
	int ret = file_write(DRIVERS "/vfio-pci/new_id", subject->id);

	if (ret)
		return ret;
	sleep_ms(arg % LEND_MS);
	return file_write(DRIVERS "/vfio-pci/remove_id", subject->id);
}

int remove_function(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_remove(subject->bdf);
}

int reset_function(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_write(subject->bdf, "reset", "1");
}

/* The VFs that were made are there for some time, unless somebody ends them */
int set_vfs(const struct subject *subject, u32 arg)
{
	int vfs = arg % 4 ? arg % VFS + 1 : 0;
	int ret = pci_set_vfs(subject->bdf, vfs);
	char netdev[PCI_NAME_LEN];
	long are;

	if (ret)
		return ret;
	if (!pci_netdev(subject->bdf, netdev, sizeof(netdev)))
		net_set_up(netdev, true);
	sleep_ms((arg >> 8) % MOMENT_MS);
	are = pci_number(subject->bdf, "sriov_numvfs");
	return are < 0 || are == vfs ? 0 : UNDONE;
}
