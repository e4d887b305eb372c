/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference driver's functions, made ready for a test of its VFIO personality
 * and put back afterwards. Functions that can fail return 0 or a negative errno,
 * after a diag().
 */
#ifndef LIB_EDU_FIXTURE_H
#define LIB_EDU_FIXTURE_H

#include "native_edu.h"
#include "personality.h"

#define EDU_DRIVER	"edu"
#define EDU_VFIO	"edu-vfio"	/* the module of its VFIO personality */

/**
 * struct edu_fixture - functions with the driver edu
 * @loaded: the driver's module is ours to unload
 * @count: how many functions
 * @was: how each was, native
 */
struct edu_fixture {
	bool loaded;
	int count;
	struct function_state was[EDU_MAX];
};

/* Why the driver cannot have a function work on this machine, or NULL */
const char *edu_lacks(void);

/* Load the driver; there must be at least @count functions, all native */
int edu_setup(struct edu_fixture *fixture, int count);

/* Whatever a test that failed has left: native again, and unloaded */
int edu_teardown(struct edu_fixture *fixture);

/*
 * Is the function in the driver's own VFIO personality in all respects: a
 * vfio_device, the driver bound, its attributes hidden, its requests refused?
 * Says what is not.
 */
bool edu_is_vfio(const char *bdf);

/* Is it native, as it was (@was), and does it work? Says what is not */
bool edu_is_native(const struct function_state *was);

/* Drive the function through VFIO, in the mode that every kernel has */
int edu_drive(const char *bdf);

/* Unload all VFIO modules that nothing uses: is VFIO gone? */
bool vfio_unload(void);

#endif /* LIB_EDU_FIXTURE_H */
