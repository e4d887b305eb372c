/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slot below a PCIe port, by the port's registers and behind the kernel's back:
 * what hardware does that nobody asked. Functions return 0 or a negative errno,
 * after they said with diag() what went wrong.
 */
#ifndef LIB_SLOT_H
#define LIB_SLOT_H

#include "types.h"

/*
 * Power what is in the slot. Without power it answers nothing: all reads give ones.
 * When power comes back it is as after a reset.
 */
int slot_power(const char *port, bool on);

/* Pull out what is in the slot; QEMU forgets it */
int slot_pull(const char *port);

/* Have the slot report to the kernel again, which may have written at the same time */
int slot_report(const char *port);

/*
 * Has the kernel switched the slot on, the last thing that it does when something was
 * plugged in, or off, the last thing after it was found empty?
 */
bool slot_is_on(const char *port);
bool slot_is_off(const char *port);

#endif /* LIB_SLOT_H */
