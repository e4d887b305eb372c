// SPDX-License-Identifier: GPL-2.0
/*
 * verb_diff: what is not as it was saved, or as rules want it.
 */
#include "verbs.h"

#include "diag.h"
#include "difference.h"
#include "output.h"
#include "select.h"

/**
 * struct diff - under way
 * @m: the machine, with the functions selected that it is about
 * @rows: what differs
 * @code: something could not be read
 */
struct diff {
	struct machine *m;
	struct json_object *rows;
	int code;
};

static void add_saved(struct diff *d, const char *address)
{
	struct wanted wanted;
	struct config config;

	if (config_read(d->m->root, address, &config)) {
		d->code = EXIT_FAILED;
		return;
	}
	wanted = wanted_saved(&config);
	difference_add(d->rows, d->m, &wanted);
}

/* What was saved of functions that are not there has no function that could be selected */
static void add_absent(struct diff *d)
{
	struct names saved = config_list(d->m->root);

	for (size_t i = 0; i < saved.n; i++)
		if (!machine_find(d->m, saved.v[i]))
			add_saved(d, saved.v[i]);
	names_free(&saved);
}

int verb_diff(struct machine *m, const struct options *o)
{
	struct diff d = { .m = m };
	struct wanted wanted;
	struct function *f;
	int code = select_functions(m, o);

	if (code)
		return output_nothing(o, code);
	d.rows = json_object_new_array();
	for_each_selected(f, m) {
		if (config_exists(m->root, f->address))
			add_saved(&d, f->address);
		else if (!wanted_of(m, f, &wanted))
			difference_add(d.rows, m, &wanted);
	}
	if (!o->selection.named_count && !o->selection.filter_count)
		add_absent(&d);
	if (rules_all(m->root)->broken.n || json_object_array_length(d.rows))
		d.code = EXIT_FAILED;
	return output(o, d.rows, d.code);
}
