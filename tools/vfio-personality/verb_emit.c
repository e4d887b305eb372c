// SPDX-License-Identifier: GPL-2.0
/*
 * verb_emit: the text by which the next program takes functions.
 */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "diag.h"
#include "emit.h"
#include "output.h"
#include "select.h"

/* Those that are selected, with NULL at the end; NULL if one is not in VFIO */
static const struct function **selected(const struct machine *m)
{
	const struct function **list = xcalloc(m->count + 1, sizeof(*list));
	struct function *f;
	size_t n = 0;

	for_each_selected(f, m) {
		if (!in_vfio(f)) {
			say_as("error", "%s is not in VFIO; first: vfio-personality enable %s",
			       f->address, f->address);
			free(list);
			return NULL;
		}
		list[n++] = f;
	}
	return list;
}

static struct json_object *as_items(const struct function *const *list, const char *text)
{
	struct json_object *array = json_object_new_array(), *o;

	for (; *list; list++) {
		o = json_object_new_object();
		json_object_object_add(o, "address", json_text((*list)->address));
		/* It is one text for all of them */
		json_object_object_add(o, "emitted", json_object_new_string(text));
		json_object_array_add(array, o);
	}
	return array;
}

int verb_emit(struct machine *m, const struct options *o)
{
	const struct function **list;
	int code = select_functions(m, o);
	char *text;

	if (code)
		return output_nothing(o, code);
	list = selected(m);
	if (!list)
		return output_nothing(o, EXIT_FAILED);
	text = emit(m, o->format, list);
	if (o->json)
		code = output(o, as_items(list, text), EXIT_DONE);
	else
		fputs(text, stdout);
	free(text);
	free(list);
	return code;
}
