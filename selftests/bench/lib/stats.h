/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the benchmarks have in common: the clock, samples, and the rows of the
 * table, which selftests/bench/bench collects from what they print.
 */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <time.h>

#include "types.h"

#define ROUNDS_MAX	1000

/* Nanoseconds of the monotonic clock */
static inline u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* How often each thing is measured: the variable ROUNDS, or @usual */
int bench_rounds(int usual);

struct samples {
	int count;
	double value[ROUNDS_MAX];
};

void samples_add(struct samples *s, double value);
/* The value that a share of @q (0 to 1) of the samples lies below */
double samples_quantile(const struct samples *s, double q);

static inline double samples_median(const struct samples *s)
{
	return samples_quantile(s, 0.5);
}

/**
 * struct row - one line of the table
 * @section: the heading it goes under
 * @subject: what was measured on
 * @what: what was measured
 * @against: what the samples are ratios to, or their unit
 * @us: what one of @what took, in microseconds, or 0
 */
struct row {
	const char *section;
	const char *subject;
	const char *what;
	const char *against;
	double us;
};

/* Print the row with the median and the quartiles of its samples */
void row_print(const struct row *row, const struct samples *s);

/* Say, in the table, why there is no such row */
void row_lacking(const struct row *row, const char *why);

#endif /* BENCH_STATS_H */
