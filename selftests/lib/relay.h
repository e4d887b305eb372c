/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lies between a machine and where it migrates to, and damages what it carries: one
 * connection is taken at a Unix socket, and passed on to another.
 *
 * Functions return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_RELAY_H
#define LIB_RELAY_H

#include <sys/types.h>

#include "types.h"

/**
 * struct relay - one
 * @pid: the process that does it, 0 if there is none
 */
struct relay {
	pid_t pid;
};

/*
 * Listen at @from, and pass on to @to and back. Of what goes there, a bit is flipped
 * @after bytes behind the first @mark, none of whose bytes is there twice
 */
int relay_start(struct relay *relay, const char *from, const char *to, const char *mark,
		size_t after);

/* End it: 1 if it has flipped the bit, 0 if it has not */
int relay_end(struct relay *relay);

#endif /* LIB_RELAY_H */
