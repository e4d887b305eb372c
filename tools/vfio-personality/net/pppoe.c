// SPDX-License-Identifier: GPL-2.0
/*
 * pppoe: interfaces through which PPPoE sessions go.
 */
#include "pppoe.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "Id Address Device", a session a line */
struct names pppoe_interfaces(const struct path_ctx *root)
{
	char *text = path_read_all(root, "proc/net/pppoe"), *rest = text, *line;
	struct names names = { 0 };
	char name[IF_NAMESIZE];

	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%*s %*s %15s", name) == 1)
			names_add(&names, name);
	free(text);
	return names;
}
