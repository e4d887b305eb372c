// SPDX-License-Identifier: GPL-2.0
/*
 * rules_match: which rule decides about a function.
 *
 * Of two that match it, the more specific one does: of the keys serial, path, address,
 * slot, pf, id, class, in this order, the first that only one of them asks for decides for
 * that one. Of two that ask for an id, that with a subsystem is the more specific, and that
 * without * in it. If nothing tells them apart, the later one does: by the name of its file,
 * whichever folder that is in, and by its line.
 */
#include "rules.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "denied.h"
#include "diag.h"
#include "journal.h"
#include "selector.h"

#define SERIALS RUN_DIR "/serials-%s"

bool rule_note_serials(const struct path_ctx *root, const char *address, const char *serials)
{
	int error = path_replace(root, serials, SERIALS, address);

	if (error)
		say_as("error", "%s: its serial numbers cannot be noted in /" RUN_DIR ": %s",
		       address, error_text(root, -error));
	return !error;
}

/* While it is in VFIO, those that its driver told before, too */
static struct names serials_of(const struct machine *m, const struct function *f)
{
	struct identity identity = identity_of(m, f);
	char noted[IDENTITY_LEN] = "", *both;
	struct names serials;

	if (in_vfio(f))
		path_read(m->root, noted, sizeof(noted), SERIALS, f->address);
	both = xasprintf("%s,%s", identity.serials, noted);
	serials = names_split_at(both, ",");
	free(both);
	return serials;
}

static bool is_like(const struct names *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (*text && !fnmatch(patterns->v[i], text, FNM_CASEFOLD))
			return true;
	return false;
}

/* The first domain may be left out, as elsewhere */
static bool address_is_like(const char *pattern, const struct function *f)
{
	const char *in_domain = strchr(f->address, ':');

	return !fnmatch(pattern, f->address, FNM_CASEFOLD) ||
	       (!f->bdf.domain && in_domain && !fnmatch(pattern, in_domain + 1, FNM_CASEFOLD));
}

static bool address_is(const struct names *patterns, const struct function *f)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (address_is_like(patterns->v[i], f))
			return true;
	return false;
}

static bool serial_is(const struct names *patterns, const struct machine *m,
		      const struct function *f)
{
	struct names serials = serials_of(m, f);
	bool is = false;

	for (size_t i = 0; i < serials.n; i++)
		is |= is_like(patterns, serials.v[i]);
	names_free(&serials);
	return is;
}

static bool slot_is(const struct names *patterns, const struct machine *m,
		    const struct function *f)
{
	struct names slots = identity_slots(m, f);
	bool is = false;

	for (size_t i = 0; i < slots.n; i++)
		is |= is_like(patterns, slots.v[i]);
	names_free(&slots);
	return is;
}

/* "8086:10ca", "8086:*:1af4:1100" */
static bool id_is_like(const char *pattern, const struct function *f)
{
	char id[24];
	unsigned int colons = 0;

	for (const char *c = pattern; *c; c++)
		colons += *c == ':';
	if (colons == 1)
		snprintf(id, sizeof(id), "%04x:%04x", f->vendor, f->device);
	else
		snprintf(id, sizeof(id), "%04x:%04x:%04x:%04x", f->vendor, f->device,
			 f->subvendor, f->subdevice);
	return !fnmatch(pattern, id, FNM_CASEFOLD);
}

static bool id_is(const struct names *patterns, const struct function *f)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (id_is_like(patterns->v[i], f))
			return true;
	return false;
}

static bool class_is(const struct names *patterns, const struct machine *m,
		     const struct function *f)
{
	struct selector s;
	char class[8];

	snprintf(class, sizeof(class), "%06x", f->class);
	for (size_t i = 0; i < patterns->n; i++)
		if (selector_parse_class(&s, patterns->v[i]) ?
		    !strncasecmp(class, patterns->v[i], strlen(patterns->v[i])) :
		    selector_matches(&s, m, f))
			return true;
	return false;
}

/* Its address, or its id */
static bool pf_is(const struct names *patterns, const struct machine *m, const struct function *f)
{
	struct function *pf = machine_find(m, f->pf);

	if (!pf || !machine_know(m, pf))
		return false;
	for (size_t i = 0; i < patterns->n; i++)
		if (address_is_like(patterns->v[i], pf) ||
		    id_is_like(patterns->v[i], pf))
			return true;
	return false;
}

static bool path_is(const struct names *patterns, const struct machine *m,
		    const struct function *f)
{
	char path[IDENTITY_LEN];

	identity_path(m, f, path, sizeof(path));
	return is_like(patterns, path);
}

static bool fits(const struct rule *rule, enum rule_key key, const struct machine *m,
		 const struct function *f)
{
	const struct names *patterns = &rule->like[key];

	switch (key) {
	case RULE_SERIAL:
		return serial_is(patterns, m, f);
	case RULE_PATH:
		return path_is(patterns, m, f);
	case RULE_ADDRESS:
		return address_is(patterns, f);
	case RULE_SLOT:
		return slot_is(patterns, m, f);
	case RULE_PF:
		return pf_is(patterns, m, f);
	case RULE_ID:
		return id_is(patterns, f);
	case RULE_CLASS:
		return class_is(patterns, m, f);
	case RULE_KEYS:
		break;
	}
	return false;
}

/* The last keys are told from what is known already */
bool rule_matches(const struct rule *rule, const struct machine *m, const struct function *f)
{
	if (is_bridge(f) || (rule->config.vfs >= 0 && !f->max_vfs))
		return false;
	for (int key = RULE_KEYS - 1; key >= 0; key--)
		if (rule->like[key].n && !fits(rule, (enum rule_key)key, m, f))
			return false;
	return true;
}

bool rule_needs_driver(const struct rule *rule)
{
	for (size_t i = 0; i < rule->like[RULE_SERIAL].n; i++)
		if (strncmp(rule->like[RULE_SERIAL].v[i], "dsn:", 4))
			return true;
	return false;
}

/* How many parts of an id the least specific of the patterns says */
static int id_parts(const struct names *patterns)
{
	int least = 4, parts;

	for (size_t i = 0; i < patterns->n; i++) {
		parts = 1;
		for (const char *c = patterns->v[i]; *c; c++)
			parts += (*c == ':') - (*c == '*');
		least = parts < least ? parts : least;
	}
	return least;
}

/* Positive if @a is the more specific, negative if @b is */
static int compare(const struct rule *a, const struct rule *b)
{
	for (int key = 0; key < RULE_KEYS; key++) {
		if (!a->like[key].n != !b->like[key].n)
			return a->like[key].n ? 1 : -1;
		if (key == RULE_ID && a->like[key].n &&
		    id_parts(&a->like[key]) != id_parts(&b->like[key]))
			return id_parts(&a->like[key]) - id_parts(&b->like[key]);
	}
	return 0;
}

const char *rule_reason(const struct rule *winner, const struct rule *loser)
{
	return compare(winner, loser) ? "more specific" : "later";
}

struct rule *rules_find(const struct machine *m, const struct function *f)
{
	struct rules *rules = rules_all(m->root);
	struct rule *rule, *best = NULL;

	for (rule = rules->v; rule < rules->v + rules->n; rule++) {
		if (!rule_matches(rule, m, f))
			continue;
		rule->used = true;
		if (!best || compare(rule, best) >= 0)
			best = rule;
	}
	return best;
}
