// SPDX-License-Identifier: GPL-2.0
/*
 * verb_doctor: is everything ready? Each thing is ok, a problem, or not to be known, with
 * its remedy.
 */
#include "verbs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "describe.h"
#include "diag.h"
#include "doctor.h"
#include "output.h"

/* So many names are told before "and N more" */
#define NAMES_TOLD 4

static const char *const verdicts[] = {
	[VERDICT_OK] = "ok",
	[VERDICT_PROBLEM] = "problem",
	[VERDICT_UNKNOWN] = "unknown",
};

void doctor_say(struct doctor *d, enum verdict is, const char *subject, const char *remedy,
		const char *fmt, ...)
{
	struct json_object *o = json_object_new_object();
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	json_object_object_add(o, "verdict", json_text(verdicts[is]));
	json_object_object_add(o, "subject", json_text(subject));
	json_object_object_add(o, "text", json_text(text));
	json_object_object_add(o, "remedy", remedy ? json_text(remedy) : NULL);
	json_object_array_add(d->rows, o);
	d->problems += is == VERDICT_PROBLEM;
	free(text);
}

bool doctor_told(const struct doctor *d, const char *word)
{
	return cmdline_has(d->cmdline, word);
}

char *doctor_some(const struct names *names)
{
	char *text = names_told(names, NAMES_TOLD), *more;

	if (names->n <= NAMES_TOLD)
		return text;
	more = xasprintf("%s and %zu more", text, names->n - NAMES_TOLD);
	free(text);
	return more;
}

/* For people, the remedy is on a line of its own below what it is for */
static struct json_object *with_remedies(struct json_object *rows)
{
	struct json_object *all = json_object_new_array(), *row, *remedy, *o;
	char *text;

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		json_object_array_add(all, json_object_get(row));
		remedy = json_object_object_get(row, "remedy");
		if (!remedy)
			continue;
		text = xasprintf("-> %s", json_object_get_string(remedy));
		o = json_object_new_object();
		json_object_object_add(o, "verdict", json_object_new_string(""));
		json_object_object_add(o, "subject", json_object_new_string(""));
		json_object_object_add(o, "text", json_object_new_string(text));
		json_object_array_add(all, o);
		free(text);
	}
	json_object_put(rows);
	return all;
}

int verb_doctor(struct machine *m, const struct options *o)
{
	struct doctor d = { .m = m, .rows = json_object_new_array() };

	machine_know_all(m);
	path_read(m->root, d.cmdline, sizeof(d.cmdline), "proc/cmdline");
	doctor_iommu(&d);
	doctor_kernel(&d);
	doctor_boot(&d);
	doctor_initramfs(&d);
	doctor_limits(&d);
	if (!o->json && !o->columns)
		d.rows = with_remedies(d.rows);
	names_free(&d.saved);
	names_free(&d.users);
	return output(o, d.rows, d.problems ? EXIT_FAILED : EXIT_DONE);
}
