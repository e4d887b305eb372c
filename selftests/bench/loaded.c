// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs that pci-personality is loaded, in a machine with many functions:
 * memory, the time to load, and the time that it adds when the functions are
 * found, as they are at boot. And whether a flip takes longer where there are
 * more functions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "module.h"
#include "personality.h"
#include "stats.h"
#include "ways.h"

#define FLIPPED		8	/* a slot */

static char many[TARGETS_MAX][PCI_BDF_LEN];

static const struct row row_base = { .section = "being loaded", .subject = "256 edu" };

/* Kernel memory in slabs, in bytes, when all that was freed is free */
static double slab(void)
{
	static char text[8192];
	const char *line;

	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	if (file_read("/proc/meminfo", text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, "\nSlab:");
	return line ? strtod(line + strlen("\nSlab:"), NULL) * 1024 : 0;
}

static int unload(void)
{
	int ret = module_unload_tree(PERSONALITY_MODULE);

	return ret ? diag_error(ret, "unloading " PERSONALITY_MODULE) : 0;
}

static int time_load(u64 *ns)
{
	u64 start = now_ns();
	int ret = module_load(PERSONALITY_MODULE);

	*ns = now_ns() - start;
	return ret;
}

/* Of the first @from functions, take all but the first @to off their buses */
static int shrink(int from, int to)
{
	int ret = 0;

	while (!ret && from > to)
		ret = pci_remove(many[--from]);
	return ret;
}

/* Lose a slot's functions and find them again, their driver included */
static int time_find(u64 *ns)
{
	int ret = shrink(FLIPPED, 0);
	u64 start = now_ns();

	ret = ret ?: pci_rescan();
	*ns = now_ns() - start;
	if (ret)
		return diag_error(ret, "rescan");
	return targets_find_many(many, TARGETS_MAX) == TARGETS_MAX ? 0 : -ENODEV;
}

static int measure_cost(int rounds)
{
	static struct samples memory, load, found;
	u64 with = 0, without = 0, loading = 0;
	double before, functions;
	struct row row = row_base;
	int ret = 0;
	int i;

	for (i = 0; !ret && i < rounds; i++) {
		ret = time_find(&with);
		ret = ret ?: unload();
		ret = ret ?: time_find(&without);
		before = slab();
		ret = ret ?: time_load(&loading);
		functions = file_count("/sys/bus/pci/devices/*/use_vfio");
		samples_add(&memory, (slab() - before) / functions);
		samples_add(&found, (double)with / without);
		samples_add(&load, (double)loading / without);
	}
	if (ret)
		return ret;
	row.what = "memory, per function";
	row.against = "bytes";
	row_print(&row, &memory);
	row.what = "finding 8 more functions, loaded";
	row.against = "not loaded";
	row_print(&row, &found);
	row.what = "loading, all functions there";
	row.against = "finding 8 of them";
	row_print(&row, &load);
	return 0;
}

/**
 * struct growth - what a way took with so many functions in the machine
 * @ratio: to the floor beside it, since the emulator itself slows down
 * @us: in microseconds
 */
struct growth {
	struct samples ratio;
	struct samples us;
};

static const struct way *const ways[] = { &way_method, &way_named, &way_tool };
static const int sizes[] = { 256, 64, 8 };

#define WAYS	ARRAY_SIZE(ways)
#define SIZES	ARRAY_SIZE(sizes)

static int measure_ways(struct targets *targets, struct growth growth[WAYS])
{
	u64 ns[2], floor[2];
	unsigned int w;
	int ret = 0;

	for (w = 0; !ret && w < WAYS; w++) {
		ret = way_measure(&way_floor, targets, floor);
		ret = ret ?: way_measure(ways[w], targets, ns);
		samples_add(&growth[w].ratio, (double)(ns[0] + ns[1]) /
			    (floor[0] + floor[1]));
		samples_add(&growth[w].us, (ns[0] + ns[1]) / 1e3 / FLIPPED);
	}
	return ret;
}

/* Against the last, where there are no others */
static void print_growth(struct growth growth[SIZES][WAYS])
{
	char subject[32];
	struct row row = { "in a larger machine", subject, NULL,
			   "where there are 8", 0 };
	struct samples relative;
	unsigned int s, w;
	int i;

	for (s = 0; s < SIZES - 1; s++) {
		snprintf(subject, sizeof(subject), "8 of %d edu", sizes[s]);
		for (w = 0; w < WAYS; w++) {
			relative = growth[s][w].ratio;
			for (i = 0; i < relative.count; i++)
				relative.value[i] /=
					samples_median(&growth[SIZES - 1][w].ratio);
			row.what = ways[w]->name;
			row.us = samples_median(&growth[s][w].us);
			row_print(&row, &relative);
		}
	}
}

/* The same functions flip among many, among fewer, and alone */
static int measure_growth(int rounds)
{
	static struct growth growth[SIZES][WAYS];
	static struct targets targets;
	unsigned int s;
	int ret, round, i;

	ret = targets_open(&targets);
	for (i = 0; !ret && i < FLIPPED; i++)
		ret = targets_add(&targets, many[i]);
	/* Loads what it takes */
	for (i = 0; !ret && i < (int)WAYS; i++)
		ret = way_measure(ways[i], &targets, (u64[2]) {});
	for (s = 0; !ret && s < SIZES; s++) {
		ret = shrink(s ? sizes[s - 1] : TARGETS_MAX, sizes[s]);
		for (round = 0; !ret && round < rounds; round++)
			ret = measure_ways(&targets, growth[s]);
	}
	if (!ret)
		print_growth(growth);
	return ret;
}

int main(void)
{
	int rounds = bench_rounds(20);
	int found = targets_find_many(many, TARGETS_MAX);

	if (found != TARGETS_MAX)
		return !!diag_error(-ENODEV, "%d functions of edu", found);
	return measure_cost(rounds) || measure_growth(rounds);
}
