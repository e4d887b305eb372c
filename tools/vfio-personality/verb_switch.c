// SPDX-License-Identifier: GPL-2.0
/*
 * verb_switch: enable and disable.
 */
#include "verbs.h"

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
#include "select.h"
#include "transaction.h"

/* A PF stays what it is when it is about its VFs */
static struct wants make_wants(const struct machine *m, const struct options *o)
{
	struct wants wants = { 0 };
	struct function *f;
	struct want *want;

	for_each_selected(f, m) {
		want = wants_add(&wants, f->address);
		want->vfio = o->verb == VERB_ENABLE;
		want->vfs = o->vfs;
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
		/* What is as the kernel would have it anyway need not be kept */
		list[n].keep = want->vfs > 0 || (want->vfs < 0 && want->vfio);
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
	struct config config;

	if (!config_exists(t->m->root, want->address) ||
	    config_read(t->m->root, want->address, &config))
		return;
	if (!t->o->persist && config.vfio && config.vfs < 0)
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
		if (want->vfio && t->o->cdi)
			ok &= cdi_write(t->m, want->address, want->vfs >= 0);
	}
	return ok && (!t->o->persist || keep(t));
}

/* What was held while there was no switch was saved, and is anybody's driver's again */
static void release_held(const struct machine *m, const struct options *o)
{
	struct function *f;

	for_each_selected(f, m)
		if (!o->dry_run && config_exists(m->root, f->address))
			hold_release(m, f);
}

int verb_switch(struct machine *m, const struct options *o)
{
	struct json_object *items;
	struct wants wants;
	int code = select_functions(m, o);
	struct transaction t = {
		.m = m,
		.o = o,
		.wants = &wants,
		.commit = commit,
		.revoke = revoke,
		.keep_going = o->keep_going,
	};

	if (code)
		return output_nothing(o, code);
	release_held(m, o);
	wants = make_wants(m, o);
	code = transaction_run(&t, &items);
	if (!o->dry_run)
		cdi_clean(m->root);
	next_tell(m, o, &wants);
	wants_free(&wants);
	free(replaced);
	return items ? output_with(o, items, t.findings, code) : output_nothing(o, code);
}
