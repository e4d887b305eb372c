// SPDX-License-Identifier: GPL-2.0
/*
 * verb_apply: makes functions what was saved of them, at boot, or as they appear.
 *
 * One that cannot be done does not keep the others from it.
 */
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdi.h"
#include "cmdline.h"
#include "created.h"
#include "describe.h"
#include "diag.h"
#include "early.h"
#include "hold.h"
#include "module.h"
#include "outcome.h"
#include "output.h"
#include "record.h"
#include "transaction.h"
#include "vfs.h"
#include "wanted.h"

/**
 * struct applying - what is read of the files, and what comes of it
 * @m: the machine
 * @o: the command line
 * @wants: what they want
 * @creations: what they want to be created, besides
 * @others: what of them could not be followed, as objects
 * @on_bind: only what had to wait for its driver is looked for
 * @bad: how many these are that should have been
 * @code: why the last one could not
 */
struct applying {
	struct machine *m;
	const struct options *o;
	struct wants wants;
	struct creations creations;
	struct json_object *others;
	bool on_bind;
	unsigned int bad;
	int code;
};

static void add_other(struct applying *a, const char *address, const char *result)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "address", json_text(address));
	json_object_object_add(o, "result", json_text(result));
	json_object_array_add(a->others, o);
}

static void failed(struct applying *a, int code, const char *address)
{
	a->bad++;
	a->code = code;
	add_other(a, address, code == EXIT_REFUSED ? "refused" : "failed");
}

/* What was saved may have been put elsewhere, which only a serial number can tell */
static struct function *follow(struct applying *a, struct config *config)
{
	struct function *f = identity_find(&config->identity, a->m);
	struct identity now;
	char old[BDF_LEN];

	if (!f)
		return NULL;
	memcpy(old, config->address, sizeof(old));
	memcpy(config->address, f->address, sizeof(config->address));
	now = identity_of(a->m, f);
	memcpy(config->identity.path, now.path, sizeof(now.path));
	say("%s: what was saved of it is %s now, by its serial number", old, f->address);
	if (a->o->dry_run || config_exists(a->m->root, f->address))
		return f;
	if (config_write(a->m->root, f->address, config))
		config_write(a->m->root, old, NULL);
	return f;
}

static void tell_other(const struct function *f, const struct config *config)
{
	const struct identity *saved = &config->identity;

	if (saved->vendor != f->vendor || saved->device != f->device ||
	    saved->subvendor != f->subvendor || saved->subdevice != f->subdevice)
		say("%s is %04x:%04x:%04x:%04x, not what was saved (%04x:%04x:%04x:%04x)",
		    f->address, f->vendor, f->device, f->subvendor, f->subdevice, saved->vendor,
		    saved->device, saved->subvendor, saved->subdevice);
	else
		say_as("error",
		       "%s is another of the model that was saved, or in another place; what was saved has%s%s%s%s",
		       f->address, *saved->serials ? " the serial number " : "", saved->serials,
		       *saved->path ? " the path " : "", saved->path);
	say("if that is right, save or unsave it anew");
}

/* The function that was saved and whose time has come, or NULL */
static struct function *choose(struct applying *a, struct wanted *wanted)
{
	struct config *config = &wanted->config;
	struct function *f = machine_find(a->m, config->address);
	enum identity_match match = IDENTITY_OTHER;
	bool late = wanted_waits(wanted), last;

	if (f && machine_know(a->m, f))
		match = identity_compare(&config->identity, a->m, f);
	else
		f = NULL;
	/* It was held in the initramfs, where others of its model have got their drivers */
	last = f && match == IDENTITY_OPEN && hold_is_early(a->m->root, f->address) &&
	       identity_is_last(&config->identity, a->m, f);
	if (f && match == IDENTITY_OPEN && !last && f->state == STATE_UNBOUND && !a->on_bind)
		say("%s waits for its driver: only that can tell it from others of its model",
		    f->address);
	if (f && !last && identity_needs_driver(&config->identity, a->m, f) && !in_vfio(f))
		late = true;
	if (match == IDENTITY_OTHER) {
		struct function *moved = follow(a, config);

		if (!moved && f) {
			tell_other(f, config);
			failed(a, EXIT_REFUSED, config->address);
		} else if (!moved) {
			say("%s is not there now; nothing to do", config->address);
			add_other(a, config->address, "absent");
		}
		return moved;
	}
	if (match == IDENTITY_OPEN && f->state != STATE_UNBOUND && !in_vfio(f)) {
		tell_other(f, config);
		failed(a, EXIT_REFUSED, config->address);
		return NULL;
	}
	return (a->on_bind ? late : !late || f->state != STATE_UNBOUND) ? f : NULL;
}

