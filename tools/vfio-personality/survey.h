/* SPDX-License-Identifier: GPL-2.0 */
/*
 * survey: what checking looks at on the whole machine, each part once a run and
 * when it is first needed.
 */
#ifndef VP_SURVEY_H
#define VP_SURVEY_H

#include "mounts.h"
#include "netns.h"
#include "openers.h"

/**
 * struct survey - what has been looked at so far
 * @mounts: mounts and swap
 * @openers: who has which device files open
 * @netns: network interfaces of other namespaces
 */
struct survey {
	struct mounts *mounts;
	struct openers *openers;
	struct netns *netns;
};

const struct mounts *survey_mounts(struct survey *survey, const struct path_ctx *root);
const struct openers *survey_openers(struct survey *survey, const struct path_ctx *root);
const struct netns *survey_netns(struct survey *survey, const struct path_ctx *root);
void survey_free(struct survey *survey);

#endif
