// SPDX-License-Identifier: GPL-2.0
/*
 * The model: which outcomes are legal.
 *
 * An operation that nothing interferes with succeeds. What may make it fail, and
 * how, is in one table: an error needs a reason, which is another operation on
 * the same function or its kin, at the same time, or a circumstance.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "stress.h"

#define ALWAYS		(~0ULL)

/* Which functions and modules there are, changes */
#define APPEARS		(BY(OP_RESCAN) | BY(OP_VFS) | BY(OP_RELOAD))
#define GOES		(BY(OP_REMOVE) | BY(OP_VFS) | BY(OP_RELOAD) | BY(ABSENT) | \
			 BY(PF_UNBOUND))
/* Another driver is bound, or none */
#define REBOUND		(BY(OP_UNBIND) | BY(OP_BIND) | BY(OP_STEAL) | APPEARS | GOES)
/* A device forgets what its user told it */
#define FORGETS		(BY(OP_RESET) | BY(OP_SUSPEND))
/* What provides slices comes or goes: edu is bound, or another driver by use_vfio, or none */
#define PROVISION	(BY(OP_FLIP) | REBOUND | BY(OP_RELOAD_SLICES) | BY(UNPROVIDED))
/* A slice's directory, and the files in it, come and go */
#define MAKING		(BY(OP_MAKE) | BY(OP_UNMAKE) | BY(UNMADE))

struct outcome {
	enum op op;
	int error;
	u64 reasons;
};

