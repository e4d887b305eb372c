/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ssh: the addresses of this machine to which the running SSH sessions lead.
 */
#ifndef VP_SSH_H
#define VP_SSH_H

#include "path.h"

struct names ssh_addresses(const struct path_ctx *root);

#endif
