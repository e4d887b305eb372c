/* SPDX-License-Identifier: GPL-2.0 */
/*
 * columns: what there is to be told of a function, in one table: the keys of the JSON
 * documents, the columns of list, and what list's filters compare.
 */
#ifndef VP_COLUMNS_H
#define VP_COLUMNS_H

#include <json-c/json.h>

#include "inuse.h"

/* What a column is like */
enum {
	/* It takes a look at the whole machine, or may have to wait: only who asks gets it */
	COLUMN_ASKED = 1,
	/* For list's table only: a JSON document has it in parts already */
	COLUMN_TABLE = 2,
};

/**
 * struct look - what a column is told of
 * @m: the machine
 * @f: a function
 * @use: who uses it; NULL if that was not asked for
 */
struct look {
	const struct machine *m;
	const struct function *f;
	struct inuse *use;
};

/**
 * struct column - one thing to be told
 * @key: its name
 * @flags: see above
 * @help: what it is, for --help
 * @value: tells it; if it is NULL, it is a text in struct function
 * @member: where that is
 */
struct column {
	const char *key;
	int flags;
	const char *help;
	struct json_object *(*value)(const struct look *look);
	size_t member;
};

extern const struct column columns[];

#define for_each_column(c) for ((c) = columns; (c)->key; (c)++)

/* NULL is null. @use may be NULL, unless it is "in_use" */
struct json_object *column_value(const struct column *column, const struct machine *m,
				 const struct function *f, struct inuse *use);
const struct column *column_find(const char *key);
/* The keys, with commas between; to be freed */
char *column_words(void);

#endif
