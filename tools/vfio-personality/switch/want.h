/* SPDX-License-Identifier: GPL-2.0 */
/*
 * want: what is to become of a function.
 */
#ifndef VP_WANT_H
#define VP_WANT_H

#include "identity.h"

/**
 * struct want - what is to become of a function, and what became of it
 * @address: the function
 * @vfio: it goes to VFIO, or back
 * @driver: what vfio_driver is set to, empty to leave it
 * @vfs: instead: it stays and gets so many VFs, in the personality @vfio; -1
 * @vf: and these are set up so, see vf.h
 * @force: the checks that are lifted, see check.h
 * @identity: what it was before, if it is to be saved
 * @by: the file that wants it, NULL if the command line does
 * @made: its VFs are made anew, without a driver at first
 * @dropped: something forbids it; nothing is done about it
 * @code: an exit code: why it was not done
 * @result: in a word
 */
struct want {
	char address[BDF_LEN];
	bool vfio;
	char driver[NAME_LEN];
	long vfs;
	const char *vf;
	unsigned long force;
	struct identity identity;
	const char *by;
	bool made, dropped;
	int code;
	const char *result;
};

/**
 * struct wants - all that a transaction is about
 * @v: each function's
 * @n: their number
 */
struct wants {
	struct want *v;
	size_t n;
};

#define for_each_want(w, ws) for ((w) = (ws)->v; (w) < (ws)->v + (ws)->n; (w)++)

struct want *wants_add(struct wants *wants, const char *address);
struct want *wants_find(const struct wants *wants, const char *address);
void wants_free(struct wants *wants);

#endif
