/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter: which functions list shows, by what its columns say of them.
 *
 * libsmartcols has filters, too, but not the release that Debian 12 has, and not for
 * JSON documents.
 */
#ifndef VP_FILTER_H
#define VP_FILTER_H

#include "function.h"
#include "inuse.h"

/**
 * struct filter_term - "COLUMN=PATTERN" or "COLUMN!=PATTERN"
 * @key: the column, as long as it is
 * @length: of @key
 * @pattern: as of fnmatch(3); empty for what has nothing there
 * @not: it must not match
 */
struct filter_term {
	const char *key;
	int length;
	const char *pattern;
	bool not;
};

/* NULL, or what is wrong with @text, which must outlive @term */
const char *filter_parse(struct filter_term *term, const char *text);
bool filter_passes(const struct filter_term *term, const struct machine *m,
		   const struct function *f, struct inuse *use);

#endif
