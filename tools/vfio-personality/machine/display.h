/* SPDX-License-Identifier: GPL-2.0 */
/*
 * display: which display the machine booted with.
 */
#ifndef VP_DISPLAY_H
#define VP_DISPLAY_H

#include "function.h"

/* The firmware draws, or has drawn, on @f, whose address and class are known */
bool display_is_firmwares(const struct path_ctx *root, const struct function *f);

#endif
