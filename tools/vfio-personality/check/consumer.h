/* SPDX-License-Identifier: GPL-2.0 */
/*
 * consumer: what programs that use functions through VFIO expect to see.
 */
#ifndef VP_CONSUMER_H
#define VP_CONSUMER_H

#include "function.h"

struct consumer;

/* NULL if there is none of that name, which has been said */
const struct consumer *consumer_find(const char *name);
/* Their names, with commas between; to be freed */
char *consumer_words(void);
/* Will it take @f with @driver bound? In words, to be freed, and in @takes */
char *consumer_answer(const struct consumer *consumer, const struct machine *m,
		      const struct function *f, const char *driver, bool *takes);

#endif
