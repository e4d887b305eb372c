/* SPDX-License-Identifier: GPL-2.0 */
/*
 * created: what is to be created on functions by what was saved of them, or by rules.
 */
#ifndef VP_CREATED_H
#define VP_CREATED_H

#include <json-c/json.h>

#include "options.h"
#include "wanted.h"

/**
 * struct created - what is to be created on a function
 * @address: the function
 * @create: the lines, see struct config
 */
struct created {
	char address[BDF_LEN];
	const char *create;
};

/**
 * struct creations - of all functions
 * @v: the functions
 * @n: their number
 * @tried: how many instances that are
 * @bad: how many of them could not be created
 * @planned: how many would be, of a dry run
 * @code: why the last one could not
 */
struct creations {
	struct created *v;
	size_t n;
	unsigned int tried, bad, planned;
	int code;
};

/* Notes what @wanted has to be created; once for each function */
void creations_add(struct creations *creations, const struct wanted *wanted);
/*
 * Creates all that, whatever becomes of each; what came of it is added to @items. Functions
 * have been switched by now, so that they are read anew.
 */
void creations_run(struct creations *creations, const struct path_ctx *root,
		   const struct options *o, struct json_object *items);
void creations_free(struct creations *creations);

#endif
