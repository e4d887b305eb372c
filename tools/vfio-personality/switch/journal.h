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
/* negative errno; -EWOULDBLOCK if others were at it for @timeout s */
int journal_begin(struct journal *journal, const struct path_ctx *root, const struct plan *plan,
		  unsigned long timeout);
/* All went well, or was undone. What could not be is kept for the next run */
void journal_end(struct journal *journal, bool keep);
/*
 * The steps in the contents of a journal. 1: all of them; 0: it ends early, and
 * nothing of it was done; -1: something in it is not a journal's.
 */
int journal_parse(char *text, struct plan *plan);
/* Tells which journals of killed runs there are */
void journal_tell(const struct machine *m);
/*
 * Undoes, or only tells of, what killed runs began with the IOMMU groups of @m's selected
 * functions; of other journals it tells that they are there. EXIT_DONE; EXIT_NOT_RESTORED
 * if something of those groups could not be undone; EXIT_LOCKED or EXIT_FAILED.
 */
int journal_recover(const struct machine *m, bool dry_run, unsigned long timeout);

#endif
