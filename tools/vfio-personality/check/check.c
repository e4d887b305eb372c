// SPDX-License-Identifier: GPL-2.0
/*
 * check: what speaks against taking functions from their native drivers.
 */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denied.h"
#include "describe.h"
#include "diag.h"
#include "remedy.h"

/*
 * In use refuses, what is good to know warns. @code: what the exit code says of a
 * refusal. What the kernel refuses, too, cannot be lifted.
 */
static const struct {
	const char *name;
	enum severity severity;
	int code;
	bool liftable;
} hazards[HAZARDS] = {
	[HAZARD_GONE] = { "gone", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_BRIDGE] = { "bridge", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_SWITCH] = { "switch", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_UNBINDING] = { "unbinding", IMPOSSIBLE, EXIT_BUSY, false },
	[HAZARD_IOMMU] = { "iommu", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_BACKEND] = { "backend", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_METHOD] = { "method", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_DRIVER] = { "driver", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_SRIOV] = { "sriov", IMPOSSIBLE, EXIT_UNSUPPORTED, false },
	[HAZARD_ENABLED] = { "enabled", IMPOSSIBLE, EXIT_FAILED, false },
	[HAZARD_VFS] = { "vfs", REFUSES, EXIT_REFUSED, false },
	[HAZARD_INSTANCES] = { "instances", REFUSES, EXIT_REFUSED, false },
	[HAZARD_UNSEEN] = { "unseen", REFUSES, EXIT_REFUSED, true },
	[HAZARD_MOUNTED] = { "mounted", REFUSES, EXIT_REFUSED, true },
	[HAZARD_SWAP] = { "swap", REFUSES, EXIT_REFUSED, true },
	[HAZARD_HOLDER] = { "holder", REFUSES, EXIT_REFUSED, true },
	[HAZARD_CLAIMED] = { "claimed", REFUSES, EXIT_REFUSED, true },
	[HAZARD_OPEN] = { "open", REFUSES, EXIT_REFUSED, true },
	[HAZARD_ADDRESS] = { "address", REFUSES, EXIT_REFUSED, true },
	[HAZARD_ROUTE] = { "route", REFUSES, EXIT_REFUSED, true },
	[HAZARD_MASTER] = { "master", REFUSES, EXIT_REFUSED, true },
	[HAZARD_UPPER] = { "upper", REFUSES, EXIT_REFUSED, true },
	[HAZARD_SSH] = { "ssh", REFUSES, EXIT_REFUSED, true },
	[HAZARD_NETNS] = { "netns", REFUSES, EXIT_REFUSED, true },
	[HAZARD_VGA] = { "vga", REFUSES, EXIT_REFUSED, true },
	[HAZARD_RESERVED] = { "reserved", REFUSES, EXIT_REFUSED, true },
	[HAZARD_SIBLING] = { "sibling", REFUSES, EXIT_REFUSED, true },
	[HAZARD_COMPANION] = { "companion", WARNS, EXIT_DONE, false },
	[HAZARD_BEHIND] = { "behind", WARNS, EXIT_DONE, false },
	[HAZARD_DATA] = { "data", WARNS, EXIT_DONE, false },
	[HAZARD_LINK] = { "link", WARNS, EXIT_DONE, false },
	[HAZARD_CONSOLE] = { "console", WARNS, EXIT_DONE, false },
	[HAZARD_INPUT] = { "input", WARNS, EXIT_DONE, false },
	[HAZARD_WATCHDOG] = { "watchdog", WARNS, EXIT_DONE, false },
	[HAZARD_INTERRUPTS] = { "interrupts", WARNS, EXIT_DONE, false },
	[HAZARD_TOKEN] = { "token", WARNS, EXIT_DONE, false },
	[HAZARD_SETTINGS] = { "settings", WARNS, EXIT_DONE, false },
};

