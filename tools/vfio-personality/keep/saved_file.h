/* SPDX-License-Identifier: GPL-2.0 */
/*
 * saved_file: the file in which a function is saved, before a run and after it, so that undo
 * can put it back.
 */
#ifndef VP_SAVED_FILE_H
#define VP_SAVED_FILE_H

#include <json-c/json.h>

#include "path.h"

/**
 * struct saved_file - what was in it
 * @before: the run; NULL if there was none
 * @after: the run, if @has_after
 * @has_after: a run of an older version has not told it
 */
struct saved_file {
	char *before, *after;
	bool has_after;
};

/* All of it as it is now, comments and all, NULL if there is none; to be freed */
char *saved_file_now(const struct path_ctx *root, const char *address);
/* The run is over: what it has left */
void saved_file_look_again(const struct path_ctx *root, const char *address,
			   struct saved_file *file);
/* The run has changed it; one that has not told may have */
bool saved_file_was_changed(const struct saved_file *file);
/*
 * Whether undo may put it back: not if somebody has changed it since the run, which has been
 * said then
 */
bool saved_file_may_go_back(const struct path_ctx *root, const char *address,
			    const struct saved_file *file);
/* To @text; NULL removes it. What went wrong has been said */
bool saved_file_put(const struct path_ctx *root, const char *address, const char *text);

/* In a record: its members "saved" and "left" */
void saved_file_add(struct json_object *record, const struct saved_file *file);
struct saved_file saved_file_parse(struct json_object *record);
void saved_file_free(struct saved_file *file);

#endif
