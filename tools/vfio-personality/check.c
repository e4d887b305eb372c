// SPDX-License-Identifier: GPL-2.0
/*
 * check: what speaks against taking functions from their native drivers.
 */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/* In use refuses, has data warns. What the kernel refuses cannot be lifted. */
static const struct {
	const char *name;
	enum severity severity;
	bool liftable;
} hazards[HAZARDS] = {
	[HAZARD_MOUNTED] = { "mounted", REFUSES, true },
	[HAZARD_SWAP] = { "swap", REFUSES, true },
	[HAZARD_HOLDER] = { "holder", REFUSES, true },
	[HAZARD_CLAIMED] = { "claimed", REFUSES, true },
	[HAZARD_DATA] = { "data", WARNS, true },
	[HAZARD_ADDRESS] = { "address", REFUSES, true },
	[HAZARD_ROUTE] = { "route", REFUSES, true },
	[HAZARD_MASTER] = { "master", REFUSES, true },
	[HAZARD_SSH] = { "ssh", REFUSES, true },
	[HAZARD_NETNS] = { "netns", REFUSES, true },
	[HAZARD_LINK] = { "link", WARNS, true },
	[HAZARD_VFS] = { "vfs", REFUSES, false },
	[HAZARD_VGA] = { "vga", REFUSES, true },
	[HAZARD_SIBLING] = { "sibling", REFUSES, true },
};

static const char *const severities[] = {
	[WARNS] = "warning",
	[REFUSES] = "refused",
	[LIFTED] = "forced",
};

bool check_parse_force(const char *text, unsigned int *force)
{
	struct names names = names_split(text);
	bool ok = true;
	size_t i, h;

	for (i = 0; ok && i < names.n; i++) {
		for (h = 0; h < HAZARDS && strcmp(names.v[i], hazards[h].name); h++)
			;
		if (h == HAZARDS || !hazards[h].liftable) {
			say(h == HAZARDS ? "--force: there is no check named '%s'" :
			    "--force: '%s' cannot be lifted: the kernel refuses it, too",
			    names.v[i]);
			ok = false;
		} else {
			*force |= 1U << h;
		}
	}
	names_free(&names);
	return ok;
}

static bool is_known(const struct findings *findings, const struct function *f,
		     enum hazard kind, const char *text)
{
	const struct finding *v;

	for (v = findings->v; v < findings->v + findings->n; v++)
		if (v->hazard == kind && !strcmp(v->function, f->address) &&
		    !strcmp(v->text, text))
			return true;
	return false;
}

void found(struct findings *findings, const struct function *f, enum hazard kind,
	   const char *fmt, ...)
{
	struct finding *new;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = xstrdup("");
	va_end(args);
	if (is_known(findings, f, kind, text)) {
		free(text);
		return;
	}
	findings->v = xrealloc(findings->v, findings->n + 1, sizeof(*findings->v));
	new = findings->v + findings->n++;
	*new = (struct finding){
		.hazard = kind,
		.severity = hazards[kind].severity,
		.text = text,
	};
	memcpy(new->function, f->address, sizeof(new->function));
	if (new->severity == REFUSES && findings->force & 1U << kind)
		new->severity = LIFTED;
}

/* What its native users lose */
static void check_use(const struct machine *m, const struct function *f, struct findings *findings)
{
	if (in_vfio(f))
		return;
	check_disk(m, f, findings);
	check_net(m, f, findings);
}

static void check_vfs_use(const struct machine *m, const struct function *pf,
			  struct findings *findings)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address))
			check_use(m, f, findings);
}

static void check_taking(const struct machine *m, const struct function *f,
			 struct findings *findings)
{
	check_use(m, f, findings);
	if (!in_vfio(f)) {
		check_sriov(m, f, findings);
		check_vga(m, f, findings);
	}
	check_group(m, f, findings);
}

bool check_want(const struct machine *m, const struct want *want, struct findings *findings)
{
	const struct function *f = machine_find(m, want->address);
	size_t i = findings->n;

	if (f && !want->vfs)
		check_vfs_use(m, f, findings);
	else if (f && want->vfs < 0 && want->vfio)
		check_taking(m, f, findings);
	for (; i < findings->n; i++)
		if (findings->v[i].severity == REFUSES)
			return false;
	return true;
}

struct json_object *check_json(const struct findings *findings)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct finding *finding;
	char *text;

	for (finding = findings->v; finding < findings->v + findings->n; finding++) {
		o = json_object_new_object();
		text = harmless(finding->text);
		json_object_object_add(o, "address", json_object_new_string(finding->function));
		json_object_object_add(o, "check",
				       json_object_new_string(hazards[finding->hazard].name));
		json_object_object_add(o, "verdict",
				       json_object_new_string(severities[finding->severity]));
		json_object_object_add(o, "text", json_object_new_string(text));
		json_object_array_add(array, o);
		free(text);
	}
	return array;
}

void check_tell(const struct findings *findings)
{
	char *names = NULL, *more;
	size_t i, h;

	for (i = 0; i < findings->n; i++)
		say("%s: %s: %s", findings->v[i].function, severities[findings->v[i].severity],
		    findings->v[i].text);
	for (h = 0; h < HAZARDS; h++)
		for (i = 0; hazards[h].liftable && i < findings->n; i++)
			if (findings->v[i].severity == REFUSES && findings->v[i].hazard == h) {
				more = xasprintf("%s%s%s", names ? names : "", names ? "," : "",
						 hazards[h].name);
				free(names);
				names = more;
				break;
			}
	if (names)
		say("to do it in spite of that: --force=%s", names);
	free(names);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		free(findings->v[i].text);
	free(findings->v);
	findings->v = NULL;
	findings->n = 0;
}
