/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wanted: what a function is to be, by what was saved of it, or else by a rule.
 */
#ifndef VP_WANTED_H
#define VP_WANTED_H

#include "rules.h"

/**
 * struct wanted - what a function is to be, and who says so
 * @config: that
 * @by: the file, with its line if that is one of rules
 * @rule: the rule; NULL if it was saved
 */
struct wanted {
	struct config config;
	const char *by;
	const struct rule *rule;
};

/*
 * Of @f, which is known. 0; -ENOENT if nothing is said of it; -EINVAL if what was saved
 * cannot be read, which has been said
 */
int wanted_of(const struct machine *m, const struct function *f, struct wanted *wanted);
/* The rest of that for what was saved and has been read */
struct wanted wanted_saved(const struct config *config);
/* It has to wait until its driver is bound: that makes VFs, has a method, provides, or knows it */
bool wanted_waits(const struct wanted *wanted);

#endif
