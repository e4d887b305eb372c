// SPDX-License-Identifier: GPL-2.0
/*
 * select: marks the functions that the command line means.
 */
#include "select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "rtnl.h"

/* Of several classes it has one only; of several addresses or ids, too */
static bool passes_filters(const struct selection *sel, const struct machine *m,
			   const struct function *f)
{
	const struct selector *s;
	bool asked[FILTERS] = { false }, matched[FILTERS] = { false };

	for (s = sel->filters; s < sel->filters + sel->filter_count; s++) {
		asked[s->filter] = true;
		matched[s->filter] |= selector_matches(s, m, f);
	}
	for (int i = 0; i < FILTERS; i++)
		if (asked[i] && !matched[i])
			return false;
	return true;
}

/* So many functions are told by name where one was wanted */
#define MATCHES_TOLD 8

static char *addresses_of(const struct names *found)
{
	char *text = names_told(found, MATCHES_TOLD), *more;

	if (found->n <= MATCHES_TOLD)
		return text;
	more = xasprintf("%s, ...", text);
	free(text);
	return more;
}

/* A verb that writes wants one selector to mean one function */
static int check_count(const struct options *o, const struct names *found, const char *text)
{
	char *addresses;
	int code;

	if (!found->n)
		return say_and(EXIT_UNSUPPORTED, "there is no PCI function %s", text);
	if (found->n == 1 || o->all || !verb_writes(o->verb))
		return EXIT_DONE;
	addresses = addresses_of(found);
	code = say_and(EXIT_USAGE, "there are %zu functions %s: %s; --all takes them all", found->n,
		       text, addresses);
	free(addresses);
	return code;
}

/* "/dev/disk/by-id/..." and the like are links to what the kernel calls it */
static bool behind_link(const struct machine *m, const char *text, char *name, size_t size)
{
	return !path_read_link_name(m->root, name, size, "dev/%s", text);
}

struct altname {
	const char *wanted;
	char name[NAME_LEN];
};

static void see_altnames(void *data, const struct rtnl_link *link)
{
	struct altname *altname = data;

	if (names_have(&link->altnames, altname->wanted))
		snprintf(altname->name, sizeof(altname->name), "%s", link->name);
}

static bool is_altname(const struct machine *m, const char *text, char *name, size_t size)
{
	struct altname altname = { .wanted = text };

	rtnl_links(m->root, "link", see_altnames, &altname);
	snprintf(name, size, "%s", altname.name);
	return *name;
}

/* Whatever class it is of: card1, mlx5_0, ttyS4 */
static struct function *find_in_classes(const struct machine *m, const char *name)
{
	struct names classes = path_list(m->root, "sys/class");
	struct function *f = NULL;
	char path[PATH_TEXT];

	for (size_t i = 0; !f && i < classes.n; i++)
		if (!path_read_link(m->root, path, sizeof(path), "sys/class/%s/%s", classes.v[i],
				    name))
			f = function_on_path(m, path);
	names_free(&classes);
	return f;
}

static struct function *find_by_other_name(const struct machine *m, const char *text)
{
	const char *slash = strrchr(text, '/');
	char name[NAME_LEN];

	if (behind_link(m, text, name, sizeof(name)) || is_altname(m, text, name, sizeof(name)))
		return find_in_classes(m, name);
	return find_in_classes(m, slash ? slash + 1 : text);
}

static int select_named(struct machine *m, const struct options *o, const struct selector *s)
{
	struct names found = { 0 };
	struct function *f;
	char text[192];
	int code;

	if (s->kind != SELECT_ADDRESS)
		machine_know_all(m);
	for_each_function(f, m) {
		if (!selector_matches(s, m, f) || !machine_know(m, f) ||
		    !passes_filters(&o->selection, m, f))
			continue;
		if (!selector_agrees(s, f)) {
			names_free(&found);
			return say_and(EXIT_UNSUPPORTED, "%s is %04x:%04x, not what was asked for",
				       f->address, f->vendor, f->device);
		}
		f->selected = true;
		names_add(&found, f->address);
	}
	f = found.n || s->kind != SELECT_NAME ? NULL : find_by_other_name(m, s->text);
	if (f && passes_filters(&o->selection, m, f)) {
		f->selected = true;
		names_add(&found, f->address);
	}
	snprintf(text, sizeof(text), "matching '%s'", s->text);
	code = check_count(o, &found, text);
	names_free(&found);
	return code;
}

static int select_filtered(struct machine *m, const struct options *o)
{
	bool given = o->selection.filter_count;
	struct names found = { 0 };
	struct function *f;
	int code;

	machine_know_all(m);
	for_each_function(f, m) {
		/* Whoever wants to see bridges says so */
		if (!passes_filters(&o->selection, m, f) || (!given && is_bridge(f)))
			continue;
		f->selected = true;
		names_add(&found, f->address);
	}
	code = given ? check_count(o, &found, "matching -s, -d and --class") : EXIT_DONE;
	names_free(&found);
	return code;
}

static void select_groups(struct machine *m)
{
	struct function *f, *other;

	machine_know_groups(m);
	for_each_selected(f, m)
		for_each_function(other, m)
			if (same_group(f, other) && !is_bridge(other))
				other->selected = true;
}

int select_functions(struct machine *m, const struct options *o)
{
	int code = EXIT_DONE;

	if (!o->selection.named_count)
		code = select_filtered(m, o);
	for (int i = 0; !code && i < o->selection.named_count; i++)
		code = select_named(m, o, &o->selection.named[i]);
	if (!code && o->group)
		select_groups(m);
	machine_narrow(m);
	return code;
}
