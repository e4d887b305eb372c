/* SPDX-License-Identifier: GPL-2.0 */
/*
 * consumer: what programs that use functions through VFIO expect to see.
 */
#ifndef VP_CONSUMER_H
#define VP_CONSUMER_H

#include <stdbool.h>

struct consumer;

/* NULL if there is none of that name, which has been said */
const struct consumer *consumer_find(const char *name);
/* Will it take a function with @driver bound? If not, what to do, else NULL */
const char *consumer_objects(const struct consumer *consumer, const char *driver);

#endif
