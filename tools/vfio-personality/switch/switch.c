// SPDX-License-Identifier: GPL-2.0
/*
 * switch: a transaction with all that goes with it for who asks by hand.
 */
#include "switch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdi.h"
#include "diag.h"
#include "early.h"
#include "hold.h"
#include "next.h"
#include "output.h"
#include "persist.h"
#include "record.h"
#include "select.h"
#include "transaction.h"
#include "vfs.h"
#include "wanted.h"

/* A PF stays what it is when it is about its VFs */
struct wants switch_wants(const struct machine *m, const struct options *o)
{
	struct wants wants = { 0 };
	struct function *f;
	struct want *want;

	for_each_selected(f, m) {
		want = wants_add(&wants, f->address);
		want->vfio = o->verb != VERB_DISABLE;
		want->vfs = o->vfs;
		want->vf = o->vf ? o->vf : "";
		want->force = o->force;
		if (o->persist)
			want->identity = identity_of(m, f);
		snprintf(want->driver, sizeof(want->driver), "%s", o->driver ? o->driver : "");
	}
	return wants;
}

/* What keep() replaced */
static struct persist *replaced;
static size_t replaced_count;

/* A function that is in VFIO itself provides nothing; another still does */
static void keep_created(const struct want *want, struct persist *p)
{
	if (!*p->config.create)
		return;
	if (p->keep && want->vfs < 0) {
		persist_forget_created(&p->config);
	} else if (!p->keep) {
		p->keep = true;
		p->config.implied = true;
		p->config.vfs = -1;
		p->config.vf = "";
	}
}

static bool keep(const struct transaction *t)
{
	struct persist *list = xcalloc(t->wants->n, sizeof(*list));
	struct function *f;
	struct want *want;
	bool ok, kept = false;
	size_t n = 0;

	for_each_want(want, t->wants) {
		f = machine_find(t->m, want->address);
		if (!f || !want_is_fine(want))
			continue;
		memcpy(list[n].address, f->address, sizeof(f->address));
		list[n].config = persist_config(t->m, f, t->o);
		/* Its native driver knew more of it */
		if (!in_vfio(f) || *want->identity.serials)
			list[n].config.identity = want->identity;
		list[n].config.vfio = want->vfio;
		list[n].config.vfs = want->vfs;
		list[n].config.vf = want->vf;
		/* What is as the kernel would have it anyway need not be kept */
		list[n].keep = want->vfs > 0 || (want->vfs < 0 && want->vfio);
		keep_created(want, &list[n]);
		kept |= list[n].keep;
		n++;
	}
	replaced = xcalloc(t->wants->n, sizeof(*replaced));
	ok = persist_all(t->m->root, list, n, replaced);
	replaced_count = ok ? n : 0;
	if (ok && kept)
		persist_warn(t->m->root, t->o);
	for (size_t i = 0; ok && i < n; i++)
		persist_refresh(t->m, machine_find(t->m, list[i].address));
	free(list);
	return ok;
}

/* CDI specifications go once the functions have left VFIO */
static void revoke(const struct transaction *t)
{
	persist_again(t->m->root, replaced, replaced_count);
}

/* What disable does is not for always, unless that is said; and then it may be more */
static void tell_saved(const struct transaction *t, const struct want *want)
{
	const struct function *f = machine_find(t->m, want->address);
	struct wanted wanted;
	struct config config;

	/* Undo sets back what is saved when the functions are back */
	if (t->o->verb == VERB_UNDO || !f || !f->known || wanted_of(t->m, f, &wanted))
		return;
	config = wanted.config;
	if (wanted.rule && config.vfio && config.vfs < 0)
		say("%s: %s wants it, so it will be in VFIO after the next boot", want->address,
		    wanted.by);
	else if (wanted.rule)
		return;
	else if (!t->o->persist && config.vfio && config.vfs < 0)
		say("%s: saved, so it will be in VFIO after the next boot; --persist forgets that",
		    want->address);
	else if (t->o->persist && config.vfs > 0)
		say("%s: what was saved of its %ld VFs is forgotten", want->address, config.vfs);
}

static bool commit(const struct transaction *t)
{
	const struct want *want;
	bool ok = true;

	for_each_want(want, t->wants) {
		if (!want_is_fine(want))
			continue;
		if (!want->vfio && want->vfs < 0) {
			early_forget(t->m->root, want->address);
			tell_saved(t, want);
		}
		ok &= vfs_note_early(t, want);
		if (want->vfio && t->o->cdi)
			ok &= cdi_write(t->m, want->address, want->vfs >= 0);
	}
	return ok && (!t->o->persist || keep(t));
}

/*
 * What was held while there was no switch was saved, or named on the kernel's command line,
 * and is anybody's driver's again
 */
static void release_held(const struct machine *m)
{
	struct wanted wanted;
	struct function *f;

	for_each_selected(f, m)
		if (!wanted_of(m, f, &wanted) || hold_is_early(m->root, f->address)) {
			hold_release(m, f);
			hold_forget_early(m->root, f->address);
		}
}

int switch_run(struct switching *s)
{
	struct transaction t = {
		.m = s->m,
		.o = s->o,
		.wants = &s->wants,
		.commit = commit,
		.revoke = revoke,
		.keep_going = s->o->keep_going,
	};
	struct record before;
	int code;

	if (!s->o->dry_run)
		release_held(s->m);
	before = record_before(s->m, &s->wants);
	code = transaction_run(&t, &s->items);
	s->findings = t.findings;
	if (!s->o->dry_run) {
		cdi_clean(s->m->root);
		record_write(s->m->root, s->o, &before, &s->wants, s->undoable);
	}
	record_free(&before);
	free(replaced);
	replaced = NULL;
	replaced_count = 0;
	return code;
}

int switch_output(struct switching *s, int code)
{
	struct json_object *items = s->items;

	s->items = NULL;
	if (!items)
		return output_nothing(s->o, code);
	code = output_with(s->o, items, s->findings, code);
	s->findings = NULL;
	return code;
}

void switch_free(struct switching *s)
{
	json_object_put(s->items);
	json_object_put(s->findings);
	wants_free(&s->wants);
}

int switch_back(const struct options *o, const struct names *addresses)
{
	struct options back = {
		.verb = VERB_DISABLE, .root = o->root, .timeout = o->timeout, .jobs = o->jobs,
		.vfs = -1, .all = true, .keep_going = true,
	};
	struct switching s = { .o = &back };
	struct path_ctx root;
	struct machine m;
	int code;

	if (path_init(&root, o->root))
		return EXIT_FAILED;
	back.selection.named = xcalloc(addresses->n, sizeof(*back.selection.named));
	for (size_t i = 0; i < addresses->n; i++)
		if (!selector_parse(&back.selection.named[back.selection.named_count],
				    addresses->v[i]))
			back.selection.named_count++;
	machine_open(&m, &root);
	code = select_functions(&m, &back);
	if (!code) {
		s.m = &m;
		s.wants = switch_wants(&m, &back);
		code = switch_run(&s);
		switch_free(&s);
	}
	machine_free(&m);
	path_done(&root);
	free(back.selection.named);
	return code;
}
