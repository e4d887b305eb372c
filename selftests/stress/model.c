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

#include "native.h"
#include "stress.h"

#define ALWAYS		~0u

/* Which functions and modules there are, changes */
#define APPEARS		(BIT(OP_RESCAN) | BIT(OP_VFS) | BIT(OP_RELOAD))
#define GOES		(BIT(OP_REMOVE) | BIT(OP_VFS) | BIT(OP_RELOAD) | BIT(ABSENT) | \
			 BIT(PF_UNBOUND))
/* Another driver is bound, or none */
#define REBOUND		(BIT(OP_UNBIND) | BIT(OP_BIND) | APPEARS | GOES)
/* A device forgets what its user told it */
#define FORGETS		(BIT(OP_RESET) | BIT(OP_SUSPEND))

struct outcome {
	enum op op;
	int error;
	u32 reasons;
};

static const struct outcome outcomes[] = {
	/* A user, a VF, a driver that comes or goes */
	{ OP_FLIP, -EBUSY, BIT(OP_USE) | REBOUND | BIT(HAS_VFS) },
	{ OP_FLIP, -ENODEV, REBOUND },
	/* No attribute; or a module that is gone, or cannot be asked for now */
	{ OP_FLIP, -ENOENT, GOES | APPEARS | BIT(OP_SUSPEND) },
	{ OP_FLIP, -EINTR, BIT(OP_SUSPEND) },
	{ OP_FLIP, -EOPNOTSUPP, BIT(CHOSEN) | BIT(OP_CHOOSE) },

	/* It could not be opened */
	{ OP_USE, -ENODEV, BIT(NOT_VFIO) | BIT(OP_USE) | BIT(OP_FLIP) | REBOUND |
			   FORGETS },
	/* It could, so it is its user's, and nobody comes between */
	{ OP_USE, -EIO, FORGETS | BIT(PF_DOWN) },
	/* It was asked to go, which the switch never does */
	{ OP_USE, -EBUSY, GOES | BIT(OP_UNBIND) },

	{ OP_NATIVE, -EIO, BIT(IS_VFIO) | BIT(OP_FLIP) | REBOUND | FORGETS },
	{ OP_NATIVE, -ENODEV, ALWAYS },

	{ OP_READ, -ENOENT, GOES | APPEARS },
	{ OP_READ, -ENODEV, GOES | APPEARS },
	/* Between the one line and the next it has changed */
	{ OP_READ, -ESTALE, BIT(OP_FLIP) | REBOUND },

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
	{ OP_REMOVE, -ENOENT, GOES | APPEARS },
	{ OP_REMOVE, -ENODEV, GOES | APPEARS },

	/* Not every function can be reset */
	{ OP_RESET, -ENOENT, ALWAYS },
	{ OP_RESET, -ENODEV, GOES },

	{ OP_VFS, -EBUSY, BIT(HAS_VFS) | BIT(OP_VFS) },
	/* No driver, or one that makes no VFs */
	{ OP_VFS, -ENOENT, ALWAYS },
	{ OP_VFS, -ENODEV, GOES },

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
		       storm->tried[op], op_names[op]);
		for (i = 0; i < ARRAY_SIZE(outcomes); i++)
			if (outcomes[i].op == op && storm->failed[i])
				report("%16u %s", storm->failed[i],
				       strerrorname_np(-outcomes[i].error));
	}
}

static bool is_kin(unsigned int on, unsigned int other)
{
	return on == SUBJECTS || other == SUBJECTS ||
	       (subjects[on].kin & BIT(other));
}

static bool pf_is_up(void)
{
	char netdev[PCI_NAME_LEN];

	return !pci_netdev(subjects[IGB].bdf, netdev, sizeof(netdev)) &&
	       net_is_up(netdev) > 0;
}

/* What of a PF may keep it from answering its VFs */
static bool concerns_vfs(unsigned int on, unsigned int op)
{
	return on == IGB && (BIT(op) & (BIT(OP_FLIP) | BIT(OP_NATIVE) | REBOUND |
					FORGETS));
}

