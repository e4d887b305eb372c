/* SPDX-License-Identifier: GPL-2.0 */
/* Suspend, as far as the kernel can test it: see its basic-pm-debugging.rst. */
#ifndef LIB_SUSPEND_H
#define LIB_SUSPEND_H

/*
 * Every device to sleep and awake again. @state is one of /sys/power/state, @depth
 * one of /sys/power/pm_test: how far to go, from "devices" to "core", which leaves
 * out the machine's own sleep alone. 0; -EOPNOTSUPP if the kernel cannot; a
 * negative errno.
 */
int suspend_devices(const char *state, const char *depth);

#endif /* LIB_SUSPEND_H */
