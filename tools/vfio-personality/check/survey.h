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
#include "packet.h"

/**
 * struct survey - what has been looked at so far
 * @mounts: mounts and swap
 * @openers: who has which device files open
 * @netns: network interfaces of other namespaces
 * @packets: sockets of single network interfaces
 */
struct survey {
	struct mounts *mounts;
	struct openers *openers;
	struct netns *netns;
	char *packets;
};

const struct mounts *survey_mounts(struct survey *survey, const struct path_ctx *root);
const struct openers *survey_openers(struct survey *survey, const struct path_ctx *root);
const struct netns *survey_netns(struct survey *survey, const struct path_ctx *root);
const char *survey_packets(struct survey *survey, const struct path_ctx *root);
void survey_free(struct survey *survey);

#endif
