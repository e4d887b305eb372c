/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's uevents, as udev gets them. */
#ifndef LIB_UEVENT_H
#define LIB_UEVENT_H

#include "types.h"

struct uevent {
	size_t length;
	char text[8192];	/* "action@path", then VARIABLE=value, NUL between */
};

/* A socket that hears the uevents from now on, or a negative errno */
int uevent_open(void);

/* The value of a variable, NULL if the event has none of this name */
const char *uevent_get(const struct uevent *event, const char *variable);

/*
 * Wait for the next one: 0, or -ETIMEDOUT. Its length is 0 if some were lost, as too
 * many came.
 */
int uevent_next(int fd, struct uevent *event, int timeout_ms);

/*
 * Wait for @action on PCI function @bdf: 0, or -ETIMEDOUT. With @variable, only
 * an event that has it will do.
 */
int uevent_wait(int fd, const char *action, const char *bdf,
		const char *variable, struct uevent *event, int timeout_ms);

/*
 * Of the events that have come, how many say that something of @subsystem was added
 * below function @bdf? All of them are read.
 */
int uevent_count_added(int fd, const char *subsystem, const char *bdf);

#endif /* LIB_UEVENT_H */
