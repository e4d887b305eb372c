/* SPDX-License-Identifier: GPL-2.0 */
/*
 * undo_instance: what the last create or destroy has done, back again.
 */
#ifndef VP_UNDO_INSTANCE_H
#define VP_UNDO_INSTANCE_H

#include "record.h"

/* The exit code; what came of it has been put out */
int undo_instance(struct machine *m, const struct options *o, const struct record_instance *last);

#endif
