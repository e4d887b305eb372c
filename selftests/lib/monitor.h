/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's monitor, which the lab gives to its guest: hot-plug from inside. The
 * functions return 0 or a negative errno, after they said with diag() why.
 */
#ifndef LIB_MONITOR_H
#define LIB_MONITOR_H

#include "types.h"

bool monitor_present(void);

/* Plug @driver into port @bus as @id; what must appear is the caller's to await */
int monitor_plug(const char *driver, const char *bus, const char *id);

/* The same for a NIC, with a network of its own as the lab's have it */
int monitor_plug_nic(const char *driver, const char *bus, const char *id);

/* Ask for @id to be unplugged; the guest does it in its own time */
int monitor_unplug(const char *id);

/* Have PCIe device @id report @error: one of QEMU's names, such as "COMP_TIME" */
int monitor_inject_error(const char *id, const char *error);

/* Plug the cable of NIC @id in, or pull it */
int monitor_set_link(const char *id, bool up);

/* Have diag() say what @hmp shows, a command of QEMU's human monitor */
int monitor_show(const char *hmp);

#endif /* LIB_MONITOR_H */
