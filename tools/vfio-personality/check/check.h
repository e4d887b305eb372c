/* SPDX-License-Identifier: GPL-2.0 */
/*
 * check: what speaks against taking functions from their native drivers.
 *
 * check, enable and its dry run ask the same questions here, so that none of them
 * says yes where another says no. check_possible.c asks what the kernel would
 * refuse; each other check_*.c knows one kind of use and adds what it finds.
 */
#ifndef VP_CHECK_H
#define VP_CHECK_H

#include <json-c/json.h>

#include "devices.h"
#include "survey.h"
#include "want.h"

/* Each has a name; by those that can be lifted --force lifts them */
enum hazard {
	/* What cannot be */
	HAZARD_GONE,
	HAZARD_BRIDGE,
	HAZARD_SWITCH,
	HAZARD_UNBINDING,
	HAZARD_IOMMU,
	HAZARD_BACKEND,
	HAZARD_METHOD,
	HAZARD_DRIVER,
	HAZARD_SRIOV,
	HAZARD_ENABLED,
	HAZARD_VFS,
	HAZARD_INSTANCES,
	/* What must not be */
	HAZARD_UNSEEN,
	HAZARD_MOUNTED,
	HAZARD_SWAP,
	HAZARD_HOLDER,
	HAZARD_CLAIMED,
	HAZARD_OPEN,
	HAZARD_ADDRESS,
	HAZARD_ROUTE,
	HAZARD_MASTER,
	HAZARD_UPPER,
	HAZARD_SSH,
	HAZARD_NETNS,
	HAZARD_VGA,
	HAZARD_RESERVED,
	HAZARD_SIBLING,
	/* What should be known */
	HAZARD_COMPANION,
	HAZARD_BEHIND,
	HAZARD_DATA,
	HAZARD_LINK,
	HAZARD_CONSOLE,
	HAZARD_INPUT,
	HAZARD_WATCHDOG,
	HAZARD_INTERRUPTS,
	HAZARD_TOKEN,
	HAZARD_SETTINGS,
	HAZARDS
};

enum severity {
	WARNS,
	REFUSES,
	IMPOSSIBLE,
	LIFTED,
};

/**
 * struct finding - one thing that speaks against it
 * @function: the function's address
 * @hazard: the kind
 * @severity: what it leads to
 * @text: in words
 * @remedy: the way out, NULL if there is none to be told
 * @brief: who uses it, in a word for a column, NULL if that is said elsewhere
 * @grave: the running system stands on it
 */
struct finding {
	char function[BDF_LEN];
	enum hazard hazard;
	enum severity severity;
	char *text, *remedy, *brief;
	bool grave;
};

/**
 * struct findings - what checking found
 * @v: the findings
 * @n: their number
 * @fresh: the last one has just been added
 * @force: bit n lifts hazard n, of the want that is checked
 * @glance: only look, and be quick: claim no disk, and leave out what might be there
 * @survey: what was looked at for them
 */
struct findings {
	struct finding *v;
	size_t n;
	bool fresh;
	unsigned long force;
	bool glance;
	struct survey survey;
};

/* The bits for the names in @text; or false, and in @why, to be freed, what is wrong */
bool check_parse_force(const char *text, unsigned long *force, char **why);
/* The names for the bits that can be lifted, with commas between; to be freed */
char *check_force_names(unsigned long force);

/* Checks what @want does: EXIT_DONE, or the exit code that a refusal means */
int check_want(const struct machine *m, const struct want *want, struct findings *findings);
/* An array of objects */
struct json_object *check_json(const struct findings *findings);
/* Tells on stderr */
void check_tell(const struct findings *findings);
/* Forgets all but the first @n */
void findings_cut(struct findings *findings, size_t n);
void findings_free(struct findings *findings);

void found(struct findings *findings, const char *address, enum hazard kind,
	   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* In a word, who uses it, of what was found last */
void found_brief(struct findings *findings, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* @why, unless it is NULL, some use of @f could not be looked for */
void found_unseen(struct findings *findings, const struct machine *m, const struct function *f,
		  const char *why);

/* What the kernel refuses; @f is NULL if there is no such function any more */
void check_possible(const struct machine *m, const struct function *f, const struct want *want,
		    struct findings *findings);

/* Who uses @f, with all that is below it in @devices */
void check_disk(const struct machine *m, const struct function *f, const struct devices *devices,
		struct findings *findings);
void check_share(const struct machine *m, const struct function *f,
		 const struct devices *devices, struct findings *findings);
void check_open(const struct machine *m, const struct function *f,
		const struct devices *devices, struct findings *findings);
void check_net(const struct machine *m, const struct function *f,
	       const struct devices *devices, struct findings *findings);
void check_console(const struct machine *m, const struct function *f,
		   const struct devices *devices, struct findings *findings);
void check_settings(const struct machine *m, const struct function *f,
		    const struct devices *devices, struct findings *findings);

/* Whether VFIO's users could have @f then */
void check_group(const struct machine *m, const struct function *f, struct findings *findings);
void check_iommu(const struct machine *m, const struct function *f, struct findings *findings);
/* The firmware keeps memory for @f's group, which VFIO's users do not get then */
bool iommu_keeps_memory(const struct machine *m, const struct function *f);
/* The machine has interrupt controllers of which none is remapped */
bool iommu_lacks_remapping(const struct path_ctx *root);
/* So VFIO opens no function for anybody, unless it was told to bear that */
bool iommu_refuses_users(const struct path_ctx *root);

#endif
