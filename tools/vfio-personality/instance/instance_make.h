/* SPDX-License-Identifier: GPL-2.0 */
/*
 * instance_make: creates and destroys vfio_devices that a function's driver provides.
 *
 * Each completes, or leaves all as it was. What went wrong has been said.
 */
#ifndef VP_INSTANCE_MAKE_H
#define VP_INSTANCE_MAKE_H

#include "instance.h"
#include "lock.h"

/**
 * struct making - what is to be done to an instance, and what came of it
 * @root: where
 * @address: the function
 * @f: the same, NULL if it has gone
 * @wanted: the instance
 * @dry_run: only tell
 * @name: "0000:00:03.0/edu-slice/a", and
 * @what: "0000:00:03.0: edu-slice/a", which instance_create() and instance_destroy() make
 * @result: "done", "already", "planned", "refused" or "failed"
 * @made: it has been made, rather than made live
 * @writes: of a dry run, what would be written, as objects
 */
struct making {
	const struct path_ctx *root;
	const char *address;
	const struct function *f;
	const struct instance_name *wanted;
	bool dry_run;
	char *name, *what;
	const char *result;
	bool made;
	struct json_object *writes;
};

/* What an instance is in configfs */
enum instance_was {
	INSTANCE_ABSENT,
	INSTANCE_CONFIGURED,
	INSTANCE_LIVE,
};

/* These give an exit code */
int instance_create(struct making *making);
int instance_destroy(struct making *making);
/* Makes it what it was, @wanted having all settings that it had; "done" or "already" */
int instance_set_back(struct making *making, enum instance_was was);
/* Takes back what instance_create() has done, as something that goes with it has failed */
void instance_revoke(struct making *making);

/* For a JSON document, or a table, in which the instance is called ADDRESS/TYPE/NAME */
struct json_object *making_json(const struct making *making, bool table);
void making_free(struct making *making);

/* Locks what is about to be made; as locks_take() */
int making_begin(struct locks *locks, const struct machine *m, unsigned long timeout);

#endif
