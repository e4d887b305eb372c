/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stress test: what its files share.
 *
 * main.c      rounds of storm and calm, their time, the results
 * watch.c     the storm: its processes, and what becomes of one that hangs
 * ops.c       what happens to functions in it
 * model.c     which outcomes are legal, given what else was going on
 * subjects.c  the functions, and the calm: does each work, is each as it was?
 *
 * Everybody acts at random, on functions that are shared. What somebody does
 * follows from the seed alone, not from what came of it: the same seed gives the
 * same operations in the same order for each process. How the processes interleave
 * is for the scheduler.
 */
#ifndef STRESS_H
#define STRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "lab.h"
#include "personality.h"

#define WORKERS		6
#define VFS		2
#define OUTCOMES_MAX	64

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
	OP_REMOVE,
	OP_RESET,
	OP_VFS,		/* sriov_numvfs is written */
	OP_RESCAN,
	OP_RELOAD,	/* a module goes and comes */
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
	PF_UNBOUND,	/* its PF is unbound, which ends VFs */
	CIRCUMSTANCES
};

enum {
	EDU, EDU2, E1000E, NVME, VIRTIO, IGB, VF0, VF1, SLOT_E1000E, SLOT_EDU,
	SUBJECTS
};

/**
 * struct subject - a function
 * @bdf: its address
 * @native: its native driver
 * @kin: the functions whose fate it shares, itself included: BIT(subject)
 */
struct subject {
	const char *name;
	const char *bdf;
	const char *native;
	u32 kin;
};

extern const struct subject subjects[SUBJECTS];

/**
 * struct task - an operation
 * @op: what
 * @on: a subject; SUBJECTS for what concerns none
 * @arg: how, see ops.c
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
 * @awake: held for reading by what may wait for a user of a function. It could
 *	not be frozen while that user is, so a suspend holds it for writing
 * @started: how many operations have begun so far, on each function
 * @active: how many are under way
 * @found: of each function, how many removals there had been when a rescan began
 *	that has ended since: all that were removed are back
 * @tried: how many there were
 * @done: how many were successful
 * @failed: how many failed and were right to, by the model's list
 * @illegal: how many outcomes were not legal
 */
struct storm {
	u64 seed;
	atomic_bool over;
	pthread_rwlock_t awake;
	struct worker workers[WORKERS];
	atomic_uint started[SUBJECTS + 1][OPS];
	atomic_int active[SUBJECTS + 1][OPS];
	atomic_uint found[SUBJECTS];
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
extern const char * const op_names[OPS];
struct task op_draw(u64 *random);
/* Which functions it happens to: BIT(subject); BIT(SUBJECTS) for all */
u32 op_concerns(const struct task *task);
/* 0 or a negative errno */
int op_run(struct storm *storm, const struct task *task);
u64 random_next(u64 *state);

/* model.c */
struct snapshot {
	unsigned int started[SUBJECTS + 1][OPS];
	u32 removing;
	bool may_appear;
	u32 seen;
};

/* Around an operation; what else there was meanwhile: BIT(op or circumstance) */
void model_begin(struct storm *storm, const struct task *task,
		 struct snapshot *snapshot);
u32 model_end(struct storm *storm, const struct task *task,
	      struct snapshot *snapshot);
/* Is it legal? Counts it */
bool model_allows(struct storm *storm, const struct task *task, int result,
		  u32 seen);
void model_report(const struct storm *storm);

/* subjects.c */
bool subjects_present(void);
/* 0, or how much was wrong, after it was reported */
int subjects_note(void);
int subjects_calm(void);
int subjects_unload(void);

#endif /* STRESS_H */
