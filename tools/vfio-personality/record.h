/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record: who switched functions, when and by what command, and how to undo the last run;
 * until the next boot.
 */
#ifndef VP_RECORD_H
#define VP_RECORD_H

#include <json-c/json.h>

#include "config.h"
#include "options.h"
#include "want.h"

/**
 * struct record_function - what a function was before
 * @address: which one
 * @vfio: it was in VFIO
 * @vfs: its VFs
 * @vfs_vfio: these were born in VFIO
 * @vf: how these were set up, see vf.h
 * @of_vfs: the run was about its VFs
 * @saved: what was saved of it, as it is in the file; NULL if nothing was
 */
struct record_function {
	char address[BDF_LEN];
	bool vfio;
	unsigned long vfs;
	bool vfs_vfio, of_vfs;
	const char *vf;
	char *saved;
};

/**
 * struct record - what all functions of a run were before
 * @v: the functions
 * @n: their number
 */
struct record {
	struct record_function *v;
	size_t n;
};

struct record record_before(const struct machine *m, const struct wants *wants);
/* Of those that @wants has changed, who has; and if @undoable, how to undo that */
void record_write(const struct path_ctx *root, const struct options *o,
		  const struct record *before, const struct wants *wants, bool undoable);
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
