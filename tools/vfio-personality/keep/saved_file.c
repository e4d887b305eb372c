// SPDX-License-Identifier: GPL-2.0
/*
 * saved_file: the file in which a function is saved, before a run and after it.
 */
#include "saved_file.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "denied.h"
#include "diag.h"

char *saved_file_now(const struct path_ctx *root, const char *address)
{
	return config_exists(root, address) ?
	       path_read_all(root, CONFIG_DIR "/%s.conf", address) : NULL;
}

void saved_file_look_again(const struct path_ctx *root, const char *address,
			   struct saved_file *file)
{
	file->after = saved_file_now(root, address);
	file->has_after = true;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool saved_file_was_changed(const struct saved_file *file)
{
	return !file->has_after || !is_same(file->before, file->after);
}

bool saved_file_may_go_back(const struct path_ctx *root, const char *address,
			    const struct saved_file *file)
{
	char *now = saved_file_now(root, address);
	/* What the run has not changed, undo has no business with */
	bool may = !file->has_after || is_same(file->before, file->after) ||
		   is_same(now, file->after) || is_same(now, file->before);

	free(now);
	if (!may)
		say_as("error",
		       "%s: what is saved of it has been changed since the last run, and undo would lose that; save or unsave, and enable or disable it instead",
		       address);
	return may;
}

bool saved_file_put(const struct path_ctx *root, const char *address, const char *text)
{
	int error = config_put(root, address, text);

	if (error)
		say_as("error", "%s: what was saved of it cannot be set back: %s", address,
		       error_text(root, -error));
	return !error;
}

/* As it is, whatever is in it */
static void add(struct json_object *record, const char *key, const char *text)
{
	json_object_object_add(record, key, text ? json_object_new_string(text) : NULL);
}

void saved_file_add(struct json_object *record, const struct saved_file *file)
{
	add(record, "saved", file->before);
	add(record, "left", file->after);
}

static char *copy(struct json_object *text)
{
	return text ? xstrdup(json_object_get_string(text)) : NULL;
}

struct saved_file saved_file_parse(struct json_object *record)
{
	struct saved_file file = { .before = copy(json_object_object_get(record, "saved")) };
	struct json_object *after;

	file.has_after = json_object_object_get_ex(record, "left", &after);
	file.after = copy(after);
	return file;
}

void saved_file_free(struct saved_file *file)
{
	free(file->before);
	free(file->after);
	*file = (struct saved_file){ 0 };
}
