/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options: the command line.
 */
#ifndef VP_OPTIONS_H
#define VP_OPTIONS_H

#include <stdbool.h>

#include "filter.h"
#include "instance.h"
#include "selector.h"

enum verb {
	VERB_LIST,
	VERB_STATUS,
	VERB_DOCTOR,
	VERB_CHECK,
	VERB_ENABLE,
	VERB_DISABLE,
	VERB_CREATE,
	VERB_DESTROY,
	VERB_EMIT,
	VERB_SAVE,
	VERB_UNSAVE,
	VERB_APPLY,
	VERB_DIFF,
	VERB_RUN,
	VERB_CONFIRM,
	VERB_UNDO,
	VERB_EXPLAIN,
	VERB_MONITOR,
	VERB_UDEV,
	VERB_HOLD,
	VERBS
};

/**
 * struct selection - which functions the command line means
 * @named: arguments; a function must match one of them, if there are any
 * @instances: for each of them, what is meant of what has been created on the function, its
 *	type empty if that is the function itself; NULL of verbs that are about functions
 * @named_count: their number
 * @filters: options; a function must match all of them
 * @filter_count: their number
 */
struct selection {
	struct selector *named;
	struct instance_name *instances;
	int named_count;
	struct selector filters[8];
	int filter_count;
};

/**
 * struct options - the command line
 * @verb: what to do
 * @root: the file system to look at
 * @selection: with which functions
 * @json: answer with a JSON document
 * @dry_run: only tell the plan
 * @all: a selector may mean several functions
 * @group: with all that shares their IOMMU groups
 * @keep_going: what one group cannot do does not undo the others
 * @wait: until the device files are there
 * @persist: save it, too
 * @legend: a table has a heading
 * @check: apply only tells what it would do, and whether that is anything
 * @verbose: tell more
 * @on_bind: apply for a driver that was just bound: what waits for that, only
 * @timeout: in seconds, for all that waits
 * @jobs: how many IOMMU groups are worked on at a time
 * @force: the checks that are lifted, see check.h
 * @driver: what vfio_driver is set to, NULL to leave it
 * @vfs: how many VFs to have, -1 to leave them
 * @vf: and these are set up so, see vf.h, NULL if nothing is said
 * @columns: of the table, NULL for the verb's own
 * @filters: which functions list shows
 * @filter_count: their number
 * @tree: list draws a tree whatever the columns
 * @trial: after so many seconds they go back, unless confirmed; 0: they stay
 * @command: what run runs, NULL if nothing
 * @format: what emit prints
 * @cdi: with a CDI specification, as long as they are in VFIO
 * @consumer: who is to use the function
 * @personality: what is saved, NULL for what the functions have now
 * @instance: what create creates and destroy destroys
 * @user: owner of the device files; with @owner_group and @mode NULL if not given
 */
struct options {
	enum verb verb;
	const char *root;
	struct selection selection;
	bool json, dry_run, all, group, keep_going, wait, persist, legend, on_bind;
	bool check, verbose;
	unsigned long timeout, jobs;
	unsigned long force;
	const char *driver;
	long vfs;
	const char *vf;
	const char *columns;
	struct filter_term filters[8];
	int filter_count;
	bool tree;
	unsigned long trial;
	char **command;
	const char *format;
	bool cdi;
	const char *consumer;
	const char *personality;
	struct instance_name instance;
	const char *user, *owner_group, *mode;
};

/*
 * Fills @o. If the program is done already, or the command line is wrong (which
 * has been said), false, with its exit code in @code.
 */
bool options_parse(struct options *o, int argc, char **argv, int *code);
void options_free(struct options *o);
const char *verb_name(enum verb verb);
bool verb_writes(enum verb verb);
/* False if there is no verb @word */
bool verb_find(const char *word, enum verb *verb);

#endif
