// SPDX-License-Identifier: GPL-2.0
/*
 * denied: what lets one do what the kernel has forbidden. That is not always to be root:
 * root may be confined by a security module, or be root of a container only.
 */
#include "denied.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

/* A text that is made once, and kept */
static const char *keep(char *text)
{
	const char *kept = xintern(text);

	free(text);
	return kept;
}

/* SELinux' context or AppArmor's profile; both have this word for who may do everything */
static bool is_confined(const char *label)
{
	return *label && !strstr(label, "unconfined");
}

bool is_denial(int error)
{
	return error == EACCES || error == EPERM || error == EROFS;
}

const char *denied_remedy(const struct path_ctx *root)
{
	char label[256];

	if (root->real && geteuid())
		return "run this as root";
	path_read(root, label, sizeof(label), "proc/self/attr/current");
	if (!is_confined(label))
		return "run this as root on the host, outside of containers";
	return keep(xasprintf("SELinux or AppArmor confines this to %s: %s", label,
			      "journalctl -k -g denied says what is forbidden"));
}

const char *error_text(const struct path_ctx *root, int error)
{
	if (!is_denial(error))
		return strerror(error);
	return keep(xasprintf("%s; %s", strerror(error), denied_remedy(root)));
}
