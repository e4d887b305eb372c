/* SPDX-License-Identifier: GPL-2.0 */
/*
 * denied: what lets one do what the kernel has forbidden.
 */
#ifndef VP_DENIED_H
#define VP_DENIED_H

#include "path.h"

/* A positive errno that says so */
bool is_denial(int error);
/* The way out, for who runs this, where the kernel forbids it; lasts until the program ends */
const char *denied_remedy(const struct path_ctx *root);
/* What a positive errno means, and that way out where it is one; lasts as long */
const char *error_text(const struct path_ctx *root, int error);

#endif
