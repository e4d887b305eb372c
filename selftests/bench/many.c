// SPDX-License-Identifier: GPL-2.0
/*
 * Many functions of edu together, by each way as it takes many: the tool all at
 * once and side by side, others one after the other.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "stats.h"
#include "ways.h"

/* What takes long, for its many processes, is measured in each fifth round only, */
#define FEWER		5
/* and with more functions than this not at all */
#define TOO_LONG	64

/**
 * struct many - a way
 * @way: the way
 * @max: with more functions than this it takes long
 */
static const struct many {
	const struct way *way;
	int max;
} ways[] = {
	{ &way_tool, 256 },
	{ &way_tool_named, 8 },
	{ &way_method, 256 },
	{ &way_script, 8 },
	{ &way_driverctl, 8 },
	{ &way_dpdk, 8 },
	{ &way_libvirt, 8 },
};

#define WAYS		ARRAY_SIZE(ways)

static const int counts[] = { 8, 1, 64, 256 };

#define COUNTS		ARRAY_SIZE(counts)

/**
 * struct result - what a way took for so many
 * @lacking: why it was not measured, or NULL
 * @ratio: to the floor beside it
 * @growth: of the time per function, against eight in the same round
 * @us: per function
 */
struct result {
	const char *lacking;
	struct samples ratio;
	struct samples growth;
	struct samples us;
};

static struct targets targets[COUNTS];
static struct result results[COUNTS][WAYS];

static int time_way(const struct way *way, struct targets *t, double *ns)
{
	u64 there_and_back[2];
	int ret = way_measure(way, t, there_and_back);

	*ns = there_and_back[0] + there_and_back[1];
	return ret;
}

static bool is_due(const struct result *result, const struct many *many,
		   int count, int round)
{
	return !result->lacking && (count <= many->max || round % FEWER == 0);
}

/* One count: the floor, and all ways that are due */
static int measure(int c, int round, double eight[WAYS])
{
	double ns, floor = 0;
	unsigned int w;
	int ret = 0;

	for (w = 0; !ret && w < WAYS; w++) {
		struct result *result = &results[c][w];

		if (!is_due(result, &ways[w], counts[c], round))
			continue;
		if (!floor)
			ret = time_way(&way_floor, &targets[c], &floor);
		ret = ret ?: time_way(ways[w].way, &targets[c], &ns);
		if (ret)
			break;
		samples_add(&result->ratio, ns / floor);
		ns /= counts[c];
		samples_add(&result->us, ns / 1e3);
		if (!c)
			eight[w] = ns;
		else
			samples_add(&result->growth, ns / eight[w]);
	}
	return ret;
}

static void print(void)
{
	char subject[32], what[80];
	struct row row = { "many", subject, what, NULL, 0 };
	unsigned int c, w;

	for (c = 0; c < COUNTS; c++) {
		snprintf(subject, sizeof(subject), "%d edu", counts[c]);
		for (w = 0; w < WAYS; w++) {
			struct result *result = &results[c][w];

			snprintf(what, sizeof(what), "%s", ways[w].way->name);
			if (result->lacking) {
				row_lacking(&row, result->lacking);
				continue;
			}
			row.us = samples_median(&result->us);
			row.against = "the floor";
			row_print(&row, &result->ratio);
			if (!c)
				continue;
			snprintf(what, sizeof(what), "%s, per function",
				 ways[w].way->name);
			row.against = "that of 8";
			row_print(&row, &result->growth);
		}
	}
}

static int open_targets(void)
{
	static char bdf[TARGETS_MAX][PCI_BDF_LEN];
	int found = targets_find_many(bdf, TARGETS_MAX);
	unsigned int c;
	int ret = 0;
	int i;

	if (found < 0)
		return found;
	for (c = 0; !ret && c < COUNTS; c++) {
		if (found < counts[c])
			return diag_error(-ENODEV, "%d functions of edu, not %d",
					  found, counts[c]);
		/* One alone is alone in its group, or the tool would warn of it */
		if (counts[c] == 1)
			ret = targets_open_lab(&targets[c], "edu");
		else
			ret = targets_open(&targets[c]);
		for (i = 0; !ret && counts[c] > 1 && i < counts[c]; i++)
			ret = targets_add(&targets[c], bdf[i]);
	}
	return ret;
}

int main(void)
{
	int rounds = bench_rounds(20);
	unsigned int c, w;
	double eight[WAYS];
	int ret, round;
	u64 ns[2];

	ret = open_targets();
	/* Loads what it takes */
	ret = ret ?: way_measure(&way_method, &targets[0], ns);
	for (c = 0; !ret && c < COUNTS; c++) {
		for (w = 0; w < WAYS; w++) {
			results[c][w].lacking = way_lacks(ways[w].way, &targets[c]);
			if (!results[c][w].lacking && counts[c] > TOO_LONG &&
			    ways[w].max < counts[c])
				results[c][w].lacking = "takes too long";
		}
	}
	for (round = 0; round < rounds; round++)
		for (c = 0; !ret && c < COUNTS; c++)
			ret = measure(c, round, eight);
	if (!ret)
		print();
	return !!ret;
}
