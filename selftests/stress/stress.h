/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stress test: what its files share.
 *
 * main.c       rounds of storm and calm, their time, the results
 * watch.c      the storm: its processes, and what becomes of one that hangs
 * ops.c        what can happen in it, in one table, and how it is drawn
 * users.c      happens: somebody uses a function
 * slices.c     happens: vfio_devices are made on demand, and destroyed
 * slice_users.c  happens: somebody uses one of these
 * readers.c    happens: somebody reads, or listens
 * binders.c    happens: functions are switched, bound, taken away, removed
 * machine.c    happens: modules go and come, steps fail, the machine sleeps
 * model.c      which outcomes are legal, given what else was going on
 * meanwhile.c  what else was going on
 * subjects.c   the functions, and which drivers may have them
 * calm.c       does each work, is each as it was?
 * slice_calm.c  the same of vfio_devices on demand
 *
 * Everybody acts at random, on functions that are shared. What somebody does
 * follows from the seed alone, not from what came of it: the same seed gives the
 * same operations in the same order for each process. How the processes interleave
 * is for the scheduler.
 */
#ifndef STRESS_H
#define STRESS_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "lab.h"
#include "personality.h"

/* The last ones care for vfio_devices on demand, and nothing else */
#define WORKERS		11
#define SLICERS		3
#define VFS		2
#define SLICE_NAMES_MAX	24
#define SLICE_NAME_LEN	8
#define OUTCOMES_MAX	128

/* What happens; the last ones concern no function in particular */
enum op {
	OP_FLIP,	/* use_vfio is written */
	OP_USE,		/* a VFIO user opens it, has it work, and closes it */
	OP_NATIVE,	/* a user of the native function */
	OP_READ,	/* all that can be read is read */
	OP_CHOOSE,	/* another vfio_driver */
	OP_BIRTH,	/* vfs_use_vfio is written */
	OP_UNBIND,
	OP_BIND,
	OP_STEAL,	/* bound to a driver by hand, from whatever has it */
	OP_NEW_ID,	/* its id is one of vfio-pci's for a moment */
	OP_REMOVE,
	OP_RESET,
	OP_VFS,		/* sriov_numvfs is written */
	OP_MAKE,	/* a slice, a vfio_device on demand, is made */
	OP_CONFIGURE,	/* an attribute of one is written */
	OP_CREATE,	/* 1 is written to its live */
	OP_DESTROY,	/* 0 is */
	OP_UNMAKE,	/* it is removed */
	OP_USE_SLICE,	/* a VFIO user opens it, has it work, and closes it */
	OP_READ_SLICE,	/* what it says of itself is read */
	OP_RESCAN,
	OP_RELOAD,	/* a module goes, and comes at once or slowly */
	OP_RELOAD_SLICES, /* those that provide slices do */
	OP_INJECT,	/* steps of the drivers' own method fail */
	OP_LIST,	/* /proc/bus/pci/devices is read */
	OP_LISTEN,	/* uevents are */
	OP_SUSPEND,
	OPS
};

/* Beside an operation, a state may explain an outcome, too */
enum circumstance {
	ABSENT = OPS,	/* the function is not there */
	HAS_VFS,	/* it has VFs */
	NOT_VFIO,	/* it, or a function of its group, is not in VFIO */
	IS_VFIO,	/* it is in VFIO */
	CHOSEN,		/* vfio_driver is not "auto" */
	PF_DOWN,	/* its PF may not answer VFs */
	PF_UNBOUND,	/* its PF, or it, is unbound, which ends VFs */
	SHARED,		/* it is not alone in its IOMMU group */
	INJECTED,	/* in this round, steps of its method have failed */
	HAS_SLICES,	/* it has some that are live */
	MADE,		/* the slice is there */
	UNMADE,		/* it is not */
	LIVE,		/* there is a vfio_device of it */
	NOT_LIVE,	/* there is none */
	UNPROVIDED,	/* its function has no driver that provides slices */
	CROWDED,	/* so many are live that the rest may be so soon */
	CIRCUMSTANCES
};

/* A set of operations and circumstances has this for each */
#define BY(why)		(1ULL << (why))

enum {
	EDU, EDU2, E1000E, NVME, VIRTIO, IGB, VF0, VF1, SLOT_E1000E, SLOT_EDU,
	SUBJECTS
};

#define EDUS		(BIT(EDU) | BIT(EDU2) | BIT(SLOT_EDU))
/* Slices can be made of these */
#define PARENTS		EDUS
#define ALL_VFS		(BIT(VF0) | BIT(VF1))

