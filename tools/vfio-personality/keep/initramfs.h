/* SPDX-License-Identifier: GPL-2.0 */
/*
 * initramfs: what the next boot's has in it, and who makes it.
 *
 * Drivers in it come before anything that is saved is applied. Where the hook of this
 * program is installed, it has what is saved, too, and holds functions for it.
 */
#ifndef VP_INITRAMFS_H
#define VP_INITRAMFS_H

#include <time.h>

#include "function.h"

/**
 * struct initramfs - an initramfs
 * @hooked: what makes it has a hook of ours
 * @again: the command that makes it anew
 * @contents: the names of what is in it, NULL if that cannot be had
 * @made: when it was made
 */
struct initramfs {
	bool hooked;
	const char *again;
	struct timespec made;
	char *contents;
};

/* A hook of ours is installed, whoever runs it */
bool initramfs_has_hook(const struct path_ctx *root);
/* Of the running kernel. It takes a second or more */
struct initramfs initramfs_read(const struct path_ctx *root);
void initramfs_free(struct initramfs *i);
/* @driver's module is in it */
bool initramfs_has_driver(const struct initramfs *i, const char *driver);
/* It has what was saved of a function */
bool initramfs_has_saved(const struct initramfs *i, const char *address);
/*
 * Made with our hook, it would hold @address otherwise if it were made anew: by what is saved
 * now, or not at all
 */
bool initramfs_is_stale(const struct machine *m, const struct initramfs *i, const char *address);
/* It was made with our hook */
bool initramfs_has_us(const struct initramfs *i);
/* The native driver of @f, empty if that is not known */
const char *initramfs_native(const struct machine *m, const struct function *f);
/*
 * After a change of what is saved of @addresses: says when the initramfs has to be made anew
 * for that. Nothing is said, nor looked at, where no hook of ours is installed.
 */
void initramfs_tell(const struct machine *m, const struct names *addresses);

#endif
