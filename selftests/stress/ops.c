// SPDX-License-Identifier: GPL-2.0
/* What can happen in the storm, and how it is drawn. */
#include "stress.h"

const struct op_kind op_kinds[OPS] = {
	[OP_FLIP] = { "use_vfio", 300, 70, ANY_FUNCTION, false, flip },
	[OP_USE] = { "VFIO user", 180, 0, ANY_FUNCTION, false, use_by_vfio },
	[OP_NATIVE] = { "native user", 45, 0, ANY_FUNCTION, false, use_natively },
	[OP_READ] = { "reader", 55, 0, ANY_FUNCTION, false, read_all },
	[OP_CHOOSE] = { "vfio_driver", 20, 0, ANY_FUNCTION, false, choose_driver },
	[OP_BIRTH] = { "vfs_use_vfio", 10, 0, THE_PF, false, set_birth },
	[OP_UNBIND] = { "unbind", 25, 0, ANY_FUNCTION, true, unbind },
	[OP_BIND] = { "bind", 40, 50, ANY_FUNCTION, false, bind_by_ids },
	[OP_STEAL] = { "steal", 80, 0, ANY_FUNCTION, true, steal },
	[OP_NEW_ID] = { "new_id, remove_id", 35, 0, ANY_FUNCTION, false, lend_id },
	[OP_REMOVE] = { "remove", 12, 0, ANY_FUNCTION, true, remove_function },
	[OP_RESET] = { "reset", 25, 0, ANY_FUNCTION, false, reset_function },
	[OP_VFS] = { "sriov_numvfs", 50, 0, THE_PF, true, set_vfs },
	[OP_MAKE] = { "mkdir", 0, 150, A_SLICE, false, make_slice },
	[OP_CONFIGURE] = { "attribute", 0, 60, A_SLICE, false, configure_slice },
	[OP_CREATE] = { "live=1", 0, 280, A_SLICE, false, create_slice },
	[OP_DESTROY] = { "live=0", 0, 100, A_SLICE, false, destroy_slice },
	[OP_UNMAKE] = { "rmdir", 0, 60, A_SLICE, false, remove_slice },
	[OP_USE_SLICE] = { "slice's user", 0, 160, A_SLICE, false, use_slice },
	[OP_READ_SLICE] = { "slice's reader", 0, 50, A_SLICE, false, read_slice },
	[OP_RESCAN] = { "rescan", 40, 0, THE_MACHINE, false, rescan },
	[OP_RELOAD] = { "rmmod, modprobe", 30, 0, THE_MACHINE, true, reload },
	[OP_RELOAD_SLICES] = { "rmmod, modprobe of slices", 0, 20, THE_MACHINE,
			       false, reload_slices },
	[OP_INJECT] = { "failing steps", 5, 0, THE_MACHINE, false, inject },
	[OP_LIST] = { "/proc/bus/pci/devices", 20, 0, THE_MACHINE, false, list_devices },
	[OP_LISTEN] = { "uevents", 18, 0, THE_MACHINE, false, listen_to_uevents },
	[OP_SUSPEND] = { "suspend", 10, 0, THE_MACHINE, false, sleep_and_wake },
};

/* splitmix64, by Sebastiano Vigna: any seed will do */
u64 random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/*
 * A VF is not removed by itself. Functions of one bus are left alone for a race of
 * the kernel's own: of one that is found on a bus while VFIO resets that bus,
 * pci_bus_unlock() unlocks what was never locked.
 */
static bool may_be_removed(unsigned int on)
{
	return !subject_is_vf(on) && on != SLOT_E1000E && on != SLOT_EDU;
}

bool op_is_slices(enum op op)
{
	return op_kinds[op].scope == A_SLICE;
}

static unsigned int weight_of(enum op op, bool slicer)
{
	return slicer ? op_kinds[op].slicers : op_kinds[op].weight;
}

static enum op draw_op(u64 *random, bool slicer)
{
	unsigned int sum = 0, left, op;

