// SPDX-License-Identifier: GPL-2.0
/* The kernel's own way and ours, see ways.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "module.h"
#include "pci.h"
#include "stats.h"
#include "ways.h"

static int put(int fd, const char *value)
{
	return pwrite(fd, value, strlen(value), 0) < 0 ? -errno : 0;
}

static int floor_flip(struct targets *targets, bool vfio)
{
	struct target *t;
	int ret = 0;
	int i;

	for (i = 0; !ret && i < targets->count; i++) {
		t = &targets->target[i];
		ret = put(t->override, vfio ? "vfio-pci" : "\n");
		ret = ret ?: put(vfio ? t->unbind : targets->unbind, t->bdf);
		ret = ret ?: put(vfio ? targets->bind : t->bind, t->bdf);
	}
	return ret;
}

const struct way way_floor = {
	.name = "floor",
	.flip = floor_flip,
};

static int switch_flip(struct targets *targets, bool vfio)
{
	int ret = 0;
	int i;

	for (i = 0; !ret && i < targets->count; i++)
		ret = put(targets->target[i].use_vfio, vfio ? "1" : "0");
	return ret;
}

int way_flip_once(struct targets *targets)
{
	int ret = switch_flip(targets, true);

	return ret ?: switch_flip(targets, false);
}

static const char *method_lacking(const struct target *t)
{
	char module[128];

	/* One that is for all of the driver's functions answers as well */
	snprintf(module, sizeof(module), "pci-personality-vfio:%s:v%04lXd%04lX", t->native,
		 pci_number(t->bdf, "vendor"), pci_number(t->bdf, "device"));
	return module_exists(module) ? NULL : "its driver has none";
}

const struct way way_method = {
	.name = "method",
	.driver = "bound",
	.lacking = method_lacking,
	.prepare = way_flip_once,
	.flip = switch_flip,
};

const struct way way_method_lookup = {
	.name = "method, modprobe asked",
	.driver = "bound",
	.lacking = method_lacking,
	.flip = switch_flip,
};

static const char *fallback_lacking(const struct target *t)
{
	/* With a method, auto would take that; by name there is no lookup */
	return method_lacking(t) ? NULL : "its driver has a method";
}

const struct way way_named = {
	.name = "fallback (vfio-pci)",
	.driver = "vfio-pci",
	.flip = switch_flip,
};

const struct way way_fallback = {
	.name = "fallback (auto)",
	.driver = "auto",
	.lacking = fallback_lacking,
	.prepare = way_flip_once,
	.flip = switch_flip,
};

/* That a module has gone makes the switch ask for modules again */
static int let_module_go(struct targets *targets)
{
	int ret = module_load("pci-stub");

	(void)targets;
	return ret ?: module_unload("pci-stub");
}

const struct way way_lookup = {
	.name = "fallback (auto), modprobe asked",
	.driver = "auto",
	.lacking = fallback_lacking,
	.prepare = let_module_go,
	.flip = switch_flip,
};

const char *way_lacks(const struct way *way, const struct targets *targets)
{
	return way->lacking ? way->lacking(&targets->target[0]) : NULL;
}

int way_prepare(const struct way *way, struct targets *targets)
{
	int ret = 0;

	if (way->driver)
		ret = targets_set_driver(targets, way->driver);
	if (!ret && way->prepare)
		ret = way->prepare(targets);
	return ret ? diag_error(ret, "%s: preparing", way->name) : 0;
}

static int flip_and_back(const struct way *way, struct targets *targets, u64 ns[2])
{
	int ret = 0;
	u64 start;
	int i;

	for (i = 0; i < 2; i++) {
		start = now_ns();
		ret = way->flip(targets, !i);
		ns[i] = now_ns() - start;
		if (!ret && !targets_are(targets, !i))
			ret = -EPROTO;
		if (ret)
			return diag_error(ret, "%s, %s of %d functions", way->name,
					  i ? "back" : "to VFIO", targets->count);
	}
	return 0;
}

int way_measure_prepared(const struct way *way, struct targets *targets, u64 ns[2])
{
	int ret = flip_and_back(way, targets, ns);
	int restored = way->driver ? targets_set_driver(targets, "auto") : 0;

	return ret ?: restored;
}

int way_measure(const struct way *way, struct targets *targets, u64 ns[2])
{
	return way_prepare(way, targets) ?: way_measure_prepared(way, targets, ns);
}
