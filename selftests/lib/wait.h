/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for what no event tells. Where there is one (an eventfd, a uevent, a
 * file to poll), wait for that instead.
 */
#ifndef LIB_WAIT_H
#define LIB_WAIT_H

#include <errno.h>
#include <time.h>

#include "types.h"

/* Microseconds of the monotonic clock */
static inline u64 now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

/* Milliseconds of the same */
static inline u64 now_ms(void)
{
	return now_us() / 1000;
}

static inline void sleep_ms(unsigned int ms)
{
	const struct timespec ts = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
}

/*
 * Look at @condition until it holds: 0, or -ETIMEDOUT after @timeout_ms. It is
 * looked at once more after the deadline, should this process have been asleep.
 */
#define wait_for(condition, timeout_ms) ({			\
	u64 __deadline = now_ms() + (timeout_ms);		\
	int __ret = -ETIMEDOUT;					\
	bool __last;						\
								\
	do {							\
		__last = now_ms() > __deadline;			\
		if (condition) {				\
			__ret = 0;				\
			break;					\
		}						\
		sleep_ms(2);					\
	} while (!__last);					\
	__ret;							\
})

#endif /* LIB_WAIT_H */
