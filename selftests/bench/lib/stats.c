// SPDX-License-Identifier: GPL-2.0
/* Samples and rows, see stats.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

int bench_rounds(int usual)
{
	const char *text = getenv("ROUNDS");
	int rounds = text ? atoi(text) : 0;

	if (rounds <= 0)
		return usual;
	return rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
}

void samples_add(struct samples *s, double value)
{
	if (s->count < ROUNDS_MAX)
		s->value[s->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double samples_quantile(const struct samples *s, double q)
{
	struct samples sorted = *s;
	double at, part;
	int i;

	if (!s->count)
		return 0;
	qsort(sorted.value, sorted.count, sizeof(*sorted.value), compare);
	at = q * (sorted.count - 1);
	i = at;
	part = at - i;
	if (i + 1 >= sorted.count)
		return sorted.value[i];
	return sorted.value[i] * (1 - part) + sorted.value[i + 1] * part;
}

void row_print(const struct row *row, const struct samples *s)
{
	printf("row\t%s\t%s\t%s\t%s\t%d\t%.4g\t%.4g\t%.4g\t%.0f\n", row->section,
	       row->subject, row->what, row->against, s->count, samples_median(s),
	       samples_quantile(s, 0.25), samples_quantile(s, 0.75), row->us);
	fflush(stdout);
}

void row_lacking(const struct row *row, const char *why)
{
	printf("lacking\t%s\t%s\t%s\t%s\n", row->section, row->subject, row->what,
	       why);
	fflush(stdout);
}
