/* SPDX-License-Identifier: GPL-2.0 */
/*
 * keeper: a process that leads functions back from VFIO when this one cannot: it is
 * killed, or its terminal goes.
 */
#ifndef VP_KEEPER_H
#define VP_KEEPER_H

#include <sys/types.h>

#include "options.h"

/**
 * struct keeper - that process
 * @pid: its number, -1 if there is none
 * @fd: it waits for this to be closed
 */
struct keeper {
	pid_t pid;
	int fd;
};

/*
 * A process of a session of its own, which no signal of a terminal reaches: 0 in it, its
 * number in this one, or -1. Its output goes nowhere, if it would keep somebody waiting.
 */
pid_t keeper_fork(void);
/* From now on the functions at @addresses go back if this process ends */
struct keeper keeper_begin(const struct options *o, const struct names *addresses);
/* They are back, or stay */
void keeper_end(struct keeper *keeper);
/* Leads them back; waits for those who hold them, so long as @o says. The exit code */
int keeper_lead_back(const struct options *o, const struct names *addresses);

#endif
