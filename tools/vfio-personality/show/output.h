/* SPDX-License-Identifier: GPL-2.0 */
/*
 * output: what goes to stdout, as a JSON document, a table or paragraphs.
 *
 * Every verb makes the same array of objects for all of them.
 */
#ifndef VP_OUTPUT_H
#define VP_OUTPUT_H

#include <json-c/json.h>

#include "options.h"

/* The version of the documents; grows when a program could be misled */
#define SCHEMA 2

/* What -o may name, with commas between; to be freed */
char *output_words(const struct options *o);
/* The columns to be told; none: all that there are */
struct names output_columns(const struct options *o);
/* The columns asked for are ones that the verb has; if not, that is said */
bool output_check(const struct options *o);
/*
 * Tells @items, which it takes over, and that the program ends with @code. As
 * text, @items are a table, or, for status, paragraphs. Gives @code back.
 */
int output(const struct options *o, struct json_object *items, int code);
/* The same with what checking found, which is no table's but in the document; taken over, too */
int output_with(const struct options *o, struct json_object *items,
		struct json_object *findings, int code);
/* The same as a tree, see struct table; in JSON, @parents do not matter */
int output_tree(const struct options *o, struct json_object *items, const long *parents, int code);
/* In JSON, a failed program has a document, too */
int output_nothing(const struct options *o, int code);

#endif
