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
	/* It takes files that a brief look leaves out, see struct machine */
	COLUMN_MORE = 1,
	/* It takes a look at the whole machine, or may have to wait: only who asks gets it */
	COLUMN_ASKED = 2,
	/* For list's table only: a JSON document has it in parts already */
	COLUMN_TABLE = 4,
};

/**
 * struct column - one thing to be told
 * @key: its name
 * @flags: see above
 * @help: what it is, for --help
 * @value: of a function; NULL is null. @use is NULL if it was not asked for
 */
struct column {
	const char *key;
	int flags;
	const char *help;
	struct json_object *(*value)(const struct machine *m, const struct function *f,
				     struct inuse *use);
};

extern const struct column columns[];

#define for_each_column(c) for ((c) = columns; (c)->key; (c)++)

const struct column *column_find(const char *key);
/* The keys, with commas between; to be freed */
char *column_words(void);
/* The ones in @keys can be told from a brief look; all of them, if there are none */
bool columns_are_brief(const struct names *keys);

#endif
