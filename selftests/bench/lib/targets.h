/* SPDX-License-Identifier: GPL-2.0 */
/* The functions that a benchmark flips. */
#ifndef BENCH_TARGETS_H
#define BENCH_TARGETS_H

#include "pci.h"

#define TARGETS_MAX	256

/**
 * struct target - a function, with files held open
 * @bdf: its address
 * @native: its native driver
 * @use_vfio: the switch's file
 * @override: driver_override
 * @bind: of its native driver
 * @unbind: likewise
 */
struct target {
	char bdf[PCI_BDF_LEN];
	char native[PCI_NAME_LEN];
	int use_vfio;
	int override;
	int bind;
	int unbind;
};

/**
 * struct targets - functions that are flipped together
 * @count: how many
 * @bind: vfio-pci's file
 * @unbind: likewise
 */
struct targets {
	int count;
	struct target target[TARGETS_MAX];
	int bind;
	int unbind;
};

/*
 * A function is added in its native personality, vfio-pci loaded. Return 0 or a
 * negative errno, after diag() said why.
 */
int targets_open(struct targets *targets);
int targets_add(struct targets *targets, const char *bdf);
void targets_close(struct targets *targets);

/* The lab's edu, nvme, or first VF of igb (igbvf), alone */
int targets_open_lab(struct targets *targets, const char *driver);

/*
 * The functions of edu that a machine has beside the lab's: the addresses of up to
 * @max, slot by slot, once the driver is bound. How many, or a negative errno
 */
int targets_find_many(char bdf[][PCI_BDF_LEN], int max);

/* What all will use when use_vfio is written: personality/vfio_driver */
int targets_set_driver(struct targets *targets, const char *driver);

/* Are all in VFIO, or all native? Says what is not */
bool targets_are(const struct targets *targets, bool vfio);

#endif /* BENCH_TARGETS_H */
