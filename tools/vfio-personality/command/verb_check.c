// SPDX-License-Identifier: GPL-2.0
/*
 * verb_check: would enable do it, and would a consumer take the result?
 */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "consumer.h"
#include "describe.h"
#include "diag.h"
#include "journal.h"
#include "output.h"
#include "predict.h"
#include "select.h"

static void add_row(struct json_object *rows, const struct function *f, const char *check,
		    bool fine, const char *text)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "address", json_text(f->address));
	json_object_object_add(o, "check", json_text(check));
	json_object_object_add(o, "verdict", json_text(fine ? "fine" : "refused"));
	json_object_object_add(o, "text", json_text(text));
	json_object_array_add(rows, o);
}

/* What it is, or would be, as a row; and what the consumer says to that */
static bool judge(struct json_object *rows, const struct machine *m, const struct options *o,
		  const struct consumer *consumer, const struct want *want)
{
	const struct function *f = machine_find(m, want->address);
	struct prediction p = { .path = "in VFIO already" };
	char text[256], *answer;
	bool takes;

	if (want->code)
		return false;
	if (in_vfio(f))
		snprintf(p.driver, sizeof(p.driver), "%s", f->driver);
	else
		p = predict_enable(m, f, o->driver);
	snprintf(text, sizeof(text), "%s, with %s", p.path, p.driver);
	add_row(rows, f, "enable", true, text);
	if (!consumer)
		return true;
	answer = consumer_answer(consumer, m, f, p.driver, &takes);
	add_row(rows, f, o->consumer, takes, answer);
	free(answer);
	return takes;
}

int verb_check(struct machine *m, const struct options *o)
{
	const struct consumer *consumer = o->consumer ? consumer_find(o->consumer) : NULL;
	struct findings findings = { 0 };
	struct wants wants = { 0 };
	struct json_object *json;
	struct function *f;
	struct want *want;
	bool fine = true;
	int code;

	if (o->consumer && !consumer)
		return output_nothing(o, EXIT_USAGE);
	code = select_functions(m, o);
	/* Nothing is switched as long as a killed run's journal about it cannot be read */
	if (!code && journal_recover(m, true, 0))
		code = EXIT_FAILED;
	if (code)
		return output_nothing(o, code);

	for_each_selected(f, m) {
		want = wants_add(&wants, f->address);
		want->vfio = true;
		want->force = o->force;
		snprintf(want->driver, sizeof(want->driver), "%s", o->driver ? o->driver : "");
		want->code = check_want(m, want, &findings);
	}
	json = check_json(&findings);
	for_each_want(want, &wants)
		fine &= judge(json, m, o, consumer, want);

	findings_free(&findings);
	wants_free(&wants);
	return output(o, json, fine ? EXIT_DONE : EXIT_FAILED);
}
