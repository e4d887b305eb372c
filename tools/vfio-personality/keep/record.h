/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record: who switched functions, when and by what command, and how to undo the last run;
 * until the next boot.
 */
#ifndef VP_RECORD_H
#define VP_RECORD_H

#include <json-c/json.h>

#include "config.h"
#include "instance_make.h"
#include "options.h"
#include "saved_file.h"
#include "want.h"

/**
 * struct record_function - what a function was before
 * @address: which one
 * @vfio: it was in VFIO
 * @vfs: its VFs
 * @vfs_vfio: these were born in VFIO
 * @vf: how these were set up, see vf.h
 * @of_vfs: the run was about its VFs
 * @file: in which it is saved
 */
struct record_function {
	char address[BDF_LEN];
	bool vfio;
	unsigned long vfs;
	bool vfs_vfio, of_vfs;
	const char *vf;
	struct saved_file file;
};

/**
 * struct record_instance - what an instance was before create or destroy
 * @address: the function that it is on
 * @name: the instance, with all settings that it had
 * @was: in configfs
 * @was_kept: what is saved of the function has been changed, too
 * @file: in which the function is saved
 */
struct record_instance {
	char address[BDF_LEN];
	struct instance_name name;
	enum instance_was was;
	bool was_kept;
	struct saved_file file;
};

/**
 * struct record - what all that a run was about was before
 * @v: the functions that it switched
 * @n: their number
 * @instance: what it created or destroyed instead, NULL if nothing
 */
struct record {
	struct record_function *v;
	size_t n;
	struct record_instance *instance;
};

struct record record_before(const struct machine *m, const struct wants *wants);
/* Of those that @wants has changed, who has; and if @undoable, how to undo that */
void record_write(const struct path_ctx *root, const struct options *o,
		  struct record *before, const struct wants *wants, bool undoable);
/* The same of an instance. record_write_instance() is for a run that has changed something */
struct record_instance *record_instance_before(const struct path_ctx *root, const char *address,
					       const struct instance_name *name);
void record_write_instance(const struct path_ctx *root, const struct options *o,
			   struct record_instance *before);
void record_instance_free(struct record_instance *record);
/* As it is in the file; and back, NULL if @o is none */
struct json_object *record_instance_json(const struct record_instance *record);
struct record_instance *record_instance_parse(struct json_object *o);
/* What the last run changed: false if there is none, or it was undone */
bool record_read(const struct path_ctx *root, struct record *last);
void record_forget(const struct path_ctx *root);
void record_free(struct record *record);
/*
 * Who switched the function last: an object with verb, at, user, by, unit and command, or
 * NULL if nobody did by this program since the boot
 */
struct json_object *record_who(const struct path_ctx *root, const char *address);

#endif
