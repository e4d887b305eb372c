// SPDX-License-Identifier: GPL-2.0
/*
 * One function, to VFIO and back, by each way. A way is measured beside the floor,
 * one directly after the other, in turn first; all ways once in each round.
 */
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "stats.h"
#include "ways.h"

static const struct way *const ways[] = {
	&way_method, &way_method_lookup, &way_named, &way_fallback, &way_lookup, &way_tool,
	&way_script, &way_driverctl, &way_dpdk, &way_libvirt,
};

#define WAYS		ARRAY_SIZE(ways)
#define SUBJECTS	3

static const char *const directions[] = { "to VFIO", "back", "there and back" };

#define DIRECTIONS	ARRAY_SIZE(directions)

/**
 * struct result - what a way took
 * @lacking: why it was not measured, or NULL
 * @ratio: to the floor beside it, by direction
 * @us: in microseconds, by direction
 */
struct result {
	const char *lacking;
	struct samples ratio[DIRECTIONS];
	struct samples us[DIRECTIONS];
};

struct subject {
	const char *name;
	struct targets targets;
	struct result result[WAYS];
};

static struct subject subjects[SUBJECTS];

static int measure(struct subject *subject, unsigned int w, int round)
{
	const struct way *pair[] = { &way_floor, ways[w] };
	struct result *result = &subject->result[w];
	u64 ns[2][DIRECTIONS];
	unsigned int i, d;
	int ret;

	for (i = 0; i < 2; i++) {
		unsigned int which = (i + round) % 2;

		ret = way_measure(pair[which], &subject->targets, ns[which]);
		if (ret)
			return ret;
		ns[which][2] = ns[which][0] + ns[which][1];
	}
	for (d = 0; d < DIRECTIONS; d++) {
		samples_add(&result->ratio[d], (double)ns[1][d] / ns[0][d]);
		samples_add(&result->us[d], ns[1][d] / 1e3);
	}
	return 0;
}

/* How many times as long as the method another way took, round by round */
static void print_against_method(const struct subject *subject, unsigned int w)
{
	struct row row = { "one flip", subject->name, ways[w]->name, "the method", 0 };
	const struct result *method = &subject->result[0];
	const struct result *other = &subject->result[w];
	struct samples s = {};
	int i;

	if (method->lacking || other->lacking)
		return;
	for (i = 0; i < other->ratio[2].count; i++)
		samples_add(&s, other->ratio[2].value[i] / method->ratio[2].value[i]);
	row_print(&row, &s);
}

static void print(const struct subject *subject)
{
	struct row row = { .section = "one flip", .subject = subject->name };
	const struct result *result;
	unsigned int w, d;
	char what[80];

	for (w = 0; w < WAYS; w++) {
		result = &subject->result[w];
		row.what = ways[w]->name;
		if (result->lacking) {
			row_lacking(&row, result->lacking);
			continue;
		}
		for (d = 0; d < DIRECTIONS; d++) {
			snprintf(what, sizeof(what), "%s, %s", ways[w]->name,
				 directions[d]);
			row.what = what;
			row.against = "the floor";
			row.us = samples_median(&result->us[d]);
			row_print(&row, &result->ratio[d]);
		}
	}
	for (w = 1; w < WAYS; w++)
		if (ways[w] == &way_driverctl || ways[w] == &way_dpdk)
			print_against_method(subject, w);
}

/* Whatever is loaded or cached by a first flip is there afterwards */
static int warm_up(struct subject *subject)
{
	u64 ns[2];
	unsigned int w;
	int ret;

	ret = way_measure(&way_floor, &subject->targets, ns);
	for (w = 0; !ret && w < WAYS; w++) {
		struct result *result = &subject->result[w];

		result->lacking = way_lacks(ways[w], &subject->targets);
		if (!result->lacking)
			ret = way_measure(ways[w], &subject->targets, ns);
	}
	return ret;
}

static int run(int n, int rounds)
{
	unsigned int w;
	int ret = 0;
	int i, round;

	for (i = 0; !ret && i < n; i++)
		ret = warm_up(&subjects[i]);
	for (round = 0; round < rounds; round++)
		for (i = 0; i < n; i++)
			for (w = 0; !ret && w < WAYS; w++)
				if (!subjects[i].result[w].lacking)
					ret = measure(&subjects[i], w, round);
	for (i = 0; !ret && i < n; i++)
		print(&subjects[i]);
	return ret;
}

/* bench-flip [DRIVER]: with one of them, or with all */
int main(int argc, char **argv)
{
	static const char *const drivers[] = { "edu", "nvme", "igbvf" };
	unsigned int i;
	int ret = 0;
	int n = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(drivers); i++) {
		if (argc > 1 && strcmp(argv[1], drivers[i]))
			continue;
		subjects[n].name = drivers[i];
		ret = targets_open_lab(&subjects[n++].targets, drivers[i]);
	}
	return ret || run(n, bench_rounds(20));
}
