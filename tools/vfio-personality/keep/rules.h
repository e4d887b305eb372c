/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules: what is wanted of all functions that are like something, whichever machine they
 * are in. A file has rules of two sections each:
 *
 *	[Match]
 *	id=8086:10ca
 *	[Function]
 *	personality=vfio
 *
 * Files of the same name in /etc, /run and /usr/lib: the first of these is read, and the
 * others are not. What was saved of a function goes before any rule. One about VFs is for
 * functions that can have some.
 */
#ifndef VP_RULES_H
#define VP_RULES_H

#include "config.h"

/* What a function can be like; the first ones are the more specific */
enum rule_key {
	RULE_SERIAL,
	RULE_PATH,
	RULE_ADDRESS,
	RULE_SLOT,
	RULE_PF,
	RULE_ID,
	RULE_CLASS,
	RULE_KEYS
};

/**
 * struct rule - what is wanted of functions that are like something
 * @file: where it is from
 * @line: its first one there
 * @like: for each key the patterns, of which one must fit; none if it does not matter
 * @config: what is wanted; without an address and an identity
 * @used: it matched a function
 */
struct rule {
	const char *file;
	unsigned int line;
	struct names like[RULE_KEYS];
	struct config config;
	bool used;
};

/**
 * struct rules - all of them, in the order of their files' names
 * @v: the rules
 * @n: their number
 * @broken: files that could not be understood, of which nothing is taken
 */
struct rules {
	struct rule *v;
	size_t n;
	struct names broken;
};

/*
 * Adds what @text, the contents of @file, has to @rules. On failure false, with what is wrong
 * in @why and where in @line, and nothing is added.
 */
bool rules_parse(struct rules *rules, const char *text, const char *file, const char **why,
		 unsigned int *line);
void rules_free(struct rules *rules);

/* All that apply here; read once a run. Files that are broken have been said */
struct rules *rules_all(const struct path_ctx *root);
void rules_done(void);

/* The rule that decides about @f, or NULL */
struct rule *rules_find(const struct machine *m, const struct function *f);
/* @rule matches @f, whatever others do */
bool rule_matches(const struct rule *rule, const struct machine *m, const struct function *f);
/* Why @winner goes before @loser, in words */
const char *rule_reason(const struct rule *winner, const struct rule *loser);
/* Only its driver knows whether @rule matches a function: it asks for such a serial number */
bool rule_needs_driver(const struct rule *rule);
/*
 * @f is about to go to VFIO, where nobody reads the serial numbers that its driver knows:
 * @serials still counts as its own, as long as it is there. What went wrong has been said
 */
bool rule_note_serials(const struct path_ctx *root, const char *address, const char *serials);

#endif
