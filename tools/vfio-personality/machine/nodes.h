/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nodes: the device files by which VFIO's users get at a function.
 */
#ifndef VP_NODES_H
#define VP_NODES_H

#include "function.h"

/* "/dev/vfio/12", "/dev/vfio/devices/vfio0": those that the kernel has */
struct names nodes_of(const struct machine *m, const struct function *f);
/* All of the selected functions' are there, as udev left them, before @timeout s? */
bool nodes_wait(const struct machine *m, unsigned long timeout);

#endif
