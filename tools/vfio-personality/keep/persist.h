/* SPDX-License-Identifier: GPL-2.0 */
/*
 * persist: keeps for the next boot what functions are, or are wanted to be.
 */
#ifndef VP_PERSIST_H
#define VP_PERSIST_H

#include "config.h"
#include "options.h"

/**
 * struct persist - what to keep of a function
 * @address: the function
 * @keep: @config is kept; false if what is kept is to go
 * @config: that
 */
struct persist {
	char address[BDF_LEN];
	bool keep;
	struct config config;
};

/* What @f is now, with the options that are about that */
struct config persist_config(const struct machine *m, const struct function *f,
			     const struct options *o);
/* Of the options, those about the owner of the device files */
void persist_owner(struct config *config, const struct options *o);
/* Of a function that is to be in VFIO itself, where it provides nothing, and says so */
void persist_forget_created(struct config *config);
/* Whether what is to be kept is what is kept already */
bool persist_is_kept(const struct path_ctx *root, const struct persist *p);
/*
 * All or none; what failed has been said. What was kept before is in @old, of @n as
 * well, for persist_again(); it may be NULL.
 */
bool persist_all(const struct path_ctx *root, const struct persist *list, size_t n,
		 struct persist *old);
void persist_again(const struct path_ctx *root, const struct persist *old, size_t n);
/* What to do for what is kept to be applied at boot, NULL if it is */
const char *persist_boot_remedy(const struct path_ctx *root);
/* Warns if nothing applies at boot what is kept, or an owner is not known */
void persist_warn(const struct path_ctx *root, const struct options *o);
/* Has udev set the permissions of @f's device files again */
void persist_refresh(const struct machine *m, const struct function *f);

#endif
