// SPDX-License-Identifier: GPL-2.0
/*
 * verb_apply: makes functions what was saved of them, at boot, or as they appear.
 *
 * One that cannot be done does not keep the others from it.
 */
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "diag.h"
#include "early.h"
#include "output.h"
#include "transaction.h"

/* How the files read so far went */
struct reading {
	unsigned int bad;
	int code;
};

static void failed(struct reading *reading, int code)
{
	reading->bad++;
	reading->code = code;
}

static void add_want(struct machine *m, const struct options *o, struct wants *wants,
		     const struct config *config, struct reading *reading)
{
	struct function *f = machine_find(m, config->address);
	bool waits = config->vfs >= 0 || (config->vfio && !strcmp(config->driver, "bound"));
	struct want *want;

	if (!f || !machine_know(m, f)) {
		say("%s is not there now; nothing to do", config->address);
		return;
	}
	if (!config_fits(config, f)) {
		say("%s is %04x:%04x:%04x:%04x, not what was saved (%04x:%04x:%04x:%04x)",
		    f->address, f->vendor, f->device, f->subvendor, f->subdevice, config->vendor,
		    config->device, config->subvendor, config->subdevice);
		say("if that is right, save or unsave it anew");
		failed(reading, EXIT_REFUSED);
		return;
	}
	/* VFs and methods are the bound driver's to make: they wait for it */
	if (o->on_bind ? !waits : waits && f->state == STATE_UNBOUND)
		return;
	f->selected = true;
	want = wants_add(wants, f->address);
	want->vfio = config->vfio;
	want->vfs = config->vfs;
	snprintf(want->driver, sizeof(want->driver), "%s", config->driver);
}

static void read_saved(struct machine *m, const struct options *o, struct wants *wants,
		       const char *address, struct reading *reading)
{
	struct config config;
	int error = config_read(m->root, address, &config);

	if (!error)
		add_want(m, o, wants, &config, reading);
	else if (error == -ENOENT)
		failed(reading, say_and(EXIT_UNSUPPORTED, "nothing is saved of %s", address));
	else
		failed(reading, EXIT_FAILED);
}

static int read_all(struct machine *m, const struct options *o, struct wants *wants,
		    struct reading *reading)
{
	const struct selection *sel = &o->selection;
	struct names addresses = { 0 };
	char address[BDF_LEN];

	for (int i = 0; i < sel->named_count; i++) {
		if (sel->named[i].kind != SELECT_ADDRESS) {
			names_free(&addresses);
			return say_and(EXIT_USAGE, "apply takes addresses, not '%s'",
				       sel->named[i].text);
		}
		bdf_format(&sel->named[i].bdf, address);
		names_add(&addresses, address);
	}
	if (!sel->named_count)
		addresses = config_list(m->root);
	for (size_t i = 0; i < addresses.n; i++)
		read_saved(m, o, wants, addresses.v[i], reading);
	names_free(&addresses);
	return EXIT_DONE;
}

static int together(const struct wants *wants, const struct reading *reading, int code)
{
	const struct want *want;

	if (!reading->bad || code == EXIT_NOT_RESTORED)
		return code;
	for_each_want(want, wants)
		if (want_is_fine(want))
			return EXIT_PARTLY;
	return code ? code : reading->code;
}

static bool note_early(const struct transaction *t)
{
	const struct function *f;
	const struct want *want;
	bool ok = true;

	for_each_want(want, t->wants) {
		f = machine_find(t->m, want->address);
		if (f && want->vfio && want->vfs < 0 && !strcmp(want->result, "done"))
			ok &= early_note(t->m->root, f);
	}
	return ok;
}

int verb_apply(struct machine *m, const struct options *o)
{
	struct json_object *items = NULL;
	struct reading reading = { 0 };
	struct wants wants = { 0 };
	struct transaction t = {
		.m = m,
		.o = o,
		.wants = &wants,
		.commit = note_early,
		.keep_going = true,
	};
	int code = read_all(m, o, &wants, &reading);

	if (!code && wants.n)
		code = transaction_run(&t, &items);
	if (code != EXIT_USAGE)
		code = together(&wants, &reading, code);
	wants_free(&wants);
	return items ? output_with(o, items, t.findings, code) : output_nothing(o, code);
}
