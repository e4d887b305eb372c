// SPDX-License-Identifier: GPL-2.0
/* What else was going on around an operation: what its outcome may be due to. */
#include "native.h"
#include "stress.h"

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
	return on == IGB && op != OP_USE && op != OP_READ && op != OP_CHOOSE &&
	       op != OP_BIRTH;
}

/* What ends the VFs of the function that it happens to */
static bool ends_vfs(unsigned int on, unsigned int op)
{
	return on == IGB && (op == OP_UNBIND || op == OP_STEAL ||
			     op == OP_REMOVE || op == OP_RELOAD);
}

/* How things stand at this moment: a change needs an operation, which counts */
static u64 circumstances(const struct task *task)
{
	u64 seen = slice_circumstances(task);
	const struct subject *subject;
	unsigned int on = task->on;

	if (on == SUBJECTS)
		return seen;
	subject = &subjects[on];
	if (!pci_present(subject->bdf))
		return seen | BY(ABSENT);
	if (pci_number(subject->bdf, "sriov_numvfs") > 0)
		seen |= BY(HAS_VFS);
	if (personality_get(subject->bdf) == 1)
		seen |= BY(IS_VFIO);
	if (!pci_reads(subject->bdf, "personality/vfio_driver", "auto"))
		seen |= BY(CHOSEN);
	if (subject_is_vf(on) && !pf_is_up())
		seen |= BY(PF_DOWN);
	if (!subject_group_is_vfio(on))
		seen |= BY(NOT_VFIO);
	if (pci_group_size(subject->bdf) > 1)
		seen |= BY(SHARED);
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
static u64 reason(const struct task *task, unsigned int other, enum op op)
{
	unsigned int on = task->on;
	u64 seen = 0;

	/*
	 * One slice's business is none of the others': see begin_slice(). But a user may
	 * have opened what had the name of his slice's device a moment ago.
	 */
	if (op_is_slices(task->op) && op_is_slices(op) && op != OP_USE_SLICE)
		return 0;
	/* What it means to others */
	if (other == SUBJECTS && op == OP_STEAL)
		return BY(OP_NEW_ID);
	if (is_kin(on, other))
		seen |= BY(op);
	if (on == SUBJECTS)
		return seen;
	if (subject_is_vf(on) && concerns_vfs(other, op))
		seen |= BY(PF_DOWN);
	if ((subject_is_vf(on) || on == IGB) && ends_vfs(other, op))
		seen |= BY(PF_UNBOUND);
	return seen;
}

/* What happens to the same slice as the task does; NULL for one that does to none */
static atomic_uint *slice_started(struct storm *storm, const struct task *task)
{
	return op_is_slices(task->op) ? storm->slice_started[slice_number(task->arg)] : NULL;
}

static atomic_int *slice_active(struct storm *storm, const struct task *task)
{
	return op_is_slices(task->op) ? storm->slice_active[slice_number(task->arg)] : NULL;
}

static u64 begin_slice(struct storm *storm, const struct task *task,
		       struct snapshot *snapshot)
{
	atomic_uint *started = slice_started(storm, task);
	atomic_int *active = slice_active(storm, task);
	unsigned int op;
	u64 seen = 0;

	if (!active)
		return 0;
	active[task->op]++;
	started[task->op]++;
	for (op = 0; op < OPS; op++) {
		int own = op == task->op;

		snapshot->slice_started[op] = started[op];
		if (active[op] > own)
			seen |= BY(op);
	}
	return seen;
}

static u64 end_slice(struct storm *storm, const struct task *task,
		     const struct snapshot *snapshot)
{
	atomic_uint *started = slice_started(storm, task);
	atomic_int *active = slice_active(storm, task);
	unsigned int op;
	u64 seen = 0;

	if (!active)
		return 0;
	for (op = 0; op < OPS; op++)
		if (started[op] != snapshot->slice_started[op])
			seen |= BY(op);
	active[task->op]--;
	return seen;
}

/* Active before it has started: who sees neither sees later that it has */
static void begin(struct storm *storm, const struct task *task)
{
	u32 concerned = op_concerns(task);
	unsigned int on;

	if (task->op == OP_INJECT)
		storm->injected |= concerned;
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

void meanwhile_begin(struct storm *storm, const struct task *task,
		     struct snapshot *snapshot)
{
	u32 concerned = op_concerns(task);
	unsigned int on, op;

	snapshot->may_appear = may_appear(storm, task->on);
	snapshot->removing = 0;
	begin(storm, task);
	snapshot->seen = begin_slice(storm, task, snapshot);
	for (on = 0; on <= SUBJECTS; on++) {
		for (op = 0; op < OPS; op++) {
			int own = (concerned & BIT(on)) && op == task->op;

			snapshot->started[on][op] = storm->started[on][op];
			if (storm->active[on][op] > own)
				snapshot->seen |= reason(task, on, op);
		}
		if (storm->active[on][OP_REMOVE])
			snapshot->removing |= BIT(on);
	}
	snapshot->seen |= circumstances(task);
}

u64 meanwhile_end(struct storm *storm, const struct task *task,
		  struct snapshot *snapshot)
{
	u64 seen = snapshot->seen | circumstances(task);
	unsigned int on, op;

	for (on = 0; on <= SUBJECTS; on++)
		for (op = 0; op < OPS; op++)
			if (storm->started[on][op] != snapshot->started[on][op])
				seen |= reason(task, on, op);
	if (task->on != SUBJECTS && (storm->injected & BIT(task->on)))
		seen |= BY(INJECTED);
	/* A rescan finds what is gone, and does nothing to what is there */
	if (!snapshot->may_appear && !may_appear(storm, task->on))
		seen &= ~BY(OP_RESCAN);
	seen |= end_slice(storm, task, snapshot);
	end(storm, task, snapshot);
	return seen;
}
