/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explain: why a function is what it is. What has a say in that leaves traces: our own
 * records, driver_override, options of modules, the kernel's command line.
 */
#ifndef VP_EXPLAIN_H
#define VP_EXPLAIN_H

#include <json-c/json.h>

#include "function.h"

/* Adds to @rows, an array, an object for each thing that has a say */
void explain(struct json_object *rows, const struct machine *m, const struct function *f);

#endif