static const char *const severities[] = {
	[WARNS] = "warning",
	[REFUSES] = "refused",
	[IMPOSSIBLE] = "impossible",
	[LIFTED] = "forced",
};

/* The hazard of that name, or HAZARDS */
static enum hazard find_hazard(const char *name)
{
	int h;

	for (h = 0; h < HAZARDS && strcmp(name, hazards[h].name); h++)
		;
	return (enum hazard)h;
}

static const char *why_not(enum hazard hazard)
{
	if (hazard == HAZARDS)
		return "there is no such check";
	if (hazards[hazard].severity == WARNS)
		return "it is a warning, which needs no lifting";
	return "it cannot be lifted: the kernel refuses it, too";
}

bool check_parse_force(const char *text, unsigned long *force, char **why)
{
	struct names names = names_split(text);
	enum hazard hazard;

	*why = NULL;
	for (size_t i = 0; !*why && i < names.n; i++) {
		hazard = find_hazard(names.v[i]);
		if (hazard < HAZARDS && hazards[hazard].liftable)
			*force |= 1UL << hazard;
		else
			*why = xasprintf("'%s': %s", names.v[i], why_not(hazard));
	}
	names_free(&names);
	return !*why;
}

char *check_force_names(unsigned long force)
{
	char *names = xstrdup(""), *more;

	for (int h = 0; h < HAZARDS; h++)
		if (hazards[h].liftable && force & 1UL << h) {
			more = xasprintf("%s%s%s", names, *names ? "," : "", hazards[h].name);
			free(names);
			names = more;
		}
	return names;
}

static bool is_known(const struct findings *findings, const char *address, enum hazard kind,
		     const char *text)
{
	const struct finding *v;

	for (v = findings->v; v < findings->v + findings->n; v++)
		if (v->hazard == kind && !strcmp(v->function, address) && !strcmp(v->text, text))
			return true;
	return false;
}

void found(struct findings *findings, const char *address, enum hazard kind,
	   const char *fmt, ...)
{
	struct finding *new;
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	findings->fresh = !is_known(findings, address, kind, text);
	if (!findings->fresh) {
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
	snprintf(new->function, sizeof(new->function), "%s", address);
	if (new->severity == REFUSES && findings->force & 1UL << kind)
		new->severity = LIFTED;
}

void found_brief(struct findings *findings, const char *fmt, ...)
{
	struct finding *last = findings->v + findings->n - 1;
	va_list args;

	if (!findings->fresh || last->brief)
		return;
	va_start(args, fmt);
	last->brief = xvasprintf(fmt, args);
	va_end(args);
}

void found_unseen(struct findings *findings, const struct machine *m, const struct function *f,
		  const char *why)
{
	if (why)
		found(findings, f->address, HAZARD_UNSEEN, "%s, so it may be in use", why);
	if (why)
		remedy(findings, "%s", denied_remedy(m->root));
}

/* What its native users lose */
static void check_use(const struct machine *m, const struct function *f, struct findings *findings)
{
	struct devices devices;

	if (in_vfio(f) || is_bridge(f))
		return;
	devices = devices_of(m, f);
	check_disk(m, f, &devices, findings);
	check_share(m, f, &devices, findings);
	check_net(m, f, &devices, findings);
	check_open(m, f, &devices, findings);
	check_console(m, f, &devices, findings);
	check_settings(m, f, &devices, findings);
	devices_free(&devices);
}

static void check_vfs_use(const struct machine *m, const struct function *pf,
			  struct findings *findings)
{
	const struct function *f;

	for_each_function(f, m)
		if (!strcmp(f->pf, pf->address))
			check_use(m, f, findings);
}

/* A controller whose disks are functions of their own takes them with it */
static void check_behind(const struct machine *m, const struct function *upper,
			 struct findings *findings)
{
	const struct function *f;

	for_each_function(f, m) {
		if (!is_below(m, f, upper) || !*f->driver || is_bridge(f))
			continue;
		found(findings, upper->address, HAZARD_BEHIND,
		      "%s (%s) is behind it and will be gone", f->address, f->driver);
		check_use(m, f, findings);
	}
}

static void check_taking(const struct machine *m, const struct function *f,
			 struct findings *findings)
{
	check_use(m, f, findings);
	if (!in_vfio(f))
		check_behind(m, f, findings);
	check_group(m, f, findings);
	check_iommu(m, f, findings);
}

/* VFs that are there are taken, or removed to make others */
static bool touches_vfs(const struct want *want, const struct function *pf)
{
	return want->vfs >= 0 && pf->vfs && (want->vfio || (unsigned long)want->vfs != pf->vfs);
}

/* The impossible weighs more than the forbidden, and the first more than the next */
static int code_of(const struct findings *findings, size_t from)
{
	int code = EXIT_DONE;

	for (size_t i = from; i < findings->n; i++) {
		if (findings->v[i].severity == IMPOSSIBLE)
			return hazards[findings->v[i].hazard].code;
		if (findings->v[i].severity == REFUSES)
			code = EXIT_REFUSED;
	}
	return code;
}

int check_want(const struct machine *m, const struct want *want, struct findings *findings)
{
	const struct function *f = machine_find(m, want->address);
	size_t before = findings->n;

	findings->force = want->force;
	check_possible(m, f, want, findings);
	if (f && touches_vfs(want, f))
		check_vfs_use(m, f, findings);
	else if (f && want->vfs < 0 && want->vfio && !is_bridge(f))
		check_taking(m, f, findings);
	return code_of(findings, before);
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
		json_object_object_add(o, "remedy", finding->remedy ?
				       json_text(finding->remedy) : NULL);
		json_object_array_add(array, o);
		free(text);
	}
	return array;
}