static void add_want(struct applying *a, struct function *f, const struct wanted *wanted)
{
	const struct config *config = &wanted->config;
	struct want *want;

	if (wants_find(&a->wants, f->address))
		return;
	creations_add(&a->creations, wanted);
	if (config->implied) {
		if (a->o->verbose)
			say("%s: %s says what is created on it", f->address, wanted->by);
		return;
	}
	f->selected = true;
	want = wants_add(&a->wants, f->address);
	want->vfio = config->vfio;
	want->vfs = config->vfs;
	want->vf = config->vf;
	want->force = a->o->force | config->force;
	want->by = wanted->by;
	if (wanted->rule && rule_needs_driver(wanted->rule))
		want->identity = config->identity;
	snprintf(want->driver, sizeof(want->driver), "%s", config->driver);
	if (a->o->verbose)
		say("%s: %s says what it is to be", f->address, wanted->by);
}

static void read_saved(struct applying *a, const char *address)
{
	struct wanted wanted;
	struct config config;
	struct function *f;

	if (config_read(a->m->root, address, &config)) {
		failed(a, EXIT_FAILED, address);
		return;
	}
	wanted = wanted_saved(&config);
	f = choose(a, &wanted);
	if (f)
		add_want(a, f, &wanted);
}

/* A rule is about whatever is there. False if none is about it */
static bool read_rule(struct applying *a, struct function *f)
{
	struct wanted wanted;
	bool late;

	if (!machine_know(a->m, f) || wanted_of(a->m, f, &wanted))
		return false;
	late = wanted_waits(&wanted);
	if (a->on_bind ? late : !late || f->state != STATE_UNBOUND)
		add_want(a, f, &wanted);
	else if (a->o->verbose)
		say("%s waits for its driver, as %s needs that", f->address, wanted.by);
	return true;
}

static bool read_one(struct applying *a, const char *address)
{
	struct function *f = machine_find(a->m, address);

	if (config_exists(a->m->root, address))
		read_saved(a, address);
	else
		return f && read_rule(a, f);
	return true;
}

/*
 * A group is of use as a whole: what else of it is saved, or has a rule, comes along, whether
 * it had to wait for a driver or not; what still has to, comes when that is bound
 */
static void read_siblings(struct applying *a, const char *address)
{
	struct names members = path_list(a->m->root, SYS_PCI "/%s/iommu_group/devices", address);

	a->on_bind = false;
	for (size_t i = 0; i < members.n; i++)
		if (strcmp(members.v[i], address))
			read_one(a, members.v[i]);
	a->on_bind = a->o->on_bind;
	names_free(&members);
}

static int read_named(struct applying *a)
{
	const struct selection *sel = &a->o->selection;
	char address[BDF_LEN];

	for (int i = 0; i < sel->named_count; i++)
		if (sel->named[i].kind != SELECT_ADDRESS)
			return say_and(EXIT_USAGE, "apply takes addresses, not '%s'",
				       sel->named[i].text);
	for (int i = 0; i < sel->named_count; i++) {
		bdf_format(&sel->named[i].bdf, address);
		if (!read_one(a, address))
			failed(a, say_and(EXIT_UNSUPPORTED,
					  "nothing is saved of %s, and no rule is about it",
					  address), address);
		/* A driver that was bound to what did not wait for it is no news of its group */
		if (!a->on_bind || wants_find(&a->wants, address))
			read_siblings(a, address);
	}
	return EXIT_DONE;
}

/* A file that is not followed is a failure, and no reason not to follow the others */
static void read_rules(struct applying *a)
{
	const struct rules *rules = rules_all(a->m->root);
	struct function *f;

	if (rules->broken.n) {
		a->bad += (unsigned int)rules->broken.n;
		a->code = EXIT_FAILED;
	}
	for (f = a->m->functions; rules->n && f < a->m->functions + a->m->count; f++)
		if (!config_exists(a->m->root, f->address))
			read_rule(a, f);
	for (size_t i = 0; a->o->verbose && i < rules->n; i++)
		if (!rules->v[i].used)
			say("%s:%u matches no function that is here", rules->v[i].file,
			    rules->v[i].line);
}

/* What the kernel's command line names has no file, and is what it is now */
static void read_cmdline(struct applying *a)
{
	struct names addresses = cmdline_early(a->m);
	struct wanted wanted = { .by = "/proc/cmdline" };
	struct function *f;

	for (size_t i = 0; i < addresses.n; i++) {
		if (config_exists(a->m->root, addresses.v[i]))
			continue;
		f = machine_find(a->m, addresses.v[i]);
		wanted.config = config_of(a->m, f);
		wanted.config.vfio = true;
		add_want(a, f, &wanted);
	}
	names_free(&addresses);
}

static int read_all(struct applying *a)
{
	struct names addresses;

	if (a->o->selection.named_count)
		return read_named(a);
	addresses = config_list(a->m->root);
	for (size_t i = 0; i < addresses.n; i++)
		read_saved(a, addresses.v[i]);
	names_free(&addresses);
	read_rules(a);
	if (!a->o->on_bind)
		read_cmdline(a);
	return EXIT_DONE;
}

static int together(const struct applying *a, int code)
{
	const struct want *want;

	if (!a->bad || code == EXIT_NOT_RESTORED)
		return code;
	for_each_want(want, &a->wants)
		if (want_is_fine(want))
			return EXIT_PARTLY;
	if (a->creations.tried > a->creations.bad)
		return EXIT_PARTLY;
	return code ? code : a->code;
}

