/* SPDX-License-Identifier: GPL-2.0 */
/*
 * openers: which processes have which device files open.
 */
#ifndef VP_OPENERS_H
#define VP_OPENERS_H

#include <sys/types.h>

#include "function.h"

/**
 * struct opener - a device file that a process has open
 * @pid: the process
 * @command: its name
 * @fd: the file's number there, as text
 * @file: the file's name as the process knows it
 * @number: the device number, 0 if it could not be asked for
 * @block: of a block device
 */
struct opener {
	int pid;
	char command[32];
	char fd[16];
	char *file;
	dev_t number;
	bool block;
};

/**
 * struct openers - all that can be seen
 * @v: the open files
 * @n: their number
 * @unseen: why there may be more, or NULL
 */
struct openers {
	struct opener *v;
	size_t n;
	char *unseen;
};

#define for_each_opener(o, os) for ((o) = (os)->v; (o) < (os)->v + (os)->n; (o)++)

/* Goes through /proc once */
struct openers openers_find(const struct path_ctx *root);
/* Does a process have @file, as the link in its fd folder reads? @who gets its pid and command */
bool openers_who_has(const struct path_ctx *root, const char *file, struct opener *who);
/* /proc shows all processes of the machine, not those of a container only */
bool openers_all_processes(const struct path_ctx *root);
void openers_free(struct openers *openers);

#endif
