/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor: is this machine ready for functions to go to VFIO, and for that to last?
 *
 * Each doctor_*.c examines one part. Nothing is changed, and no module is loaded.
 */
#ifndef VP_DOCTOR_H
#define VP_DOCTOR_H

#include <json-c/json.h>

#include "function.h"

enum verdict {
	VERDICT_OK,
	VERDICT_PROBLEM,
	VERDICT_UNKNOWN,
};

/**
 * struct doctor - an examination under way
 * @m: the machine, all of it known
 * @rows: what was found, an array of objects
 * @problems: how many of them are problems
 * @cmdline: the kernel's
 * @saved: the addresses of functions that are saved to be in VFIO
 * @users: who has device files, by what is saved, and is not root
 */
struct doctor {
	const struct machine *m;
	struct json_object *rows;
	unsigned int problems;
	char cmdline[PATH_TEXT];
	struct names saved, users;
};

/* @remedy: what helps, NULL if nothing is to be done */
void doctor_say(struct doctor *d, enum verdict is, const char *subject, const char *remedy,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The kernel's command line has @word */
bool doctor_told(const struct doctor *d, const char *word);
/* The first few of @names, with commas between, and how many more there are; to be freed */
char *doctor_some(const struct names *names);

/* IOMMU, interrupts, groups */
void doctor_iommu(struct doctor *d);
/* Kernel, switch, VFIO, Secure Boot */
void doctor_kernel(struct doctor *d);
/* What applies at boot what is saved, and whether it is in force */
void doctor_boot(struct doctor *d);
/* Which drivers come before that */
void doctor_initramfs(struct doctor *d);
/* What users of VFIO may do */
void doctor_limits(struct doctor *d);

#endif
