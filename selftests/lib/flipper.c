// SPDX-License-Identifier: GPL-2.0
/* Somebody who writes 1 and 0 to use_vfio, see flipper.h. */
#include "flipper.h"
#include "personality.h"

static void *flip(void *arg)
{
	struct flipper *flipper = arg;
	bool vfio = true;
	int ret;

	while (!flipper->stop) {
		ret = personality_set(flipper->bdf, vfio);
		if (!flipper->is_legal(ret))
			flipper->unexpected = ret;
		if (!ret)
			flipper->done++;
		vfio = !vfio;
	}
	return NULL;
}

int flipper_start(struct flipper *flipper, const char *bdf, bool (*is_legal)(int ret))
{
	*flipper = (struct flipper) { .bdf = bdf, .is_legal = is_legal };
	return -pthread_create(&flipper->thread, NULL, flip, flipper);
}

int flipper_stop(struct flipper *flipper)
{
	int ret;

	flipper->stop = true;
	ret = -pthread_join(flipper->thread, NULL);
	return ret ?: flipper->unexpected;
}
