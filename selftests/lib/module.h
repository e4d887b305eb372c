/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel modules. Functions that can fail return 0 or a negative errno. */
#ifndef LIB_MODULE_H
#define LIB_MODULE_H

#include "types.h"

/* By modprobe, with what it depends on; no error if it is there already */
int module_load(const char *name);

/* Those of a NULL-terminated list that there are; -ENOENT if any is missing */
int module_load_some(char *const names[]);

/* This one alone, never waiting: -EAGAIN if it is in use, -ENOENT if not loaded */
int module_unload(const char *name);

/* This one with all that use it, as far as none of them is in use otherwise */
int module_unload_tree(const char *name);

bool module_loaded(const char *name);

/* Does modprobe know it, as a module or as built in? */
bool module_exists(const char *name);

#endif /* LIB_MODULE_H */
