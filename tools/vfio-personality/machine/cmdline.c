// SPDX-License-Identifier: GPL-2.0
/*
 * cmdline: what the kernel's command line says to this program.
 */
#include "cmdline.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "selector.h"

bool cmdline_has(const char *cmdline, const char *word)
{
	const char *at = cmdline;
	size_t len = strlen(word);

	while ((at = strstr(at, word))) {
		if ((at == cmdline || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

bool cmdline_is_off(const struct path_ctx *root)
{
	char text[PATH_TEXT];

	path_read(root, text, sizeof(text), "proc/cmdline");
	return cmdline_has(text, CMDLINE_OFF);
}

/* NULL, or what is wrong with @item */
static const char *parse_item(struct selector *s, const char *item)
{
	const char *why;

	if (!strncmp(item, "id=", 3))
		return selector_parse_id(s, item + 3);
	why = selector_parse(s, item);
	return why || s->kind == SELECT_ADDRESS ? why : "an address or id=VENDOR:DEVICE is wanted";
}

static void add_item(const struct machine *m, const char *item, struct names *addresses)
{
	const char *why;
	struct selector s;
	struct function *f;
	bool found = false;

	why = parse_item(&s, item);
	if (why) {
		say_as("error", CMDLINE_EARLY "=%s selects nothing: %s", item, why);
		return;
	}
	for_each_function(f, m) {
		if (!machine_know(m, f) || is_bridge(f) || !selector_matches(&s, m, f) ||
		    !selector_agrees(&s, f))
			continue;
		found = true;
		if (!names_have(addresses, f->address))
			names_add(addresses, f->address);
	}
	if (!found)
		say(CMDLINE_EARLY "=%s: there is no such function that VFIO could have", item);
}

struct names cmdline_early(const struct machine *m)
{
	char *text = path_read_all(m->root, "proc/cmdline"), *rest = text, *word;
	struct names addresses = { 0 }, items;

	while ((word = strsep(&rest, "\n "))) {
		if (strncmp(word, CMDLINE_EARLY "=", strlen(CMDLINE_EARLY "=")))
			continue;
		items = names_split(word + strlen(CMDLINE_EARLY "="));
		for (size_t i = 0; i < items.n; i++)
			add_item(m, items.v[i], &addresses);
		names_free(&items);
	}
	free(text);
	names_sort(&addresses);
	return addresses;
}
