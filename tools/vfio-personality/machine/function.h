/* SPDX-License-Identifier: GPL-2.0 */
/*
 * function: what sysfs says of the machine's PCI functions.
 */
#ifndef VP_FUNCTION_H
#define VP_FUNCTION_H

#include <stdbool.h>

#include "bdf.h"
#include "path.h"

/* Names of drivers, and of what they make */
#define NAME_LEN 64

#define SYS_PCI "sys/bus/pci/devices"

enum state {
	STATE_UNBOUND,
	STATE_NATIVE,
	STATE_VFIO,
	STATE_VFIO_REBOUND,
	STATE_BROKEN,
	STATE_UNBINDING,
};

/**
 * struct switch_texts - what the switch has to tell in words
 * @native_driver: where 0 leads, empty if not known
 * @vfio_driver: what 1 would use, empty if not known
 * @last_error: why the last write failed
 */
struct switch_texts {
	char native_driver[NAME_LEN];
	char vfio_driver[NAME_LEN];
	char last_error[256];
};

struct children;

/**
 * struct function - a PCI function as sysfs shows it
 * @bdf: its address
 * @address: the same as text
 * @path: see function_path(), NULL until then
 * @texts: see function_switch(), NULL until then
 * @children: see function_children(), NULL until then
 * @known: the rest has been read
 * @vendor: with @device, @subvendor, @subdevice and @class its identity
 * @state: its personality; without the switch, guessed from what is bound
 * @unbinding: for so many seconds, if that is what it is doing
 * @switchable: it has use_vfio
 * @driver: the bound driver, empty if there is none
 * @group: IOMMU group, -1 if there is none
 * @vfio_device: the vfio_device's name, empty if there is none
 * @max_vfs: 0 if it is no PF
 * @vfs: VFs that are enabled
 * @pf: of a VF, the PF's address, else empty
 * @boot_vga: the firmware's display
 * @selected: the verb is to work on it
 */
struct function {
	struct bdf bdf;
	char address[BDF_LEN];
	char *path;
	struct switch_texts *texts;
	struct children *children;
	bool known;
	unsigned int vendor, device, subvendor, subdevice, class;
	enum state state;
	unsigned long unbinding;
	bool switchable;
	char driver[NAME_LEN];
	long group;
	char vfio_device[NAME_LEN];
	unsigned long max_vfs, vfs;
	char pf[BDF_LEN];
	bool boot_vga;
	bool selected;
};

/**
 * struct machine - functions, by address
 * @root: where to look
 * @functions: the functions
 * @count: their number
 * @whole: all functions are known
 * @has_switch: pci-personality is loaded
 * @switch_error: loading it has failed, with this negative errno
 */
struct machine {
	const struct path_ctx *root;
	struct function *functions;
	size_t count;
	bool whole;
	bool has_switch;
	int switch_error;
};

#define for_each_function(f, m)						\
	for ((f) = (m)->functions; (f) < (m)->functions + (m)->count; (f)++)
#define for_each_selected(f, m)						\
	for ((f) = next_selected(m, NULL); (f); (f) = next_selected(m, f))

/*
 * A machine may have hundreds of functions, each of a score of files. So they are
 * read in steps: machine_open() finds their addresses only. Then functions become
 * known, with machine_know_all() all of them; and machine_narrow() leaves those
 * that are selected, with what shares their IOMMU groups, their PFs and VFs. What
 * few ask for is read when it is first asked for.
 */
void machine_open(struct machine *m, const struct path_ctx *root);
/* Reads @f, unless it is known. False if it is gone */
bool machine_know(const struct machine *m, struct function *f);
void machine_know_all(struct machine *m);
void machine_know_groups(const struct machine *m);
void machine_narrow(struct machine *m);
/* As after machine_narrow(), of the same selected functions that are still there */
void machine_read_again(struct machine *m);
void machine_free(struct machine *m);
/* The first one, or the one after @f; NULL at the end */
struct function *next_selected(const struct machine *m, struct function *f);
/* The function that the @path of a device of it goes through last, if it is known, or NULL */
struct function *function_on_path(const struct machine *m, char *path);
/* The same, known or not */
struct function *machine_find_on_path(const struct machine *m, char *path);
struct function *machine_find(const struct machine *m, const char *address);

/* Where it is in sysfs, relative to the links on the bus; empty if that is not known */
const char *function_path(const struct machine *m, const struct function *f);
const struct switch_texts *function_switch(const struct machine *m, const struct function *f);
/* The driver that it has while it is native: now, or where 0 leads */
const char *function_native_driver(const struct machine *m, const struct function *f);
/* What 1 would use: "auto", "bound" or a driver */
const char *function_vfio_driver(const struct machine *m, const struct function *f);

/*
 * driver_override, empty if none is set. Some kernels take the device's lock to tell it:
 * who reads it may have to wait for a driver that does not get away.
 */
void function_override(const struct machine *m, const struct function *f, char *buf, size_t size);

const char *state_name(enum state state);
bool in_vfio(const struct function *f);
/* Of the class of network controllers; others may have interfaces, too */
bool is_network(const struct function *f);
/* Forwards what others do, and belongs to no user; of no weight in a group */
bool is_bridge(const struct function *f);
/* A part of what is behind @upper: a function behind a bridge, or in a domain of its own */
bool is_below(const struct machine *m, const struct function *f, const struct function *upper);
bool same_group(const struct function *a, const struct function *b);
/* A bound driver that keeps VFIO's users off @f's group */
bool blocks_group(const struct function *f);

#endif
