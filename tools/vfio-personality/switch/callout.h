/* SPDX-License-Identifier: GPL-2.0 */
/*
 * callout: programs of the administrator's that run before a function is switched and
 * after it: to stop who has it open, to start him again.
 *
 * They are in hooks.d below /etc, /run and /usr/lib/vfio-personality, in all/,
 * address/ADDRESS/, driver/NAME/ and class/WORD/. What has the same name in an earlier one
 * of the three takes the place of the other.
 */
#ifndef VP_CALLOUT_H
#define VP_CALLOUT_H

#include "want.h"

/**
 * struct callouts - what is to be told of how it ended
 * @told: the addresses of functions whose call-outs were called before
 */
struct callouts {
	struct names told;
};

/*
 * Calls what is there for the functions that @wants changes. Who says no has a code in his
 * want, and it has been said why.
 */
struct callouts callouts_before(const struct machine *m, struct wants *wants);
/* Tells those that were called how it ended: "after", or "failed" */
void callouts_after(struct callouts *callouts, const struct machine *m,
		    const struct wants *wants);

#endif
