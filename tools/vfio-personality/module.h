/* SPDX-License-Identifier: GPL-2.0 */
/*
 * module: what can be loaded or is built in, by libkmod.
 *
 * A fixture tree has its modules in lib/modules/6.12.
 */
#ifndef VP_MODULE_H
#define VP_MODULE_H

#include "function.h"

#define SWITCH_MODULE "pci-personality"

/* Loads pci-personality; negative errno */
int module_load_switch(const struct path_ctx *root);
/* Some module answers to @alias */
bool module_answers(const struct path_ctx *root, const char *alias);
/* The driver that suits @f best as a VFIO driver, as the kernel will choose */
void module_best_vfio(const struct path_ctx *root, const struct function *f, char *name,
		      size_t size);

#endif
