/* SPDX-License-Identifier: GPL-2.0 */
/*
 * journal: what a run is about to write, so that a later one can undo it.
 *
 * A journal lies in /run/vfio-personality while its run goes on, and is locked
 * by it. One that nobody has locked is from a run that was killed.
 */
#ifndef VP_JOURNAL_H
#define VP_JOURNAL_H

#include "plan.h"

#define RUN_DIR "run/vfio-personality"

/**
 * struct journal - a journal of ours
 * @root: where
 * @name: its file
 * @fd: the same, open and locked; -1 if there is none
 */
struct journal {
	const struct path_ctx *root;
	char name[64];
	int fd;
};

/* The folder of journals and locks; negative errno */
int journal_make_dir(const struct path_ctx *root);
/* negative errno */
int journal_begin(struct journal *journal, const struct path_ctx *root, const struct plan *plan);
/* All went well, or was undone. What could not be is kept for the next run */
void journal_end(struct journal *journal, bool keep);
/*
 * The steps in the contents of a journal. 1: all of them; 0: it ends early, and
 * nothing of it was done; -1: something in it is not a journal's.
 */
int journal_parse(char *text, struct plan *plan);
/*
 * Undoes what killed runs began, or only tells of it. EXIT_DONE, or
 * EXIT_NOT_RESTORED, with what to do said.
 */
int journal_recover(const struct path_ctx *root, bool dry_run);

#endif
