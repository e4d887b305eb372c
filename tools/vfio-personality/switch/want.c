// SPDX-License-Identifier: GPL-2.0
/*
 * want: what is to become of a function.
 */
#include "want.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct want *wants_add(struct wants *wants, const char *address)
{
	struct want *want;

	wants->v = xrealloc(wants->v, wants->n + 1, sizeof(*wants->v));
	want = wants->v + wants->n++;
	*want = (struct want){ .vfs = -1, .vf = "" };
	snprintf(want->address, sizeof(want->address), "%s", address);
	return want;
}

struct want *wants_find(const struct wants *wants, const char *address)
{
	struct want *want;

	for_each_want(want, wants)
		if (!strcmp(want->address, address))
			return want;
	return NULL;
}

void wants_free(struct wants *wants)
{
	free(wants->v);
	*wants = (struct wants){ 0 };
}
