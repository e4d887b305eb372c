/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pciids: the names of devices, from pci.ids by libpci.
 */
#ifndef VP_PCIIDS_H
#define VP_PCIIDS_H

#include "function.h"

void pciids_name(const struct path_ctx *root, const struct function *f, char *name, size_t size);
void pciids_done(void);

#endif
