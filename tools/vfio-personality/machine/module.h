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

/* Can a driver have a function for VFIO? */
enum driver_answer {
	DRIVER_FINE,
	DRIVER_NO_METHOD,	/* the bound driver was asked for, and cannot */
	DRIVER_MISSING,		/* neither loaded nor to be loaded */
	DRIVER_BARRED,		/* forbidden in modprobe.d, and not loaded */
	DRIVER_NOT_VFIO,
	DRIVER_UNSEEN,		/* which modules there are cannot be seen */
};

/* Loads the modules that answer to @name; negative errno, -EACCES if one is blacklisted */
int module_load(const struct path_ctx *root, const char *name);
/* Loads pci-personality; negative errno */
int module_load_switch(const struct path_ctx *root);
/* Loads the module of a VFIO driver, unless the driver is there; negative errno */
int module_load_driver(const struct path_ctx *root, const char *driver);
/* Some module answers to @alias */
bool module_answers(const struct path_ctx *root, const char *alias);
/* Some module is loaded for who asks for @alias: modprobe passes over blacklisted ones */
bool module_would_load(const struct path_ctx *root, const char *alias);
/* What modprobe knows of this kernel's modules is there */
bool module_index_is_there(const struct path_ctx *root);
/* A module's boolean parameter: as it is, or, if it is not loaded, as modprobe would set it */
bool module_parameter_is_set(const struct path_ctx *root, const char *module,
			     const char *parameter);
/* The running kernel's, to be freed; a fixture's is in proc/sys/kernel/osrelease, or 6.12 */
char *module_release(const struct path_ctx *root);
/* The switch is not built for this one */
bool module_kernel_is_too_old(const char *release);
/*
 * Why the switch could not be loaded, and what to do, to be freed; @error as
 * module_load_switch() had it, 0 if there is no such module.
 */
char *module_why_not(const struct path_ctx *root, int error);

/* The driver that suits @f best as a VFIO driver, as the kernel will choose */
enum driver_answer module_best_vfio(const struct path_ctx *root, const struct function *f,
				    char *name, size_t size);
/* The driver called @name, or the module, which the kernel would load for it */
enum driver_answer module_ask_driver(const struct path_ctx *root, const char *name);

#endif
