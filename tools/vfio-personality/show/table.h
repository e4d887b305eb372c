/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table: JSON objects as a table, or a tree, on stdout.
 */
#ifndef VP_TABLE_H
#define VP_TABLE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util.h"

/**
 * struct table - how to print one
 * @columns: keys of the objects
 * @legend: with a heading
 * @parents: of the nth object, which one it hangs below, -1 for none; NULL: no tree, else
 *	it is drawn in the column "address"
 */
struct table {
	const struct names *columns;
	bool legend;
	const long *parents;
};

/* Parents may come after those that hang below them */
void table_print(const struct table *table, struct json_object *items);

#endif