/* How things stand at this moment: a change needs an operation, which counts */
static u32 circumstances(unsigned int on)
{
	const struct subject *subject;
	unsigned int i;
	u32 seen = 0;

	if (on == SUBJECTS)
		return 0;
	subject = &subjects[on];
	if (!pci_present(subject->bdf))
		return BIT(ABSENT);
	if (pci_number(subject->bdf, "sriov_numvfs") > 0)
		seen |= BIT(HAS_VFS);
	if (personality_get(subject->bdf) == 1)
		seen |= BIT(IS_VFIO);
	if (!pci_reads(subject->bdf, "personality/vfio_driver", "auto"))
		seen |= BIT(CHOSEN);
	if ((on == VF0 || on == VF1) && !pf_is_up())
		seen |= BIT(PF_DOWN);
	for (i = 0; i < SUBJECTS; i++) {
		if (!(subject->kin & BIT(i)) || !pci_present(subjects[i].bdf))
			continue;
		if (pci_group(subjects[i].bdf) == pci_group(subject->bdf) &&
		    personality_get(subjects[i].bdf) != 1)
			seen |= BIT(NOT_VFIO);
	}
	return seen;
}

/* Has it been removed, or one of its kin, and not certainly come back? */
static bool may_appear(struct storm *storm, unsigned int on)
{
	unsigned int i;

	if (on == SUBJECTS)
		return true;
	for (i = 0; i < SUBJECTS; i++)
		if (is_kin(on, i) && storm->started[i][OP_REMOVE] != storm->found[i])
			return true;
	return false;
}

/* What it may explain that @op happens to @other while something does to @on */
static u32 reason(unsigned int on, unsigned int other, enum op op)
{
	u32 seen = 0;

	if (is_kin(on, other))
		seen |= BIT(op);
	if ((on == VF0 || on == VF1) && concerns_vfs(other, op))
		seen |= BIT(PF_DOWN);
	if ((on == VF0 || on == VF1) && other == IGB && op == OP_UNBIND)
		seen |= BIT(PF_UNBOUND);
	return seen;
}

/* Active before it has started: who sees neither sees later that it has */
static void begin(struct storm *storm, const struct task *task)
{
	u32 concerned = op_concerns(task);
	unsigned int on;

	for (on = 0; on <= SUBJECTS; on++) {
		if (!(concerned & BIT(on)))
			continue;
		storm->active[on][task->op]++;
		storm->started[on][task->op]++;
	}
}

static void end(struct storm *storm, const struct task *task,
		const struct snapshot *snapshot)
{
	u32 concerned = op_concerns(task);
	unsigned int on;

	for (on = 0; on <= SUBJECTS; on++)
		if (concerned & BIT(on))
			storm->active[on][task->op]--;
	if (task->op != OP_RESCAN)
		return;
	for (on = 0; on < SUBJECTS; on++)
		if (!(snapshot->removing & BIT(on)))
			storm->found[on] = snapshot->started[on][OP_REMOVE];
}

void model_begin(struct storm *storm, const struct task *task,
		 struct snapshot *snapshot)
{
	u32 concerned = op_concerns(task);
	unsigned int on, op;

	snapshot->may_appear = may_appear(storm, task->on);
	snapshot->removing = 0;
	snapshot->seen = 0;
	begin(storm, task);
	for (on = 0; on <= SUBJECTS; on++) {
		for (op = 0; op < OPS; op++) {
			int own = (concerned & BIT(on)) && op == task->op;

			snapshot->started[on][op] = storm->started[on][op];
			if (storm->active[on][op] > own)
				snapshot->seen |= reason(task->on, on, op);
		}
		if (storm->active[on][OP_REMOVE])
			snapshot->removing |= BIT(on);
	}
	snapshot->seen |= circumstances(task->on);
}

u32 model_end(struct storm *storm, const struct task *task,
	      struct snapshot *snapshot)
{
	u32 seen = snapshot->seen | circumstances(task->on);
	unsigned int on, op;

	for (on = 0; on <= SUBJECTS; on++)
		for (op = 0; op < OPS; op++)
			if (storm->started[on][op] != snapshot->started[on][op])
				seen |= reason(task->on, on, op);
	/* A rescan finds what is gone, and does nothing to what is there */
	if (!snapshot->may_appear && !may_appear(storm, task->on))
		seen &= ~BIT(OP_RESCAN);
	end(storm, task, snapshot);
	return seen;
}
