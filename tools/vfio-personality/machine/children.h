/* SPDX-License-Identifier: GPL-2.0 */
/*
 * children: what hangs below functions, by the names that people know it by.
 */
#ifndef VP_CHILDREN_H
#define VP_CHILDREN_H

#include "function.h"

/**
 * struct children - what a function's driver has made, as those classes name it
 * @nets: network interfaces
 * @blocks: disks and their partitions
 * @controllers: nvme controllers
 * @others: displays and RDMA devices
 */
struct children {
	struct names nets, blocks, controllers, others;
};

/* As they were when somebody first asked for those of a function of @m */
const struct children *function_children(const struct machine *m, const struct function *f);
/* What its interfaces are called now: udev may have renamed them since */
struct names function_nets(const struct machine *m, const struct function *f);
void children_free(struct function *f);

#endif