	for (op = 0; op < OPS; op++)
		sum += weight_of(op, slicer);
	left = random_next(random) % sum;
	for (op = 0; left >= weight_of(op, slicer); op++)
		left -= weight_of(op, slicer);
	return op;
}

/* Half of all happens to few: what meets seldom otherwise shall meet */
static unsigned int draw_function(u64 *random, u32 focus)
{
	u64 number = random_next(random);
	unsigned int on = (number >> 16) % SUBJECTS;

	if (number & 1)
		while (!(focus & BIT(on)))
			on = (on + 1) % SUBJECTS;
	return on;
}

struct task op_draw(const struct storm *storm, u64 *random, bool slicer)
{
	struct task task = { .op = draw_op(random, slicer), .on = SUBJECTS };
	enum scope scope = op_kinds[task.op].scope;

	if (scope == THE_PF)
		task.on = IGB;
	else if (scope == A_SLICE || (scope == ANY_FUNCTION && slicer))
		task.on = storm->sliced;
	else if (scope == ANY_FUNCTION)
		task.on = draw_function(random, storm->focus);
	if (task.op == OP_REMOVE && !may_be_removed(task.on))
		task.op = OP_UNBIND;
	task.arg = random_next(random) >> 32;
	/* Who wants slices wants the native function, which the others take away */
	if (slicer && task.op == OP_FLIP)
		task.arg = FLIP_BACK;
	if (scope == A_SLICE)
		task.arg = (task.arg & ~0xff) | random_next(random) % storm->slices;
	return task;
}

u32 op_concerns(const struct task *task)
{
	switch (task->op) {
	case OP_RELOAD:
		return reload_concerns(task->arg);
	case OP_NEW_ID:
		/* Whatever has no driver is tried, as somebody's override may name it */
		return BIT(SUBJECTS);
	case OP_STEAL:
		return BIT(task->on) |
		       (steals_by_id(&subjects[task->on], task->arg) ?
			BIT(SUBJECTS) : 0);
	case OP_INJECT:
		return EDUS | ALL_VFS;
	case OP_RELOAD_SLICES:
		return PARENTS;
	default:
		return BIT(task->on);
	}
}

/* A bus is reset with all that is on it; and a PF with its VFs */
static pthread_rwlock_t *reset_lock(struct storm *storm, const struct subject *subject)
{
	return &storm->resets[__builtin_ctz(subject->kin)];
}

/* The kernel's own races, which are not to be met: see struct storm */
static int run_apart(struct storm *storm, const struct task *task)
{
	const struct subject *subject = task->on == SUBJECTS ? NULL : &subjects[task->on];
	bool vfs = task->op == OP_VFS || (task->op == OP_REMOVE && task->on == IGB);
	int ret;

	if (vfs)
		pthread_mutex_lock(&storm->vfs);
	if (task->op == OP_USE)
		pthread_rwlock_rdlock(reset_lock(storm, subject));
	else if (task->op == OP_RESET)
		pthread_rwlock_wrlock(reset_lock(storm, subject));
	ret = op_kinds[task->op].run(subject, task->arg);
	if (task->op == OP_USE || task->op == OP_RESET)
		pthread_rwlock_unlock(reset_lock(storm, subject));
	if (vfs)
		pthread_mutex_unlock(&storm->vfs);
	return ret;
}

int op_run(struct storm *storm, const struct task *task)
{
	/*
	 * Nobody sleeps while somebody waits. And a rescan walks the lists of functions,
	 * from which the kernel takes the VFs of a PF that is unbound by hand without the
	 * lock for that (pci_disable_sriov() in a driver's remove).
	 */
	bool exclusive = task->op == OP_SUSPEND || task->op == OP_RESCAN;
	bool shared = op_kinds[task->op].waits;
	int ret;

	if (exclusive)
		pthread_rwlock_wrlock(&storm->awake);
	else if (shared)
		pthread_rwlock_rdlock(&storm->awake);
	ret = run_apart(storm, task);
	if (exclusive || shared)
		pthread_rwlock_unlock(&storm->awake);
	return ret;
}
