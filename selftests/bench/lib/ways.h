/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ways to bring functions to VFIO and back: the kernel's own files, ours, and
 * what people use.
 *
 * A program of another package runs from PEERS, a copy of the host's root file
 * system that can be written to; selftests/bench/guest makes it.
 */
#ifndef BENCH_WAYS_H
#define BENCH_WAYS_H

#include "targets.h"

#define PEERS	"/run/peers/root"

/**
 * struct way - a way
 * @name: in the table
 * @driver: what personality/vfio_driver reads meanwhile, or NULL
 * @lacking: why it is not for @t's kind, or NULL
 * @prepare: called before each measurement, or NULL
 * @flip: bring all of @targets to VFIO, or back: 0 or a negative errno
 */
struct way {
	const char *name;
	const char *driver;
	const char *(*lacking)(const struct target *t);
	int (*prepare)(struct targets *targets);
	int (*flip)(struct targets *targets, bool vfio);
};

/*
 * The floor: nothing but the writes that unbind, driver_override and bind take,
 * by a program that holds the files open.
 */
extern const struct way way_floor;

/* What prepares ours: the first flip after vfio_driver was written asks for modules */
int way_flip_once(struct targets *targets);

/* Ours: a write to use_vfio, the file held open */
extern const struct way way_method;
/* The same, but modprobe is asked whether a module has a better one */
extern const struct way way_method_lookup;
/* By the named driver; by the best one */
extern const struct way way_named;
extern const struct way way_fallback;
/* The same, but modprobe is asked, as it is by the first flip in a while */
extern const struct way way_lookup;
/* The tool, all functions in one call; the same by vfio-pci */
extern const struct way way_tool;
extern const struct way way_tool_named;

/* Others */
extern const struct way way_script;
extern const struct way way_driverctl;
extern const struct way way_dpdk;
extern const struct way way_libvirt;

/* Why @way cannot be measured on @targets, or NULL */
const char *way_lacks(const struct way *way, const struct targets *targets);

/*
 * Set vfio_driver and call prepare, which way_measure() does itself; what is left
 * to be measured is the flips.
 */
int way_prepare(const struct way *way, struct targets *targets);
int way_measure_prepared(const struct way *way, struct targets *targets, u64 ns[2]);

/*
 * Measure: how long there (@ns[0]) and back (@ns[1]) take, in ns. The functions
 * are native before and after, and vfio_driver reads auto. 0 or a negative errno,
 * after diag() said why.
 */
int way_measure(const struct way *way, struct targets *targets, u64 ns[2]);

#endif /* BENCH_WAYS_H */
