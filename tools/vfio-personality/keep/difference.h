/* SPDX-License-Identifier: GPL-2.0 */
/*
 * difference: what of a function is not as it is wanted.
 */
#ifndef VP_DIFFERENCE_H
#define VP_DIFFERENCE_H

#include <json-c/json.h>

#include "wanted.h"

/*
 * Adds to @rows an object for each thing: address, setting, wanted and now, each in a word,
 * by, and text, which says it in a sentence. How many these are
 */
size_t difference_add(struct json_object *rows, const struct machine *m,
		      const struct wanted *wanted);
/* The device that was saved is not there; another may be */
bool difference_is_absent(const struct machine *m, const struct config *config);
bool difference_is_other(const struct machine *m, const struct config *config);

#endif