static bool refuses(const struct findings *findings, enum severity severity, int hazard)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].severity == severity &&
		    (hazard < 0 || findings->v[i].hazard == (enum hazard)hazard))
			return true;
	return false;
}

static bool any_grave(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].severity == REFUSES && findings->v[i].grave)
			return true;
	return false;
}

/* What is impossible anyway, nobody is to force the checks for */
static void tell_force(const struct findings *findings)
{
	unsigned long force = 0;
	char *names;

	for (int h = 0; h < HAZARDS; h++)
		if (hazards[h].liftable && refuses(findings, REFUSES, h))
			force |= 1UL << h;
	names = check_force_names(force);
	if (*names && any_grave(findings))
		say("the running system needs this, so no way is shown to do it in spite of that");
	else if (*names)
		say("to do it in spite of that: --force=%s", names);
	free(names);
}

/* The way out comes before the way through; first out is what came last, on top */
static void tell_remedies(const struct findings *findings, enum severity severity)
{
	struct names told = { 0 };
	const char *text;

	for (size_t i = findings->n; i-- > 0;) {
		text = findings->v[i].remedy;
		if (!text || findings->v[i].severity != severity || names_have(&told, text))
			continue;
		say("%s: what helps: %s", findings->v[i].function, text);
		names_add(&told, text);
	}
	names_free(&told);
}

void check_tell(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		say_as(severities[findings->v[i].severity], "%s: %s: %s",
		       findings->v[i].function, severities[findings->v[i].severity],
		       findings->v[i].text);
	if (refuses(findings, IMPOSSIBLE, -1)) {
		tell_remedies(findings, IMPOSSIBLE);
		return;
	}
	tell_remedies(findings, REFUSES);
	tell_force(findings);
}

void findings_cut(struct findings *findings, size_t n)
{
	while (findings->n > n) {
		findings->n--;
		free(findings->v[findings->n].text);
		free(findings->v[findings->n].remedy);
		free(findings->v[findings->n].brief);
	}
}

void findings_free(struct findings *findings)
{
	findings_cut(findings, 0);
	free(findings->v);
	findings->v = NULL;
	survey_free(&findings->survey);
}
