/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pppoe: interfaces through which PPPoE sessions go. The uplink of a router that dials
 * has no address.
 */
#ifndef VP_PPPOE_H
#define VP_PPPOE_H

#include "path.h"

/* To be freed */
struct names pppoe_interfaces(const struct path_ctx *root);

#endif