/* No errors, but what an operation may find that only a failure explains */
#define BROKEN		(-ENOTRECOVERABLE)	/* state, and no driver is bound */
#define BROKEN_BOUND	(-EUCLEAN)		/* state, and one is */
#define UNBINDING		(-EINPROGRESS)		/* state, for a second or more */
#define OVERRIDDEN		(-EALREADY)		/* driver_override is set */
/* It succeeded, and yet things are not as was asked for */
#define UNDONE		(-ESTALE)
/* A function is in VFIO, and has vfio_devices beside its native function: never */
#define BOTH		(-ENOTUNIQ)

/**
 * struct subject - a function
 * @bdf: its address
 * @id: vendor and device, as new_id takes them
 * @native: its native driver
 * @kin: the functions whose fate it shares, itself included: BIT(subject)
 */
struct subject {
	const char *name;
	const char *bdf;
	const char *id;
	const char *native;
	u32 kin;
};

extern const struct subject subjects[SUBJECTS];

/**
 * struct task - an operation
 * @op: what
 * @on: a subject; SUBJECTS for what concerns none
 * @arg: how, see what happens
 */
struct task {
	enum op op;
	unsigned int on;
	u32 arg;
};

/**
 * struct worker - a process of the storm, as the others see it
 * @pid: 0 if there is none
 * @task: what it is doing, since @since, for the @number th time; none if
 *	@since is 0
 */
struct worker {
	pid_t pid;
	struct task task;
	unsigned int number;
	atomic_ullong since;
};

/**
 * struct storm - what the processes share
 * @over: the round ends
 * @focus: the functions that half of the operations happen to
 * @sliced: the edu that slices are made of in this round
 * @slices: how many names they have
 * @awake: held for reading by what may wait for a user of a function. It could
 *	not be frozen while that user is, so a suspend holds it for writing
 * @vfs: held by who makes or ends VFs, and who removes their PF: sriov_numvfs takes the
 *	PF's device_lock and then the lock for rescans, a removal takes them in the other
 *	order, and the kernel hangs
 * @resets: of each function, held for reading by its user, for writing by who resets it by
 *	hand: vfio_pci_core restores the configuration when it closes, without the
 *	device_lock that a reset has, and the reset then finds nothing to restore
 * @started: how many operations have begun so far, on each function
 * @active: how many are under way
 * @slice_started: the same on each slice
 * @slice_active: the same
 * @found: of each function, how many removals there had been when a rescan began
 *	that has ended since: all that were removed are back
 * @injected: of which functions steps of the method have failed in this round
 * @tried: how many there were
 * @done: how many were successful
 * @failed: how many failed and were right to, by the model's list
 * @illegal: how many outcomes were not legal
 */
struct storm {
	u64 seed;
	u32 focus;
	unsigned int sliced;
	unsigned int slices;
	atomic_bool over;
	pthread_rwlock_t awake;
	pthread_mutex_t vfs;
	pthread_rwlock_t resets[SUBJECTS];
	struct worker workers[WORKERS];
	atomic_uint started[SUBJECTS + 1][OPS];
	atomic_int active[SUBJECTS + 1][OPS];
	atomic_uint slice_started[SLICE_NAMES_MAX][OPS];
	atomic_int slice_active[SLICE_NAMES_MAX][OPS];
	atomic_uint found[SUBJECTS];
	atomic_uint injected;
	atomic_uint tried[OPS];
	atomic_uint done[OPS];
	atomic_uint failed[OUTCOMES_MAX];
	atomic_uint illegal;
};

/* main.c: a line of the report, whatever stderr is at the moment */
extern int report_fd;
#define report(fmt, ...) dprintf(report_fd, "# " fmt "\n", ##__VA_ARGS__)

/* watch.c */
struct storm *storm_new(void);
/*
 * Let it storm for @seconds. An error: an operation hangs, and with it, perhaps,
 * whatever touches the same function next.
 */
int storm_rage(struct storm *storm, u64 seed, unsigned int seconds);

/* ops.c */
enum scope {
	ANY_FUNCTION,
	THE_PF,
	THE_MACHINE,
	A_SLICE,
};

/**
 * struct op_kind - what there is to know of an operation
 * @weight: how often it is drawn, in thousandths
 * @slicers: how often by those who care for slices
 * @scope: what it can happen to
 * @waits: it may wait for a user of a function
 * @run: have it happen; @subject is NULL for what concerns none
 */
struct op_kind {
	const char *name;
	unsigned int weight;
	unsigned int slicers;
	enum scope scope;
	bool waits;
	int (*run)(const struct subject *subject, u32 arg);
};

extern const struct op_kind op_kinds[OPS];
struct task op_draw(const struct storm *storm, u64 *random, bool slicer);
/* Does it happen to a slice? */
bool op_is_slices(enum op op);
/* Which functions it happens to: BIT(subject); BIT(SUBJECTS) for all */
u32 op_concerns(const struct task *task);
/* 0 or a negative errno */
int op_run(struct storm *storm, const struct task *task);
u64 random_next(u64 *state);

