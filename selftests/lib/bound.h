/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The selftests' own drivers that stay bound, see modules/bound.h: who was called, and
 * what they do instead of what they promised. Functions return 0 or a negative errno.
 */
#ifndef LIB_BOUND_H
#define LIB_BOUND_H

#include "types.h"

#define BOUND_MODULE	"personality_bound"

/* The drivers, by what is special about them */
#define BOUND_DRIVER		"personality-test-bound"	/* each callback that can be */
#define BOUND_LEGACY_DRIVER	"personality-test-legacy"	/* .suspend of its own */
#define BOUND_COREDUMP_DRIVER	"personality-test-coredump"	/* .coredump */
#define BOUND_SYNC_DRIVER	"personality-test-sync-state"	/* .sync_state */
#define BOUND_MANAGED_DRIVER	"personality-test-managed"	/* .driver_managed_dma */
#define BOUND_PARTLY_DRIVER	"personality-test-partly"	/* VFIO for edu alone */
#define BOUND_VF_DRIVER		"personality-test-vf"	/* takes the lab's VFs, if let */

/* What the callback sriov_get_vf_total_msix says */
#define BOUND_MSIX	42

/*
 * Callbacks of the VFIO personality that do nothing but return a value, such as
 * "stop -5 start 1"; "" for none
 */
int bound_instead(const char *breaches);

/* How many milliseconds runtime_idle takes */
int bound_set_idle(unsigned int ms);

/* Forget what has been called */
int bound_forget(void);

/*
 * Have exactly these callbacks been called for the function, in this order? Each with
 * ":stopped" if its native function was stopped, ":unprobed" if the driver had never seen
 * it, ":foreign" if drvdata was not the driver's. If not, says which have been.
 */
bool bound_was_called(const char *bdf, const char *calls);

/* Have these been called first, whatever came after them? If not, says which have been. */
bool bound_was_called_first(const char *bdf, const char *calls);

/* Has this one been called? */
bool bound_has_been_called(const char *bdf, const char *callback);

#endif /* LIB_BOUND_H */
