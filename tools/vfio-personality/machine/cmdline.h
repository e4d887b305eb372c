/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cmdline: what the kernel's command line says to this program.
 *
 * vfio-personality=off has nothing done at boot; vfio-personality.early= names functions
 * that are to be in VFIO without a file that says so.
 */
#ifndef VP_CMDLINE_H
#define VP_CMDLINE_H

#include "function.h"

#define CMDLINE_OFF "vfio-personality=off"
#define CMDLINE_EARLY "vfio-personality.early"

/* @cmdline has @word, as one of its own */
bool cmdline_has(const char *cmdline, const char *word);
/* The same of the running kernel's */
bool cmdline_is_off(const struct path_ctx *root);
/*
 * The addresses of the functions that vfio-personality.early= names and that are there;
 * what it names and is not has been said. They are known then.
 */
struct names cmdline_early(const struct machine *m);

#endif