/* users.c */
int use_by_vfio(const struct subject *subject, u32 arg);
int use_natively(const struct subject *subject, u32 arg);
/* Have @be be done, which may end badly */
int in_own_process(int (*be)(const struct subject *subject, u32 arg),
		   const struct subject *subject, u32 arg);

/* slices.c */
int make_slice(const struct subject *subject, u32 arg);
int configure_slice(const struct subject *subject, u32 arg);
int create_slice(const struct subject *subject, u32 arg);
int destroy_slice(const struct subject *subject, u32 arg);
int remove_slice(const struct subject *subject, u32 arg);
int read_slice(const struct subject *subject, u32 arg);
int reload_slices(const struct subject *subject, u32 arg);
/* Which slice it is has been drawn into the low byte of @arg */
#define slice_number(arg)	((arg) & 0xff)
void slice_name(u32 arg, char *name);
/* 0, or BOTH */
int find_both(const struct subject *subject);
/* Do its files say the same, and of what there is? 0, UNDONE, -EILSEQ or an error */
int slice_look(const char *bdf, const char *name);
/* How many of a function's are live */
unsigned int slices_living(const char *bdf);
/* How things stand with the slices of a function, and with the task's own */
u64 slice_circumstances(const struct task *task);
void slice_complain(const struct task *task);

/* slice_users.c */
int use_slice(const struct subject *subject, u32 arg);
/* Bits 0 and 1 of @arg: by its character device, not its group; it shall work */
int slice_use_once(const char *bdf, const char *name, u32 arg);

/* readers.c */
int read_all(const struct subject *subject, u32 arg);
int list_devices(const struct subject *subject, u32 arg);
int listen_to_uevents(const struct subject *subject, u32 arg);
/* 0, BROKEN or BROKEN_BOUND */
int find_broken(const struct subject *subject);
/* 0, or OVERRIDDEN */
int find_override(const struct subject *subject);

/* binders.c */
/* An argument for 0 */
#define FLIP_BACK	0
int flip(const struct subject *subject, u32 arg);
int choose_driver(const struct subject *subject, u32 arg);
int set_birth(const struct subject *subject, u32 arg);
int unbind(const struct subject *subject, u32 arg);
int bind_by_ids(const struct subject *subject, u32 arg);
int steal(const struct subject *subject, u32 arg);
bool steals_by_id(const struct subject *subject, u32 arg);
int lend_id(const struct subject *subject, u32 arg);
int remove_function(const struct subject *subject, u32 arg);
int reset_function(const struct subject *subject, u32 arg);
int set_vfs(const struct subject *subject, u32 arg);

/* machine.c */
int rescan(const struct subject *subject, u32 arg);
int reload(const struct subject *subject, u32 arg);
u32 reload_concerns(u32 arg);
int inject(const struct subject *subject, u32 arg);
int sleep_and_wake(const struct subject *subject, u32 arg);

/* meanwhile.c */
struct snapshot {
	unsigned int started[SUBJECTS + 1][OPS];
	unsigned int slice_started[OPS];
	u32 removing;
	bool may_appear;
	u64 seen;
};

/* Around an operation; what else there was meanwhile: BY(op or circumstance) */
void meanwhile_begin(struct storm *storm, const struct task *task,
		     struct snapshot *snapshot);
u64 meanwhile_end(struct storm *storm, const struct task *task,
		  struct snapshot *snapshot);

/* model.c */
/* Is it legal? Counts it */
bool model_allows(struct storm *storm, const struct task *task, int result,
		  u64 seen);
void model_report(const struct storm *storm);

/* subjects.c */
bool subjects_present(void);
bool subject_is_vf(unsigned int i);
/* Is it @name that is bound to it, or none if that is empty? */
bool subject_may_have(const struct subject *subject, const char *name);
/* Do all that share its IOMMU group read 1 in use_vfio? */
bool subject_group_is_vfio(unsigned int i);

/* calm.c; 0, or how much was wrong, after it was reported */
int calm_note(void);
int calm_check(struct storm *storm);
int calm_unload(void);
/* Says what is wrong with a function, and how it is: 1 */
int wrong(unsigned int i, const char *what, int error);

/* slice_calm.c; likewise */
int slice_calm_note(void);
/* Of all that are there, which are removed then */
int slice_calm_check(void);
/* Of a function that is native, or in VFIO by the method of its driver; of others nothing */
int slice_calm_prove(unsigned int i);
int slice_calm_refused(unsigned int i);
int slice_calm_unload(void);

/* describe.c */
void describe(unsigned int i);

#endif /* STRESS_H */
