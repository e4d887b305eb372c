// SPDX-License-Identifier: GPL-2.0
/*
 * created: what is to be created on functions by what was saved of them, or by rules.
 */
#include "created.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "instance_make.h"

void creations_add(struct creations *creations, const struct wanted *wanted)
{
	const struct config *config = &wanted->config;
	struct created *new;

	for (size_t i = 0; i < creations->n; i++)
		if (!strcmp(creations->v[i].address, config->address))
			return;
	if (!*config->create)
		return;
	creations->v = xrealloc(creations->v, creations->n + 1, sizeof(*creations->v));
	new = creations->v + creations->n++;
	memcpy(new->address, config->address, sizeof(new->address));
	new->create = config->create;
}

static void run_one(struct creations *creations, struct making *making, const char *line,
		    const struct options *o, struct json_object *items)
{
	struct instance_name wanted;
	int code;

	/* It was read with the file */
	instance_name_parse(&wanted, line);
	making->wanted = &wanted;
	code = instance_create(making);
	if (code) {
		creations->bad++;
		creations->code = code;
	}
	creations->planned += !strcmp(making->result, "planned");
	json_object_array_add(items, making_json(making, !o->json));
	making_free(making);
	instance_name_free(&wanted);
}

static void run_function(struct creations *creations, const struct created *created,
			 const struct path_ctx *root, const struct options *o,
			 struct json_object *items)
{
	struct names lines = names_split_at(created->create, "\n");
	struct making making = {
		.root = root, .address = created->address, .dry_run = o->dry_run,
	};
	struct locks locks = { 0 };
	struct function *f;
	struct machine m;
	int code = EXIT_DONE;

	machine_open(&m, root);
	f = machine_find(&m, created->address);
	if (f && machine_know(&m, f)) {
		f->selected = true;
		making.f = f;
	}
	if (!o->dry_run)
		code = making_begin(&locks, &m, o->timeout);
	creations->tried += (unsigned int)lines.n;
	if (code) {
		creations->bad += (unsigned int)lines.n;
		creations->code = code;
	}
	for (size_t i = 0; !code && i < lines.n; i++)
		run_one(creations, &making, lines.v[i], o, items);
	locks_release(&locks);
	machine_free(&m);
	names_free(&lines);
}

void creations_run(struct creations *creations, const struct path_ctx *root,
		   const struct options *o, struct json_object *items)
{
	for (size_t i = 0; i < creations->n; i++)
		run_function(creations, &creations->v[i], root, o, items);
}

void creations_free(struct creations *creations)
{
	free(creations->v);
	*creations = (struct creations){ 0 };
}
