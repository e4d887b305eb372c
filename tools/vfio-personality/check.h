/* SPDX-License-Identifier: GPL-2.0 */
/*
 * check: what speaks against taking functions from their native drivers.
 *
 * Each check_*.c knows one kind of function and adds what it finds.
 */
#ifndef VP_CHECK_H
#define VP_CHECK_H

#include <json-c/json.h>

#include "want.h"

/* Each has a name, by which --force lifts it */
enum hazard {
	HAZARD_MOUNTED,
	HAZARD_SWAP,
	HAZARD_HOLDER,
	HAZARD_CLAIMED,
	HAZARD_DATA,
	HAZARD_ADDRESS,
	HAZARD_ROUTE,
	HAZARD_MASTER,
	HAZARD_SSH,
	HAZARD_NETNS,
	HAZARD_LINK,
	HAZARD_VFS,
	HAZARD_VGA,
	HAZARD_SIBLING,
	HAZARDS
};

enum severity {
	WARNS,
	REFUSES,
	LIFTED,
};

/**
 * struct finding - one thing that speaks against it
 * @function: the function's address
 * @hazard: the kind
 * @severity: what it leads to
 * @text: in words
 */
struct finding {
	char function[BDF_LEN];
	enum hazard hazard;
	enum severity severity;
	char *text;
};

/**
 * struct findings - what checking found
 * @v: the findings
 * @n: their number
 * @force: bit n lifts hazard n
 */
struct findings {
	struct finding *v;
	size_t n;
	unsigned int force;
};

/* The bits for the names in @text, or false, with a message */
bool check_parse_force(const char *text, unsigned int *force);

/* Checks what @want does; false if something refuses it */
bool check_want(const struct machine *m, const struct want *want, struct findings *findings);
/* An array of objects */
struct json_object *check_json(const struct findings *findings);
/* Tells on stderr */
void check_tell(const struct findings *findings);
void findings_free(struct findings *findings);

void found(struct findings *findings, const struct function *f, enum hazard kind,
	   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void check_disk(const struct machine *m, const struct function *f, struct findings *findings);
void check_net(const struct machine *m, const struct function *f, struct findings *findings);
void check_sriov(const struct machine *m, const struct function *f, struct findings *findings);
void check_vga(const struct machine *m, const struct function *f, struct findings *findings);
void check_group(const struct machine *m, const struct function *f, struct findings *findings);

#endif
