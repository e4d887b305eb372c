/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfs: VFs that are to be there, in VFIO, when a transaction is through.
 */
#ifndef VP_VFS_H
#define VP_VFS_H

#include "transaction.h"

/*
 * Waits until they are, which a driver that probes in its own time delays, and at
 * most until the command line's time is over. Those that are not have been said, and
 * their PF's want has failed; false if there are any.
 */
bool vfs_wait(const struct transaction *t);
/*
 * VFs that @want has made and set up were no driver's before, and are to have their native one when
 * they leave VFIO. What went wrong has been said
 */
bool vfs_note_early(const struct transaction *t, const struct want *want);

#endif
