/* SPDX-License-Identifier: GPL-2.0 */
/*
 * remedy: the way out of what a check refuses.
 */
#ifndef VP_REMEDY_H
#define VP_REMEDY_H

#include "check.h"

/* What was found last is mended by this; nothing happens if it had been found before */
void remedy(struct findings *findings, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What was found last is what the running system stands on: nobody is told to force it */
void remedy_none(struct findings *findings);
/* The findings from @from on tell nobody to end the SSH session that goes through the NIC */
void remedy_keep_session(struct findings *findings, size_t from);

/* @target is mounted */
void remedy_mount(struct findings *findings, const char *target, const char *where);
/* @holder is built on the disk */
void remedy_holder(const struct machine *m, struct findings *findings, const char *holder);
/* @ifname has addresses or routes */
void remedy_interface(const struct machine *m, struct findings *findings, const char *ifname);

#endif