static bool note_early(const struct transaction *t, const struct want *want)
{
	const struct function *f = machine_find(t->m, want->address);

	return !f || want->vfs >= 0 || strcmp(want->result, "done") ||
	       early_note(t->m, f);
}

static bool write_notes(const struct transaction *t, const struct want *want)
{
	const struct function *f = machine_find(t->m, want->address);
	struct wanted wanted;

	/* In VFIO it may seem to be another, by which its rule is not to be found again */
	if (want->vfs < 0 && *want->identity.serials && !strcmp(want->result, "done") &&
	    !rule_note_serials(t->m->root, want->address, want->identity.serials))
		return false;
	return !f || wanted_of(t->m, f, &wanted) || !wanted.config.cdi ||
	       cdi_write(t->m, want->address, want->vfs >= 0);
}

static bool commit(const struct transaction *t)
{
	const struct want *want;
	bool ok = true;

	for_each_want(want, t->wants)
		if (want->vfio && want_is_fine(want))
			ok &= note_early(t, want) && vfs_note_early(t, want) &&
			      write_notes(t, want);
	return ok;
}

/* Without the switch, what can be kept from native drivers is */
static struct json_object *hold_all(struct applying *a, int *code)
{
	struct transaction t = { .m = a->m, .o = a->o, .wants = &a->wants, .keep_going = true };
	char *why = module_why_not(a->m->root, a->m->switch_error);
	struct want *want;

	say("the module " SWITCH_MODULE " cannot be loaded: %s", why);
	free(why);
	for_each_want(want, &a->wants)
		if (want->vfio)
			hold(a->m, want, a->o->dry_run);
		else
			want->result = "already";
	if (!a->o->dry_run)
		machine_read_again(a->m);
	*code = outcome_code(&t);
	return outcome_items(&t);
}

static bool lacks_switch(struct machine *m, const struct options *o)
{
	if (m->has_switch)
		return false;
	if (o->dry_run)
		m->switch_error = module_answers(m->root, SWITCH_MODULE) ? 0 : -ENOENT;
	else
		m->switch_error = module_load_switch(m->root);
	return m->switch_error;
}

static void release_all(const struct applying *a)
{
	const struct function *f;
	const struct want *want;

	for_each_want(want, &a->wants) {
		f = machine_find(a->m, want->address);
		if (f && !a->o->dry_run)
			hold_release(a->m, f);
	}
}

/* What was held in the initramfs and did not come to VFIO is not left without a driver */
static void end_early(const struct applying *a)
{
	struct names held = hold_list_early(a->m->root);
	const struct want *want;

	for (size_t i = 0; i < held.n && !a->o->dry_run; i++) {
		want = wants_find(&a->wants, held.v[i]);
		if (want && want->vfio && (want_is_fine(want) || !strcmp(want->result, "held"))) {
			hold_forget_early(a->m->root, held.v[i]);
		} else if (want || !a->o->selection.named_count) {
			say("%s: held in the initramfs, and its native driver may have it now",
			    held.v[i]);
			hold_let_go(a->m->root, held.v[i]);
		}
	}
	names_free(&held);
}

/* Those that were switched, or not, and those that could not even be tried */
static struct json_object *with_others(struct json_object *items, struct json_object *others)
{
	if (!items)
		return others;
	for (size_t i = 0; i < json_object_array_length(others); i++)
		json_object_array_add(items,
				      json_object_get(json_object_array_get_idx(others, i)));
	json_object_put(others);
	return items;
}

static bool any_planned(const struct applying *a)
{
	const struct want *want;

	for_each_want(want, &a->wants)
		if (want->result && !strcmp(want->result, "planned"))
			return true;
	return a->creations.planned;
}

/* Once functions are what they are to be, which VFs are there is settled, too */
static void create_all(struct applying *a)
{
	creations_run(&a->creations, a->m->root, a->o, a->others);
	a->bad += a->creations.bad;
	if (a->creations.bad)
		a->code = a->creations.code;
}

int verb_apply(struct machine *m, const struct options *o)
{
	struct applying a = {
		.m = m, .o = o, .others = json_object_new_array(), .on_bind = o->on_bind,
	};
	struct json_object *items = NULL;
	struct transaction t = {
		.m = m,
		.o = o,
		.wants = &a.wants,
		.commit = commit,
		.keep_going = true,
	};
	struct record before;
	int code = read_all(&a);

	if (!code && a.wants.n && lacks_switch(m, o)) {
		items = hold_all(&a, &code);
	} else if (!code && a.wants.n) {
		release_all(&a);
		before = record_before(m, &a.wants);
		code = transaction_run(&t, &items);
		if (!o->dry_run)
			record_write(m->root, o, &before, &a.wants, false);
		record_free(&before);
	}
	end_early(&a);
	if (code != EXIT_USAGE)
		create_all(&a);
	if (code != EXIT_USAGE)
		code = together(&a, code);
	if (!code && o->check && any_planned(&a))
		code = EXIT_FAILED;
	wants_free(&a.wants);
	creations_free(&a.creations);
	return output_with(o, with_others(items, a.others), t.findings, code);
}
