/* SPDX-License-Identifier: GPL-2.0 */
/*
 * switch: a transaction with all that goes with it for who asks by hand: what is kept,
 * CDI specifications, the record of the run, what to do next.
 */
#ifndef VP_SWITCH_H
#define VP_SWITCH_H

#include <json-c/json.h>

#include "options.h"
#include "want.h"

/**
 * struct switching - what a verb wants done, and what came of it
 * @m: the machine, with the functions selected that @wants is about
 * @o: the command line
 * @wants: what is wanted; their codes and results are set
 * @undoable: it is what undo undoes
 * @items: what happened to each function, an array; NULL if nothing was begun
 * @findings: what checking found; NULL if it was not asked
 */
struct switching {
	struct machine *m;
	const struct options *o;
	struct wants wants;
	bool undoable;
	struct json_object *items, *findings;
};

/* What @o wants of the functions that are selected */
struct wants switch_wants(const struct machine *m, const struct options *o);
/* The exit code */
int switch_run(struct switching *s);
/* Puts on @items and @findings, or only that it failed with @code, which it gives back */
int switch_output(struct switching *s, int code);
void switch_free(struct switching *s);
/*
 * Leads the functions at @addresses back from VFIO. @o says how long to wait. What went
 * wrong has been said; the exit code
 */
int switch_back(const struct options *o, const struct names *addresses);

#endif
