/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lies between a machine and where it migrates to, and does harm to what it carries:
 * one connection is taken at a Unix socket, and passed on to another.
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

/* What it does at its place in what goes there */
enum relay_harm {
	RELAY_DAMAGE,	/* one bit is flipped */
	RELAY_STALL,	/* nothing goes further, either way */
};

/*
 * Listen at @from, and pass on to @to and back. The harm is done @after bytes behind the
 * first @mark, none of whose bytes is there twice
 */
int relay_start(struct relay *relay, const char *from, const char *to, const char *mark,
		size_t after, enum relay_harm harm);

/* Await that it has stalled */
int relay_await_stalled(struct relay *relay);

/* End it, and its connections: 1 if it has damaged what it carried, 0 if it has not */
int relay_end(struct relay *relay);

#endif /* LIB_RELAY_H */
