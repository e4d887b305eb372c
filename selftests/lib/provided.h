/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is made of a type that a driver provides, as users do: by configfs. Functions return
 * 0 or a negative errno; they say nothing unless noted, since an error may be what a test is
 * after.
 */
#ifndef LIB_PROVIDED_H
#define LIB_PROVIDED_H

#include "pci.h"

#define PROVIDER_MODULE	"vfio-provider"

/**
 * struct provided - a type
 * @parent: the device that has it, by its name in sysfs
 * @type: its name
 */
struct provided {
	const char *parent;
	const char *type;
};

/* Mount configfs if nobody has; the reverse. These say what went wrong */
int provided_mount(void);
int provided_umount(void);

/* The directory of the type, or of @name, or its file @attr; NULL for none */
const char *provided_path(char *path, const struct provided *type, const char *name,
			  const char *attr);

int provided_make(const struct provided *type, const char *name);
int provided_remove(const struct provided *type, const char *name);
/* All that there are, out of live first */
int provided_remove_all(const struct provided *type);
int provided_write(const struct provided *type, const char *name, const char *attr,
		   const char *value);
int provided_set_live(const struct provided *type, const char *name, bool live);

/* Does the file read @value, or have @words in it? If not, says what it reads */
bool provided_reads(const struct provided *type, const char *name, const char *attr,
		    const char *value);
bool provided_has(const struct provided *type, const char *name, const char *attr,
		  const char *words);

/* Has last_error @words in it? If not, says what it reads */
#define provided_says(type, name, words) provided_has(type, name, "last_error", words)

/* Of the device that is under its vfio_device: what sysfs calls it */
int provided_device(const struct provided *type, const char *name, char *device,
		    size_t size);

/* How many more could be live */
long provided_available(const struct provided *type);

#endif /* LIB_PROVIDED_H */
