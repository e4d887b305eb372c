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

#define ALWAYS		~0u

/* Which functions and modules there are, changes */
#define APPEARS		(BIT(OP_RESCAN) | BIT(OP_VFS) | BIT(OP_RELOAD))
#define GOES		(BIT(OP_REMOVE) | BIT(OP_VFS) | BIT(OP_RELOAD) | BIT(ABSENT) | \
			 BIT(PF_UNBOUND))
/* Another driver is bound, or none */
#define REBOUND		(BIT(OP_UNBIND) | BIT(OP_BIND) | BIT(OP_STEAL) | APPEARS | GOES)
/* A device forgets what its user told it */
#define FORGETS		(BIT(OP_RESET) | BIT(OP_SUSPEND))

struct outcome {
	enum op op;
	int error;
	u32 reasons;
};

static const struct outcome outcomes[] = {
	/* A user, a VF, a driver that comes or goes, or was lent an id */
	{ OP_FLIP, -EBUSY, BIT(OP_USE) | BIT(OP_NEW_ID) | REBOUND | BIT(HAS_VFS) },
	{ OP_FLIP, -ENODEV, REBOUND },
	/* No attribute; or a module that is gone, or cannot be asked for now */
	{ OP_FLIP, -ENOENT, GOES | APPEARS | BIT(OP_SUSPEND) },
	{ OP_FLIP, -EINTR, BIT(OP_SUSPEND) },
	{ OP_FLIP, -EOPNOTSUPP, BIT(CHOSEN) | BIT(OP_CHOOSE) },
	/* Its driver_override was taken away; or it takes long to appear */
	{ OP_FLIP, -EAGAIN, BIT(OP_STEAL) | APPEARS },
	{ OP_FLIP, -EIO, BIT(OP_INJECT) },
	{ OP_FLIP, UNDONE, BIT(OP_FLIP) | REBOUND },
	{ OP_FLIP, OVERRIDDEN, BIT(OP_FLIP) | REBOUND },
	/* The way back was barred by a sibling's user, or by who removes it; or to fail */
	{ OP_FLIP, BROKEN, BIT(SHARED) | BIT(OP_REMOVE) },
	{ OP_FLIP, BROKEN_BOUND, BIT(INJECTED) },

	/* It could not be opened */
	{ OP_USE, -ENODEV, BIT(NOT_VFIO) | BIT(OP_USE) | BIT(OP_FLIP) | REBOUND |
			   FORGETS },
	/* It could, so it is its user's, and nobody comes between */
	{ OP_USE, -EIO, FORGETS | BIT(PF_DOWN) },
	/* It was asked to go, which the switch never does */
	{ OP_USE, -EBUSY, GOES | BIT(OP_UNBIND) | BIT(OP_STEAL) },

	{ OP_NATIVE, -EIO, BIT(IS_VFIO) | BIT(OP_FLIP) | BIT(INJECTED) | REBOUND |
			   FORGETS },
	{ OP_NATIVE, -ENODEV, ALWAYS },

	{ OP_READ, -ENOENT, GOES | APPEARS },
	{ OP_READ, -ENODEV, GOES | APPEARS },
	/* Between the one line and the next it has changed */
	{ OP_READ, UNDONE, BIT(OP_FLIP) | BIT(OP_NEW_ID) | REBOUND },
	{ OP_READ, UNBINDING, BIT(OP_FLIP) | REBOUND },
	{ OP_READ, OVERRIDDEN, BIT(OP_FLIP) | REBOUND },
	{ OP_READ, BROKEN, BIT(SHARED) | BIT(OP_REMOVE) },
	{ OP_READ, BROKEN_BOUND, BIT(INJECTED) },

	{ OP_CHOOSE, -ENOENT, GOES | APPEARS },
	{ OP_CHOOSE, -ENODEV, GOES | APPEARS },
	{ OP_BIRTH, -ENOENT, GOES | APPEARS },
	{ OP_BIRTH, -ENODEV, GOES | APPEARS },

	/* No driver is bound, or another one than was found */
	{ OP_UNBIND, -ENOENT, ALWAYS },
	{ OP_UNBIND, -ENODEV, ALWAYS },
	{ OP_BIND, -ENODEV, GOES | APPEARS },
	/* What drivers_probe makes of any refusal: the group is a user's, or shut */
	{ OP_BIND, -EINVAL, BIT(OP_USE) | BIT(OP_FLIP) },

	/* No driver of that name, or none but that of the override's */
	{ OP_STEAL, -ENOENT, GOES | APPEARS },
	{ OP_STEAL, -ENODEV, BIT(OP_FLIP) | REBOUND },
	/* Somebody else was faster, or owns the group */
	{ OP_STEAL, -EBUSY, BIT(OP_FLIP) | BIT(OP_USE) | BIT(OP_NEW_ID) | REBOUND },
	{ OP_STEAL, UNDONE, BIT(OP_FLIP) | BIT(OP_BIRTH) | REBOUND },
	{ OP_STEAL, OVERRIDDEN, BIT(OP_FLIP) | REBOUND },
	{ OP_STEAL, BROKEN, BIT(SHARED) | BIT(OP_REMOVE) },
	{ OP_STEAL, BROKEN_BOUND, BIT(INJECTED) },

	/* It has it; and whoever reloads vfio-pci, takes it back, too */
	{ OP_NEW_ID, -EEXIST, BIT(OP_NEW_ID) },
	{ OP_NEW_ID, -ENODEV, BIT(OP_NEW_ID) | BIT(OP_RELOAD) },
	{ OP_NEW_ID, -ENOENT, BIT(OP_RELOAD) },

	{ OP_REMOVE, -ENOENT, GOES | APPEARS },
	{ OP_REMOVE, -ENODEV, GOES | APPEARS },

	/* Not every function can be reset */
	{ OP_RESET, -ENOENT, ALWAYS },
	{ OP_RESET, -ENODEV, GOES },

	{ OP_VFS, -EBUSY, BIT(HAS_VFS) | BIT(OP_VFS) },
	/* No driver, or one that makes no VFs */
	{ OP_VFS, -ENOENT, ALWAYS },
	{ OP_VFS, -ENODEV, GOES },
	/* The VFs that were made are gone: a flip does not end them */
	{ OP_VFS, UNDONE, BIT(OP_VFS) | BIT(PF_UNBOUND) },

	/* In use; or not there */
	{ OP_RELOAD, -EAGAIN, ALWAYS },
	{ OP_RELOAD, -ENOENT, BIT(OP_RELOAD) },
	/* Just being loaded or unloaded, which the switch asks for, too */
	{ OP_RELOAD, -EBUSY, BIT(OP_RELOAD) | BIT(OP_FLIP) | BIT(OP_BIRTH) },

	/* The kernel cannot (CONFIG_PM_DEBUG) */
	{ OP_SUSPEND, -EOPNOTSUPP, ALWAYS },
	/* It waits 5 s for modprobes that it has started itself */
	{ OP_SUSPEND, -EAGAIN, BIT(OP_FLIP) | BIT(OP_BIRTH) | BIT(OP_BIND) | APPEARS },
};

static_assert(ARRAY_SIZE(outcomes) <= OUTCOMES_MAX, "no room to count them");
static_assert(CIRCUMSTANCES < 32, "no room for them all");

bool model_allows(struct storm *storm, const struct task *task, int result,
		  u32 seen)
{
	unsigned int i;

	storm->tried[task->op]++;
	if (!result) {
		storm->done[task->op]++;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (outcomes[i].op == task->op && outcomes[i].error == result &&
		    (outcomes[i].reasons & (seen | BIT(CIRCUMSTANCES)))) {
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
