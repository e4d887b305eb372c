// SPDX-License-Identifier: GPL-2.0
/*
 * verb_emit: the text by which the next program takes functions, and what has been created
 * on functions.
 */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "diag.h"
#include "emit.h"
#include "output.h"
#include "select.h"

static struct emitted *add(struct emissions *all, const char *address)
{
	struct emitted *e;

	all->v = xrealloc(all->v, all->n + 1, sizeof(*all->v));
	e = &all->v[all->n++];
	*e = (struct emitted){ 0 };
	snprintf(e->address, sizeof(e->address), "%s", address);
	return e;
}

/* Those that are meant themselves */
static int add_functions(struct emissions *all, struct machine *m, const struct options *o)
{
	struct options plain = *o;
	struct selection *sel = &plain.selection;
	struct function *f;
	int code = EXIT_DONE;

	sel->named = xcalloc((size_t)o->selection.named_count, sizeof(*sel->named));
	sel->named_count = 0;
	for (int i = 0; i < o->selection.named_count; i++)
		if (!*o->selection.instances[i].type)
			sel->named[sel->named_count++] = o->selection.named[i];
	/* Filters without an argument select by themselves */
	if (sel->named_count || !o->selection.named_count)
		code = select_functions(m, &plain);
	free(sel->named);
	if (code)
		return code;
	for_each_selected(f, m) {
		if (!in_vfio(f))
			return say_and(EXIT_FAILED,
				       "%s is not in VFIO; first: vfio-personality enable %s",
				       f->address, f->address);
		add(all, f->address)->f = f;
	}
	return EXIT_DONE;
}

/* The one function that the @n-th argument has before its slash */
static int find_parent(const struct path_ctx *root, const struct options *o, int n,
		       char *address)
{
	struct options one = *o;
	struct machine m;
	int code;

	one.group = false;
	one.selection.named = &o->selection.named[n];
	one.selection.named_count = 1;
	machine_open(&m, root);
	code = select_functions(&m, &one);
	if (!code && next_selected(&m, next_selected(&m, NULL)))
		code = say_and(EXIT_USAGE,
			       "'%s' is more than one function; give the address of that which has %s/%s",
			       o->selection.named[n].text, o->selection.instances[n].type,
			       o->selection.instances[n].name);
	if (!code)
		snprintf(address, BDF_LEN, "%s", next_selected(&m, NULL)->address);
	machine_free(&m);
	return code;
}

static int add_instance(struct emissions *all, const struct path_ctx *root,
			const struct options *o, int n)
{
	const struct instance_name *name = &o->selection.instances[n];
	char address[BDF_LEN];
	struct emitted *e;
	int code = find_parent(root, o, n, address);
	bool there;

	if (code)
		return code;
	e = add(all, address);
	there = instance_read(root, address, name->type, name->name, &e->instance);
	if (!there || !e->instance.live || *e->instance.sysfs != '/')
		return say_and(EXIT_FAILED,
			       "%s: %s/%s is not %s; first: vfio-personality create %s/%s/%s",
			       address, name->type, name->name, there ? "live" : "there", address,
			       name->type, name->name);
	return EXIT_DONE;
}

static struct json_object *as_items(const struct emissions *all, const char *text)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct emitted *e;
	char *name;

	for (e = all->v; e < all->v + all->n; e++) {
		o = json_object_new_object();
		json_object_object_add(o, "address", json_text(e->address));
		if (!e->f) {
			name = xasprintf("%s/%s", e->instance.type, e->instance.name);
			json_object_object_add(o, "instance", json_text(name));
			free(name);
		}
		/* It is one text for all of them */
		json_object_object_add(o, "emitted", json_object_new_string(text));
		json_object_array_add(array, o);
	}
	return array;
}

static void free_emissions(struct emissions *all)
{
	for (size_t i = 0; i < all->n; i++)
		instance_free(&all->v[i].instance);
	free(all->v);
}

int verb_emit(struct machine *m, const struct options *o)
{
	struct emissions all = { 0 };
	char *text = NULL;
	int code = add_functions(&all, m, o);

	for (int i = 0; !code && i < o->selection.named_count; i++)
		if (*o->selection.instances[i].type)
			code = add_instance(&all, m->root, o, i);
	if (!code) {
		text = emit(m, o->format, &all);
		code = text ? EXIT_DONE : EXIT_UNSUPPORTED;
	}
	if (code)
		output_nothing(o, code);
	else if (o->json)
		output(o, as_items(&all, text), EXIT_DONE);
	else
		fputs(text, stdout);
	free(text);
	free_emissions(&all);
	return code;
}
