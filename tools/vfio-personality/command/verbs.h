/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verbs: each does what the command line asks for and gives the exit code. They are in
 * one table, from which --help and completions come as well.
 */
#ifndef VP_VERBS_H
#define VP_VERBS_H

#include "options.h"

/* What a verb is like */
enum {
	/* It wants to be told which functions */
	VERB_SELECTS = 1,
	/* It is for udev's rules or the initramfs, not for people */
	VERB_HIDDEN = 2,
};

/**
 * struct verb_word - a verb
 * @name: what it is called
 * @arguments: what it takes, for --help
 * @summary: what it does
 * @flags: see above
 * @run: does it
 */
struct verb_word {
	const char *name;
	const char *arguments;
	const char *summary;
	int flags;
	int (*run)(struct machine *m, const struct options *o);
};

int verb_list(struct machine *m, const struct options *o);
int verb_status(struct machine *m, const struct options *o);
int verb_doctor(struct machine *m, const struct options *o);
int verb_check(struct machine *m, const struct options *o);
int verb_switch(struct machine *m, const struct options *o);
int verb_create(struct machine *m, const struct options *o);
int verb_emit(struct machine *m, const struct options *o);
int verb_save(struct machine *m, const struct options *o);
int verb_apply(struct machine *m, const struct options *o);
int verb_diff(struct machine *m, const struct options *o);
int verb_run(struct machine *m, const struct options *o);
int verb_confirm(struct machine *m, const struct options *o);
int verb_undo(struct machine *m, const struct options *o);
int verb_explain(struct machine *m, const struct options *o);
int verb_monitor(struct machine *m, const struct options *o);
int verb_udev(struct machine *m, const struct options *o);
int verb_hold(struct machine *m, const struct options *o);

extern const struct verb_word verb_words[VERBS];

#endif
