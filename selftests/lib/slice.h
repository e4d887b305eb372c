/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slices of an edu, made and driven as users do: by configfs, and through VFIO. Functions
 * return 0 or a negative errno; they say nothing unless noted, since an error may be what a
 * test is after.
 */
#ifndef LIB_SLICE_H
#define LIB_SLICE_H

#include "drivers/driver.h"
#include "pci.h"
#include "provided.h"

#define SLICE_MODULE	"edu-slice"
#define SLICES_MAX	16

/* Load edu and the provider of slices, mount configfs; says what went wrong */
int slice_setup(void);

/* Remove all that was made of @parent, and unload what was loaded; says what it could not */
int slice_teardown(const char *parent);

/* The directory of @parent's slices, or of slice @name, or its file @attr; NULL for none */
const char *slice_path(char *path, const char *parent, const char *name, const char *attr);

int slice_make(const char *parent, const char *name);
int slice_remove(const char *parent, const char *name);
int slice_write(const char *parent, const char *name, const char *attr,
		const char *value);
int slice_set_live(const char *parent, const char *name, bool live);

/* Does the file read @value, or have @words in it? If not, says what it reads */
bool slice_reads(const char *parent, const char *name, const char *attr,
		 const char *value);
bool slice_says(const char *parent, const char *name, const char *words);

/* Of the device that is under its vfio_device: what sysfs calls it */
int slice_device(const char *parent, const char *name, char *device, size_t size);

/* How many more could be live */
long slice_available(const char *parent);

/* Open it with the user-space driver of edu; says what went wrong */
int slice_open(struct device_user *user, const char *parent, const char *name,
	       const struct vfio_mode *mode);

#endif /* LIB_SLICE_H */
