// SPDX-License-Identifier: GPL-2.0
/*
 * survey: what checking looks at on the whole machine, each part once a run and
 * when it is first needed.
 */
#include "survey.h"

#include <stdlib.h>

const struct mounts *survey_mounts(struct survey *survey, const struct path_ctx *root)
{
	if (!survey->mounts) {
		survey->mounts = xcalloc(1, sizeof(*survey->mounts));
		*survey->mounts = mounts_find(root);
	}
	return survey->mounts;
}

const struct openers *survey_openers(struct survey *survey, const struct path_ctx *root)
{
	if (!survey->openers) {
		survey->openers = xcalloc(1, sizeof(*survey->openers));
		*survey->openers = openers_find(root);
	}
	return survey->openers;
}

const struct netns *survey_netns(struct survey *survey, const struct path_ctx *root)
{
	if (!survey->netns) {
		survey->netns = xcalloc(1, sizeof(*survey->netns));
		*survey->netns = netns_find(root);
	}
	return survey->netns;
}

const char *survey_packets(struct survey *survey, const struct path_ctx *root)
{
	if (!survey->packets)
		survey->packets = packet_sockets(root);
	return survey->packets;
}

void survey_free(struct survey *survey)
{
	if (survey->mounts)
		mounts_free(survey->mounts);
	if (survey->openers)
		openers_free(survey->openers);
	if (survey->netns)
		netns_free(survey->netns);
	free(survey->mounts);
	free(survey->openers);
	free(survey->netns);
	free(survey->packets);
	*survey = (struct survey){ 0 };
}
