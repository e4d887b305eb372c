/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verbs: each does what the command line asks for and gives the exit code.
 */
#ifndef VP_VERBS_H
#define VP_VERBS_H

#include "options.h"

int verb_list(struct machine *m, const struct options *o);
int verb_status(struct machine *m, const struct options *o);
int verb_check(struct machine *m, const struct options *o);
int verb_switch(struct machine *m, const struct options *o);
int verb_save(struct machine *m, const struct options *o);
int verb_apply(struct machine *m, const struct options *o);
int verb_udev(struct machine *m, const struct options *o);

#endif
