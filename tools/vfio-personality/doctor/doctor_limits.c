// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_limits: may users of VFIO lock a guest's memory?
 */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The limit of this session, of which a user's own may be guessed, in words; NULL: none */
static char *memlock(const struct path_ctx *root, bool *known)
{
	char text[PATH_TEXT], limit[32], *line;
	unsigned long bytes;

	path_read(root, text, sizeof(text), "proc/self/limits");
	line = strstr(text, "Max locked memory");
	*known = line && sscanf(line, "Max locked memory %31s", limit) == 1;
	if (!*known || !strcmp(limit, "unlimited"))
		return NULL;
	*known = parse_number(limit, 10, 0, ~0UL, &bytes);
	return xasprintf("%lu MB", bytes >> 20);
}

void doctor_limits(struct doctor *d)
{
	char *some = doctor_some(&d->users), *limit;
	bool known;

	limit = memlock(d->m->root, &known);
	if (!known)
		doctor_say(d, VERDICT_UNKNOWN, "memlock", NULL,
			   "how much memory may be locked cannot be read");
	else if (limit && d->users.n)
		doctor_say(d, VERDICT_PROBLEM, "memlock",
			   "in /etc/security/limits.d/vfio.conf: USER - memlock unlimited; or LimitMEMLOCK=infinity in the service",
			   "device files are for %s, who may lock %s if it is as here, and a guest's memory is locked as a whole",
			   some, limit);
	else
		doctor_say(d, VERDICT_OK, "memlock", NULL, limit ?
			   "%s; root and libvirt's guests have no limit" : "no limit", limit);
	free(some);
	free(limit);
}
