// SPDX-License-Identifier: GPL-2.0
/*
 * verb_explain: why functions are what they are.
 */
#include "verbs.h"

#include "diag.h"
#include "explain.h"
#include "output.h"
#include "select.h"

int verb_explain(struct machine *m, const struct options *o)
{
	struct json_object *rows;
	struct function *f;
	int code = select_functions(m, o);

	if (code)
		return output_nothing(o, code);
	rows = json_object_new_array();
	for_each_selected(f, m)
		explain(rows, m, f);
	return output(o, rows, EXIT_DONE);
}
