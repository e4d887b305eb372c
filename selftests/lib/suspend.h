/* SPDX-License-Identifier: GPL-2.0 */
/* Suspend, as far as the kernel can test it: see its basic-pm-debugging.rst. */
#ifndef LIB_SUSPEND_H
#define LIB_SUSPEND_H

/*
 * Every device to sleep and awake again, without the platform's part. @state is
 * one of /sys/power/state. 0; -EOPNOTSUPP if the kernel cannot; a negative errno.
 */
int suspend_devices(const char *state);

#endif /* LIB_SUSPEND_H */
