/* SPDX-License-Identifier: GPL-2.0 */
/*
 * usage: what --help says.
 */
#ifndef VP_USAGE_H
#define VP_USAGE_H

#include <stdio.h>

#include "options.h"

void usage_all(FILE *to);
void usage_verb(FILE *to, enum verb verb);

#endif