static const struct outcome outcomes[] = {
	/* A user, a VF, a driver that comes or goes, or was lent an id */
	{ OP_FLIP, -EBUSY, BY(OP_USE) | BY(OP_NEW_ID) | REBOUND | BY(HAS_VFS) },
	/* Or slices that are live, or just being created or destroyed */
	{ OP_FLIP, -EBUSY, BY(HAS_SLICES) | BY(OP_CREATE) | BY(OP_DESTROY) },
	{ OP_FLIP, -ENODEV, REBOUND },
	/* No attribute; or a module that is gone, or cannot be asked for now */
	{ OP_FLIP, -ENOENT, GOES | APPEARS | BY(OP_SUSPEND) },
	{ OP_FLIP, -EINTR, BY(OP_SUSPEND) },
	{ OP_FLIP, -EOPNOTSUPP, BY(CHOSEN) | BY(OP_CHOOSE) },
	/* Its driver_override was taken away; or it takes long to appear */
	{ OP_FLIP, -EAGAIN, BY(OP_STEAL) | APPEARS },
	{ OP_FLIP, -EIO, BY(OP_INJECT) },
	{ OP_FLIP, UNDONE, BY(OP_FLIP) | REBOUND },
	{ OP_FLIP, OVERRIDDEN, BY(OP_FLIP) | REBOUND },
	/* The way back was barred by a sibling's user, or by who removes it; or to fail */
	{ OP_FLIP, BROKEN, BY(SHARED) | BY(OP_REMOVE) },
	{ OP_FLIP, BROKEN_BOUND, BY(INJECTED) },

	/* It could not be opened */
	{ OP_USE, -ENODEV, BY(NOT_VFIO) | BY(OP_USE) | BY(OP_FLIP) | REBOUND |
			   FORGETS },
	/* It could, so it is its user's, and nobody comes between */
	{ OP_USE, -EIO, FORGETS | BY(PF_DOWN) },
	/* It was asked to go, which the switch never does */
	{ OP_USE, -EBUSY, GOES | BY(OP_UNBIND) | BY(OP_STEAL) },

	{ OP_NATIVE, -EIO, BY(IS_VFIO) | BY(OP_FLIP) | BY(INJECTED) | REBOUND |
			   FORGETS },
	{ OP_NATIVE, -ENODEV, ALWAYS },

	{ OP_READ, -ENOENT, GOES | APPEARS },
	{ OP_READ, -ENODEV, GOES | APPEARS },
	/* Between the one line and the next it has changed */
	{ OP_READ, UNDONE, BY(OP_FLIP) | BY(OP_NEW_ID) | REBOUND },
	{ OP_READ, UNBINDING, BY(OP_FLIP) | REBOUND },
	{ OP_READ, OVERRIDDEN, BY(OP_FLIP) | REBOUND },
	{ OP_READ, BROKEN, BY(SHARED) | BY(OP_REMOVE) },
	{ OP_READ, BROKEN_BOUND, BY(INJECTED) },

	{ OP_CHOOSE, -ENOENT, GOES | APPEARS },
	{ OP_CHOOSE, -ENODEV, GOES | APPEARS },
	{ OP_BIRTH, -ENOENT, GOES | APPEARS },
	{ OP_BIRTH, -ENODEV, GOES | APPEARS },

	/* No driver is bound, or another one than was found */
	{ OP_UNBIND, -ENOENT, ALWAYS },
	{ OP_UNBIND, -ENODEV, ALWAYS },
	{ OP_BIND, -ENODEV, GOES | APPEARS },
	/* What drivers_probe makes of any refusal: the group is a user's, or shut */
	{ OP_BIND, -EINVAL, BY(OP_USE) | BY(OP_FLIP) },

	/* No driver of that name, or none but that of the override's */
	{ OP_STEAL, -ENOENT, GOES | APPEARS },
	{ OP_STEAL, -ENODEV, BY(OP_FLIP) | REBOUND },
	/* Somebody else was faster, or owns the group */
	{ OP_STEAL, -EBUSY, BY(OP_FLIP) | BY(OP_USE) | BY(OP_NEW_ID) | REBOUND },
	{ OP_STEAL, UNDONE, BY(OP_FLIP) | BY(OP_BIRTH) | REBOUND },
	{ OP_STEAL, OVERRIDDEN, BY(OP_FLIP) | REBOUND },
	{ OP_STEAL, BROKEN, BY(SHARED) | BY(OP_REMOVE) },
	{ OP_STEAL, BROKEN_BOUND, BY(INJECTED) },

	/* It has it; and whoever reloads vfio-pci, takes it back, too */
	{ OP_NEW_ID, -EEXIST, BY(OP_NEW_ID) },
	{ OP_NEW_ID, -ENODEV, BY(OP_NEW_ID) | BY(OP_RELOAD) },
	{ OP_NEW_ID, -ENOENT, BY(OP_RELOAD) },

	{ OP_REMOVE, -ENOENT, GOES | APPEARS },
	{ OP_REMOVE, -ENODEV, GOES | APPEARS },

	/* Not every function can be reset */
	{ OP_RESET, -ENOENT, ALWAYS },
	{ OP_RESET, -ENODEV, GOES },

	{ OP_VFS, -EBUSY, BY(HAS_VFS) | BY(OP_VFS) },
	/* No driver, or one that makes no VFs */
	{ OP_VFS, -ENOENT, ALWAYS },
	{ OP_VFS, -ENODEV, GOES },
	/* The VFs that were made are gone: a flip does not end them */
	{ OP_VFS, UNDONE, BY(OP_VFS) | BY(PF_UNBOUND) },

	/* It is there already; or not, or its directory is just coming or going */
	{ OP_MAKE, -EEXIST, BY(MADE) | BY(OP_MAKE) },
	{ OP_MAKE, -ENOENT, PROVISION },
	{ OP_MAKE, -ENODEV, PROVISION },
	{ OP_MAKE, UNDONE, BY(OP_UNMAKE) | BY(OP_CONFIGURE) },

	{ OP_CONFIGURE, -ENOENT, MAKING },
	{ OP_CONFIGURE, -EBUSY, BY(LIVE) | BY(OP_CREATE) },
	{ OP_CONFIGURE, UNDONE, BY(OP_UNMAKE) | BY(OP_CONFIGURE) },

	{ OP_CREATE, -ENOENT, MAKING },
	{ OP_CREATE, -ENODEV, PROVISION },
	/* The native function is not there: it is VFIO's, or has not come back */
	{ OP_CREATE, -EBUSY, BY(IS_VFIO) | BY(OP_FLIP) | BY(INJECTED) },
	{ OP_CREATE, -ENOSPC, BY(CROWDED) },
	{ OP_CREATE, -EINTR, BY(OP_SUSPEND) },
	{ OP_CREATE, UNDONE, BY(OP_DESTROY) | PROVISION },

	{ OP_DESTROY, -ENOENT, MAKING },
	/* It waits for its user, as its function loses its driver */
	{ OP_DESTROY, -ENODEV, BY(OP_FLIP) | REBOUND },
	{ OP_DESTROY, -EBUSY, BY(OP_USE_SLICE) },
	{ OP_DESTROY, -EINTR, BY(OP_SUSPEND) },
	{ OP_DESTROY, UNDONE, BY(OP_CREATE) | MAKING },

	{ OP_UNMAKE, -ENOENT, MAKING },
	/* It is pinned until nothing is left of what was live */
	{ OP_UNMAKE, -EBUSY, BY(LIVE) | BY(OP_CREATE) | BY(OP_FLIP) | REBOUND },
	{ OP_UNMAKE, UNDONE, BY(OP_MAKE) },

	/* It could not be opened: nothing there, another user, or just going */
	{ OP_USE_SLICE, -ENODEV, BY(NOT_LIVE) | BY(OP_USE_SLICE) | BY(OP_DESTROY) |
				 PROVISION },
	/* It was asked to go, which no write to live and no use_vfio does */
	{ OP_USE_SLICE, -EBUSY, GOES | BY(OP_UNBIND) | BY(OP_STEAL) },

	{ OP_READ_SLICE, -ENOENT, MAKING },
	/* Between the one line and the next it has changed */
	{ OP_READ_SLICE, UNDONE, BY(OP_CREATE) | BY(OP_DESTROY) | MAKING | PROVISION },

	/* In use; or not there */
	{ OP_RELOAD, -EAGAIN, ALWAYS },
	{ OP_RELOAD, -ENOENT, BY(OP_RELOAD) | BY(OP_RELOAD_SLICES) },
	/* Just being loaded or unloaded, which the switch asks for, too */
	{ OP_RELOAD, -EBUSY, BY(OP_RELOAD) | BY(OP_RELOAD_SLICES) | BY(OP_FLIP) |
			     BY(OP_BIRTH) },
	{ OP_RELOAD_SLICES, -EAGAIN, ALWAYS },
	{ OP_RELOAD_SLICES, -ENOENT, BY(OP_RELOAD) | BY(OP_RELOAD_SLICES) },
	{ OP_RELOAD_SLICES, -EBUSY, BY(OP_RELOAD) | BY(OP_RELOAD_SLICES) },

	/* The kernel cannot (CONFIG_PM_DEBUG) */
	{ OP_SUSPEND, -EOPNOTSUPP, ALWAYS },
	/* It waits 5 s for modprobes that it has started itself */
	{ OP_SUSPEND, -EAGAIN, BY(OP_FLIP) | BY(OP_BIRTH) | BY(OP_BIND) | APPEARS },
};

static_assert(ARRAY_SIZE(outcomes) <= OUTCOMES_MAX, "no room to count them");
static_assert(CIRCUMSTANCES < 64, "no room for them all");

bool model_allows(struct storm *storm, const struct task *task, int result,
		  u64 seen)
{
	unsigned int i;

	storm->tried[task->op]++;
	if (!result) {
		storm->done[task->op]++;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (outcomes[i].op == task->op && outcomes[i].error == result &&
		    (outcomes[i].reasons & (seen | BY(CIRCUMSTANCES)))) {
			storm->failed[i]++;
			return true;
		}
	}
	storm->illegal++;
	return false;
}

void model_report(const struct storm *storm)
{
	unsigned int op, i;

	for (op = 0; op < OPS; op++) {
		report("%6u of %6u succeeded: %s", storm->done[op],
		       storm->tried[op], op_kinds[op].name);
		for (i = 0; i < ARRAY_SIZE(outcomes); i++)
			if (outcomes[i].op == op && storm->failed[i])
				report("%16u %s", storm->failed[i],
				       strerrorname_np(-outcomes[i].error));
	}
}
