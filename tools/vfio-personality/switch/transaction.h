/* SPDX-License-Identifier: GPL-2.0 */
/*
 * transaction: brings about what is wanted of several functions, or leaves all
 * as it was.
 */
#ifndef VP_TRANSACTION_H
#define VP_TRANSACTION_H

#include <json-c/json.h>

#include "options.h"
#include "want.h"

/**
 * struct transaction - what a verb wants done
 * @m: the machine, with the functions selected that @wants is about
 * @o: the command line
 * @wants: what is wanted; their codes and results are set
 * @findings: what checking found, as check_json() has it; the caller owns it
 * @commit: called when all is done, to make it last; if it fails, all is undone
 * @revoke: called when it is to be undone after that: undoes what @commit did. May be
 *	NULL
 * @keep_going: each IOMMU group stands for itself
 */
struct transaction {
	struct machine *m;
	const struct options *o;
	struct wants *wants;
	struct json_object *findings;
	bool (*commit)(const struct transaction *t);
	void (*revoke)(const struct transaction *t);
	bool keep_going;
};

/* The exit code; what happened to each function is in @items, an array */
int transaction_run(struct transaction *t, struct json_object **items);

/* A want succeeded, or would */
bool want_is_fine(const struct want *want);

#endif
