// SPDX-License-Identifier: GPL-2.0
/*
 * execute: carries out a plan, each IOMMU group's steps in a row, the groups
 * side by side.
 */
#include "execute.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "interrupt.h"

/**
 * struct chain - the steps of one group
 * @group: the group
 * @failed: a step of it failed
 */
struct chain {
	long group;
	bool failed;
};

/**
 * struct run - a plan under way
 * @plan: the plan
 * @root: where
 * @chains: its groups
 * @n: their number
 * @work: what is done with each group
 * @jobs: how many of them at a time
 * @keep_going: a failure stops its own group only
 * @next: the group that the next free thread takes
 * @done: how many groups are through
 * @stop: nothing new is begun
 */
struct run {
	struct plan *plan;
	const struct path_ctx *root;
	struct chain *chains;
	size_t n;
	void (*work)(struct run *run, struct chain *chain);
	unsigned long jobs;
	bool keep_going;
	atomic_size_t next;
	unsigned int done;
	atomic_bool stop;
};

static void find_chains(struct run *run)
{
	size_t i, c;

	run->chains = xcalloc(run->plan->n, sizeof(*run->chains));
	for (i = 0; i < run->plan->n; i++) {
		for (c = 0; c < run->n; c++)
			if (run->chains[c].group == run->plan->steps[i].group)
				break;
		if (c == run->n)
			run->chains[run->n++].group = run->plan->steps[i].group;
	}
}

static void do_chain(struct run *run, struct chain *chain)
{
	struct step *step, *end = run->plan->steps + run->plan->n;

	for (step = run->plan->steps; step < end; step++) {
		if (step->group != chain->group)
			continue;
		if (run->stop)
			return;
		step->error = interrupt_came() ? -EINTR : step_write(step, run->root, step->to);
		if (step->error) {
			step->state = STEP_FAILED;
			chain->failed = true;
			if (!run->keep_going)
				run->stop = true;
			return;
		}
		step->state = STEP_DONE;
	}
}

static void undo_chain(struct run *run, struct chain *chain)
{
	struct step *step = run->plan->steps + run->plan->n;
	int error;

	if (run->keep_going && !chain->failed)
		return;
	while (step-- > run->plan->steps) {
		if (step->group != chain->group || step->state != STEP_DONE)
			continue;
		error = strcmp(step->from, step->to) ? step_write(step, run->root, step->from) : 0;
		step->state = error ? STEP_STUCK : STEP_UNDONE;
		if (error)
			step->error = error;
	}
}

static void *work(void *data)
{
	struct run *run = data;
	size_t i;

	while ((i = run->next++) < run->n) {
		run->work(run, &run->chains[i]);
		progress(&run->done, (unsigned int)run->n);
	}
	return NULL;
}

/* This thread works as well, so it goes on even if no other can be had */
static void work_on_chains(struct run *run, void (*what)(struct run *run, struct chain *chain))
{
	pthread_t threads[EXECUTE_MAX_JOBS - 1];
	size_t n = 0;

	run->work = what;
	run->next = 0;
	run->done = 0;
	while (n + 1 < run->n && n + 1 < run->jobs &&
	       !pthread_create(&threads[n], NULL, work, run))
		n++;
	work(run);
	while (n)
		pthread_join(threads[--n], NULL);
}

void execute(struct plan *plan, const struct path_ctx *root, unsigned long jobs,
	     bool keep_going)
{
	struct run run = {
		.plan = plan, .root = root, .jobs = jobs, .keep_going = keep_going,
	};
	bool failed = false;

	find_chains(&run);
	work_on_chains(&run, do_chain);
	for (size_t i = 0; i < run.n; i++)
		failed |= run.chains[i].failed;
	if (failed)
		work_on_chains(&run, undo_chain);
	free(run.chains);
}

void execute_undo(struct plan *plan, const struct path_ctx *root, unsigned long jobs)
{
	struct run run = { .plan = plan, .root = root, .jobs = jobs };

	find_chains(&run);
	work_on_chains(&run, undo_chain);
	free(run.chains);
}
