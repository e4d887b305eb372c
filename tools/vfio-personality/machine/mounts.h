/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mounts: what is mounted, in this mount namespace and in others; and swap.
 */
#ifndef VP_MOUNTS_H
#define VP_MOUNTS_H

#include "late.h"
#include "path.h"

/**
 * struct mount_view - what one mount namespace has mounted
 * @where: in words, " in the mount namespace of ...", empty for our own
 * @table: libmount's
 */
struct mount_view {
	char where[96];
	struct libmnt_table *table;
};

/**
 * struct mounts - all that can be seen
 * @views: mount namespaces, our own first
 * @n: their number
 * @swaps: libmount's
 * @unseen: why there may be more, or NULL
 */
struct mounts {
	struct mount_view *views;
	size_t n;
	struct libmnt_table *swaps;
	char *unseen;
};

struct mounts mounts_find(const struct path_ctx *root);
void mounts_free(struct mounts *mounts);

#endif
