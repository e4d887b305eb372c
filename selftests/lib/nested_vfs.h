/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest inside the lab that has one of two VFs, and their PF, which exchanges numbered
 * frames with it: what a migration from the one VF to the other is tested with.
 *
 * Functions return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_NESTED_VFS_H
#define LIB_NESTED_VFS_H

#include "nested.h"
#include "nested_migration.h"
#include "pci.h"

/**
 * struct nested_vfs - the guest and its VFs
 * @vf: their addresses; both are in VFIO
 * @pf: their PF's netdev
 * @guest: a machine for each VF: the guest is in one of them
 * @options: of QEMU's device, each after a comma
 * @flow: the PF's end of the frames
 * @sent: by the guest, and
 * @book: its book, as it was settled last
 */
struct nested_vfs {
	char vf[2][PCI_BDF_LEN];
	char pf[PCI_NAME_LEN];
	struct nested guest[2];
	const char *options;
	struct flow flow;
	u32 sent;
	struct flow_book book;
};

/* What QEMU is told for a VF that can be migrated, by docs/driver-api/igbvf-conversion.rst */
#define NESTED_VF_OPTIONS	",enable-migration=on,x-pre-copy-dirty-page-tracking=off"

/* Make the VFs, and bring them to VFIO */
int nested_vfs_open(struct nested_vfs *s, const char *options);

/* The end of the guest; the VFs serve their own drivers again, both ways, and are gone */
int nested_vfs_close(struct nested_vfs *s);

/* Boot the guest on the first VF, and await its link */
int nested_vfs_boot(struct nested_vfs *s);

/* Have the other machine await the guest that is in machine @from */
int nested_vfs_await(struct nested_vfs *s, int from);

/* Begin to exchange frames with the guest in machine @at; some have come when it returns */
int nested_vfs_exchange(struct nested_vfs *s, int at);

/* The end of it: some more come, then neither sends, and all that will arrive has */
int nested_vfs_settle(struct nested_vfs *s, int at);

/*
 * After that: has all that the guest sent arrived, in order and each once, and all that
 * was sent to it, but for what was sent while it stood still, between @stop_us and
 * @resume_us? Both 0 if it never did. Says what is lost
 */
bool nested_vfs_kept_all(struct nested_vfs *s, u64 stop_us, u64 resume_us);

#endif /* LIB_NESTED_VFS_H */
