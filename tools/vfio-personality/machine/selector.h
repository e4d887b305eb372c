/* SPDX-License-Identifier: GPL-2.0 */
/*
 * selector: the ways to say which function is meant.
 */
#ifndef VP_SELECTOR_H
#define VP_SELECTOR_H

#include <stdbool.h>

#include "function.h"

enum selector_kind {
	SELECT_ADDRESS,
	SELECT_NAME,
	SELECT_GLOB,
	SELECT_GROUP,
	SELECT_FILTER,
};

/* What stands for "any" in struct selector's numbers */
#define ANY (-1)

/* Which option a filter is from */
enum filter {
	FILTER_SLOT,
	FILTER_ID,
	FILTER_CLASS,
	FILTERS
};

/**
 * struct selector - which functions are meant
 * @kind: what of the rest counts
 * @filter: SELECT_FILTER: of this option
 * @text: as the user wrote it
 * @bdf: SELECT_ADDRESS: this function
 * @domain: SELECT_FILTER: with @bus, @slot and @func as lspci -s; ANY is any
 * @group: SELECT_GROUP: an IOMMU group
 * @vendor: with @device as lspci -d; of a SELECT_ADDRESS, what must be there
 * @class: of the function's class, the bits in @class_mask
 */
struct selector {
	enum selector_kind kind;
	enum filter filter;
	const char *text;
	struct bdf bdf;
	int domain, bus, slot, func;
	long group;
	int vendor, device;
	unsigned int class, class_mask;
};

/*
 * These give NULL, or say what is wrong with @text, which must outlive @s.
 * selector_parse() takes an address, with @VENDOR:DEVICE if wanted, libvirt's
 * name of one, its folder in /sys, or the name of a network interface (an alternative
 * one, too), disk, or other device of it, or of its device file, through links. An address
 * without a function stands for all of its slot, group:N for an IOMMU group, and what has
 * *, ? or [ for all addresses and names that are like it.
 */
const char *selector_parse(struct selector *s, const char *text);
const char *selector_parse_slot(struct selector *s, const char *text);
const char *selector_parse_id(struct selector *s, const char *text);
const char *selector_parse_class(struct selector *s, const char *text);

/* The words that selector_parse_class() knows, with commas between; to be freed */
char *selector_class_words(void);

bool selector_matches(const struct selector *s, const struct machine *m,
		      const struct function *f);
/* @f is what @s asserts it to be */
bool selector_agrees(const struct selector *s, const struct function *f);

#endif
