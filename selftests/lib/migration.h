/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VFIO migration as a virtual machine monitor does it. Functions return 0 or a
 * negative errno; they are silent, since an error may be what a test is after.
 */
#ifndef LIB_MIGRATION_H
#define LIB_MIGRATION_H

#include <sys/types.h>

#include "vfio.h"

#define MIGRATION_MAX	65536

/* VFIO_MIGRATION_* that the function offers, or a negative errno */
int migration_flags(struct vfio_function *f);
/* Its estimate of the stream's length, or a negative errno */
long migration_data_size(struct vfio_function *f);

/* Go to a VFIO_DEVICE_STATE_*; @fd (may be NULL) gets the data's file, or -1 */
int migration_set(struct vfio_function *f, u32 state, int *fd);
/* The present one, or a negative errno */
int migration_get(struct vfio_function *f);

/* The whole stream of a function that runs; it is in STOP afterwards */
ssize_t migration_save(struct vfio_function *f, u8 *stream, size_t size);
/*
 * Give a function a stream, which has its verdict then: it is in RESUMING, or an error
 * came of the first write() that the function refused. So a monitor does it.
 */
int migration_write(struct vfio_function *f, const u8 *stream, size_t size);
/* The same, up to and including the state STOP */
int migration_load(struct vfio_function *f, const u8 *stream, size_t size);

#endif /* LIB_MIGRATION_H */
