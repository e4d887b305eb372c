// SPDX-License-Identifier: GPL-2.0
/*
 * Where the time of a write to use_vfio goes: the stages, as the trace event of
 * the transition has them, and what is outside of them (the event itself, the
 * uevent, the way into the kernel and back).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "stats.h"
#include "tracefs.h"
#include "ways.h"

#define EVENT "pci_personality/pci_personality_transition"

static const char *const stages[] = {
	"check", "load", "method", "unbind", "bind", "elsewhere",
};

#define STAGES		ARRAY_SIZE(stages)
#define ELSEWHERE	(STAGES - 1)

/**
 * struct result - what a way took
 * @share: of each stage, there and back
 * @us: of the stages, there and back
 */
struct result {
	struct samples share[2][STAGES];
	struct samples us[2][STAGES];
};

/* The time of @stage in the event of @trace that went this way, in ns */
static int find_stage(const char *trace, bool vfio, const char *stage, double *ns)
{
	const char *event = strstr(trace, vfio ? "use_vfio=1" : "use_vfio=0");
	char field[32];

	snprintf(field, sizeof(field), " %s_ns=", stage);
	event = event ? strstr(event, field) : NULL;
	if (!event)
		return diag_error(-ENOENT, "%s in the trace:\n%s", field, trace);
	*ns = strtod(event + strlen(field), NULL);
	return 0;
}

static int measure(const struct way *way, struct targets *targets,
		   struct result *result)
{
	static char trace[65536];
	unsigned int s;
	double ns = 0, rest;
	u64 total[2];
	int ret, i;

	/* Not what prepares it */
	ret = way_prepare(way, targets) ?: tracefs_clear();
	ret = ret ?: way_measure_prepared(way, targets, total);
	if (!ret && tracefs_read(trace, sizeof(trace)) < 0)
		ret = -EIO;
	for (i = 0; !ret && i < 2; i++) {
		rest = total[i];
		for (s = 0; !ret && s < STAGES; s++) {
			if (s != ELSEWHERE)
				ret = find_stage(trace, !i, stages[s], &ns);
			else
				ns = rest;
			rest -= ns;
			samples_add(&result->share[i][s], ns / total[i]);
			samples_add(&result->us[i][s], ns / 1e3);
		}
	}
	return ret;
}

static void print(const char *driver, const struct way *way,
		  const struct result *result)
{
	struct row row = { "where the time goes", driver, NULL, "the write", 0 };
	char what[80];
	unsigned int s;
	int i;

	row.what = what;
	for (i = 0; i < 2; i++) {
		for (s = 0; s < STAGES; s++) {
			if (samples_median(&result->share[i][s]) < 0.0005)
				continue;
			snprintf(what, sizeof(what), "%s, %s: %s", way->name,
				 i ? "back" : "to VFIO", stages[s]);
			row.us = samples_median(&result->us[i][s]);
			row_print(&row, &result->share[i][s]);
		}
	}
}

/* bench-stages [DRIVER]: with one of them, or with all */
int main(int argc, char **argv)
{
	static const struct way *const ways[] = {
		&way_method, &way_named, &way_fallback, &way_lookup,
	};
	static const char *const drivers[] = { "edu", "nvme", "igbvf" };
	static struct result result[ARRAY_SIZE(drivers)][ARRAY_SIZE(ways)];
	static struct targets targets[ARRAY_SIZE(drivers)];
	int rounds = bench_rounds(20);
	unsigned int d, w;
	int ret, round;

	ret = tracefs_start(EVENT);
	for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++)
		if (argc < 2 || !strcmp(argv[1], drivers[d]))
			ret = targets_open_lab(&targets[d], drivers[d]);
	for (round = 0; round < rounds; round++)
		for (d = 0; d < ARRAY_SIZE(drivers); d++)
			for (w = 0; !ret && w < ARRAY_SIZE(ways); w++)
				if (targets[d].count &&
				    !way_lacks(ways[w], &targets[d]))
					ret = measure(ways[w], &targets[d],
						      &result[d][w]);
	tracefs_stop();
	for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++)
		for (w = 0; w < ARRAY_SIZE(ways); w++)
			print(drivers[d], ways[w], &result[d][w]);
	return !!ret;
}
