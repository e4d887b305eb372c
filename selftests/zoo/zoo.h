/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The zoo: one device of each model that QEMU has, as selftests/zoo/list says.
 *
 * main.c       the program: every animal of a batch at once
 * keeper.c     one animal: to VFIO and back, three times
 * coldplug.c   loads the modules that udev would
 * children.c   what a driver makes of a function, in sysfs
 * config.c     a function's configuration space
 * work.c       a function at work, natively
 *
 * Functions that can fail return 0 or a negative errno, after they said with diag()
 * what went wrong.
 */
#ifndef ZOO_H
#define ZOO_H

#include "pci.h"
#include "types.h"

/**
 * struct animal - a line of the list
 * @batch: the machine that it is in
 * @model: QEMU's name of it
 * @driver: that stock kernels have for it, "-" if none
 * @kind: what is behind it, and so what it can be seen to do
 * @slot: on the root bus
 * @port: it is behind a port in that slot
 */
struct animal {
	const char *batch;
	const char *model;
	const char *driver;
	const char *kind;
	int slot;
	bool port;
};

/* Generated from the list; ends with one that has no model */
extern const struct animal zoo[];

/* Its address; -ENODEV, silently, if this QEMU has no such model */
int animal_find(const struct animal *animal, char *bdf);
/* Is its driver bound, and has that made what it should? */
bool animal_awake(const struct animal *animal, const char *bdf);
/* To VFIO and back, with its @work in between if it is awake */
int animal_flip(const struct animal *animal, const char *bdf, bool work);

/* Load what serves the function and all below it: how many were new, or -errno */
int coldplug(const char *bdf);
/* Is there a device, it or one below it, that this kernel has no module for? */
bool coldplug_lacks(const char *bdf);

/**
 * struct child - a device below a function
 * @path: from the function on
 * @subsystem: what it is
 */
struct child {
	const char *path;
	const char *subsystem;
};

/* Call @visit for each until it returns true: did it? */
bool children_walk(const char *bdf,
		   bool (*visit)(const struct child *child, void *data),
		   void *data);

/*
 * The devices below a function, a line for each: its subsystem and path. Numbers and
 * letters that only count are left out: names are free for whoever comes first. To be
 * freed; NULL without memory.
 */
char *children_list(const char *bdf);
/* How many are of the class */
int children_count(const char *bdf, const char *subsystem);
/* The name of one of them: 0 or, silently, -ENOENT */
int children_first(const char *bdf, const char *subsystem, char *name, size_t size);

#define CONFIG_SPACE 4096

/* Configuration space without what changes by itself: how many bytes, or -errno */
int config_read(const char *bdf, u8 *config);
/* Is it the same as @was? Says what is not */
bool config_is(const char *bdf, const u8 *was, int size);

/* What of the animal's kind is to be found below its function, NULL if nothing */
const char *work_product(const struct animal *animal);
/* Have it do something */
int work_prove(const struct animal *animal, const char *bdf);

#endif /* ZOO_H */
