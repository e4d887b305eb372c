// SPDX-License-Identifier: GPL-2.0
/*
 * verb_save: save and unsave, which change what is kept and nothing else.
 */
#include "verbs.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "diag.h"
#include "initramfs.h"
#include "output.h"
#include "persist.h"
#include "select.h"

static struct json_object *saved_json(const struct persist *p, const char *result)
{
	struct json_object *o = p->keep ? describe_config(&p->config) : json_object_new_object();

	json_object_object_add(o, "address", json_text(p->address));
	json_object_object_add(o, "result", json_text(result));
	return o;
}

static void add(struct persist **list, size_t *n, const char *address)
{
	*list = xrealloc(*list, *n + 1, sizeof(**list));
	(*list)[*n] = (struct persist){ 0 };
	memcpy((*list)[(*n)++].address, address, strlen(address) + 1);
}

/* Of a function that is gone, what is kept can go, too */
static bool add_absent(const struct machine *m, const struct options *o, struct persist **list,
		       size_t *n)
{
	const struct selection *sel = &o->selection;
	char address[BDF_LEN];

	if (o->verb != VERB_UNSAVE || sel->filter_count)
		return false;
	for (int i = 0; i < sel->named_count; i++) {
		if (sel->named[i].kind != SELECT_ADDRESS)
			return false;
		bdf_format(&sel->named[i].bdf, address);
		if (!config_exists(m->root, address))
			return false;
	}
	for (int i = 0; i < sel->named_count; i++) {
		bdf_format(&sel->named[i].bdf, address);
		add(list, n, address);
	}
	return sel->named_count;
}

static int choose(struct machine *m, const struct options *o, struct persist **list, size_t *n)
{
	struct function *f;
	int code;

	if (add_absent(m, o, list, n))
		return EXIT_DONE;
	code = select_functions(m, o);
	if (code)
		return code;
	for_each_selected(f, m) {
		if (is_bridge(f))
			return say_and(EXIT_UNSUPPORTED, "%s is a bridge, which VFIO cannot have",
				       f->address);
		add(list, n, f->address);
		(*list)[*n - 1].keep = o->verb == VERB_SAVE;
		(*list)[*n - 1].config = persist_config(m, f, o);
		if (o->personality)
			(*list)[*n - 1].config.vfio = !strcmp(o->personality, "vfio");
		if ((*list)[*n - 1].config.vfio && (*list)[*n - 1].config.vfs < 0)
			persist_forget_created(&(*list)[*n - 1].config);
	}
	return EXIT_DONE;
}

static void tell_initramfs(const struct machine *m, const struct persist *list,
			   const bool *already, size_t n)
{
	struct names changed = { 0 };

	for (size_t i = 0; i < n; i++)
		if (!already[i])
			names_add(&changed, list[i].address);
	initramfs_tell(m, &changed);
	names_free(&changed);
}

int verb_save(struct machine *m, const struct options *o)
{
	struct json_object *items;
	struct persist *list = NULL;
	const struct function *f;
	const char *done = o->verb == VERB_SAVE ? "saved" : "unsaved";
	size_t n = 0;
	int code = choose(m, o, &list, &n);
	bool *already = xcalloc(n, sizeof(*already));

	for (size_t i = 0; !code && i < n; i++)
		already[i] = persist_is_kept(m->root, &list[i]);
	if (!code && o->verb == VERB_SAVE)
		persist_warn(m->root, o);

	if (!code && !o->dry_run && !persist_all(m->root, list, n, NULL))
		code = EXIT_FAILED;
	if (code) {
		free(already);
		free(list);
		return output_nothing(o, code);
	}
	items = json_object_new_array();
	for (size_t i = 0; i < n; i++) {
		f = machine_find(m, list[i].address);
		if (f && !o->dry_run)
			persist_refresh(m, f);
		json_object_array_add(items, saved_json(&list[i], already[i] ? "already" :
							     o->dry_run ? "planned" : done));
	}
	if (!o->dry_run)
		tell_initramfs(m, list, already, n);
	free(already);
	free(list);
	return output(o, items, code);
}
