// SPDX-License-Identifier: GPL-2.0
/*
 * undo_instance: what the last create or destroy has done, back again, with what was saved.
 */
#include "undo_instance.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "diag.h"
#include "output.h"

/* Of a function that has gone, what was created can go, and nothing be created */
static int begin(struct making *making, struct locks *locks, struct machine *m,
		 const struct options *o, const struct record_instance *last)
{
	struct function *f = machine_find(m, last->address);

	if (f && machine_know(m, f)) {
		f->selected = true;
		making->f = f;
	} else if (last->was != INSTANCE_ABSENT) {
		return say_and(EXIT_UNSUPPORTED, "%s, which the last run changed, is gone",
			       last->address);
	}
	if (last->was_kept && !saved_file_may_go_back(m->root, last->address, &last->file))
		return EXIT_REFUSED;
	machine_narrow(m);
	making->f = machine_find(m, last->address);
	return o->dry_run ? EXIT_DONE : making_begin(locks, m, o->timeout);
}

/* The file comes first, as udev looks there for the owner of a new device file */
static int set_back(struct making *making, const struct record_instance *last)
{
	char *saved = saved_file_now(making->root, last->address);
	int code = EXIT_FAILED;

	making->result = "failed";
	if (saved_file_put(making->root, last->address, last->file.before)) {
		code = instance_set_back(making, last->was);
		if (code && !saved_file_put(making->root, last->address, saved))
			code = EXIT_NOT_RESTORED;
	}
	if (!code && !strcmp(making->result, "already"))
		making->result = config_creates(making->root, last->address, last->name.type,
						last->name.name) ? "saved" : "unsaved";
	free(saved);
	return code;
}

static int plan(struct making *making, const struct record_instance *last)
{
	int code = instance_set_back(making, last->was);

	if (code || !last->was_kept)
		return code;
	say("%s: what was saved of it would be so again: %s", last->address,
	    last->file.before ? "its file is put back" : "nothing, and its file goes");
	making->result = "planned";
	return code;
}

int undo_instance(struct machine *m, const struct options *o, const struct record_instance *last)
{
	struct making making = {
		.root = m->root, .address = last->address, .wanted = &last->name,
		.dry_run = o->dry_run,
	};
	struct json_object *items;
	struct locks locks = { 0 };
	int code = begin(&making, &locks, m, o, last);

	if (code) {
		locks_release(&locks);
		return output_nothing(o, code);
	}
	if (o->dry_run)
		code = plan(&making, last);
	else if (last->was_kept)
		code = set_back(&making, last);
	else
		code = instance_set_back(&making, last->was);
	if (!code && !o->dry_run)
		record_forget(m->root);
	locks_release(&locks);
	items = json_object_new_array();
	json_object_array_add(items, making_json(&making, !o->json));
	making_free(&making);
	return output(o, items, code);
}
