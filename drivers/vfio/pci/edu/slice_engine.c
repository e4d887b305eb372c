// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: the factorial engine, which they take turns at. See slice.h.
 *
 * May touch: the hardware, through edu_hw_compute(); the results of slices.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>

#include "slice.h"

/* n! is 0 in 32 bits from here on */
#define FACTORIAL_ZERO	34
/* While a reset of the hardware is under way */
#define RETRY_MS	10

static struct workqueue_struct *engine_queue;

/* Whose turn is it, and what for? */
static struct edu_slice *next(struct edu_engine *e)
{
	guard(spinlock)(&e->lock);
	e->running = list_first_entry_or_null(&e->queue, struct edu_slice, node);
	if (e->running)
		list_del_init(&e->running->node);
	return e->running;
}

static void finish(struct edu_engine *e)
{
	scoped_guard(spinlock, &e->lock)
		e->running = NULL;
	wake_up_all(&e->idle);
}

static void take_result(struct edu_slice *s, unsigned int age, u32 result)
{
	guard(spinlock)(&s->lock);
	if (s->age != age)
		return;
	s->factorial = result;
	s->status &= ~EDU_STATUS_COMPUTING;
	if (s->status & EDU_STATUS_IRQ)
		edu_slice_raise(s, EDU_IRQ_FACTORIAL);
}

static void serve(struct edu_slice *s)
{
	unsigned int age;
	u32 n, result;
	int ret;

	scoped_guard(spinlock, &s->lock) {
		n = min(s->factorial, FACTORIAL_ZERO);
		age = s->age;
	}
	do {
		ret = edu_hw_compute(s->engine->edu, n, &result);
		if (ret == -EBUSY)
			msleep(RETRY_MS);
	} while (ret == -EBUSY && READ_ONCE(s->age) == age);
	/* What does not answer reads as ones */
	take_result(s, age, ret ? ~0 : result);
}

static void work(struct work_struct *work)
{
	struct edu_engine *e = container_of(work, struct edu_engine, work);
	struct edu_slice *s;

	while ((s = next(e))) {
		serve(s);
		finish(e);
		cond_resched();
	}
}

/**
 * edu_engine_ask() - have a slice's factorial computed when it is its turn
 * @s: the slice; it has one in the queue at most
 *
 * Context: any but interrupts; @s's lock held.
 */
void edu_engine_ask(struct edu_slice *s)
{
	struct edu_engine *e = s->engine;

	lockdep_assert_held(&s->lock);
	scoped_guard(spinlock, &e->lock)
		if (list_empty(&s->node))
			list_add_tail(&s->node, &e->queue);
	queue_work(engine_queue, &e->work);
}

/**
 * edu_engine_forget() - the engine shall not look at a slice any more
 * @s: the slice. What is being computed for it is its result yet, unless its age has grown
 *
 * Context: may sleep, for one turn.
 */
void edu_engine_forget(struct edu_slice *s)
{
	struct edu_engine *e = s->engine;

	scoped_guard(spinlock, &e->lock)
		list_del_init(&s->node);
	wait_event(e->idle, READ_ONCE(e->running) != s);
}

/**
 * edu_engine_setup() - begin with an engine
 * @e: memory for it
 * @edu: the hardware
 *
 * Context: any.
 */
void edu_engine_setup(struct edu_engine *e, struct edu *edu)
{
	e->edu = edu;
	atomic_set(&e->slices, 0);
	INIT_WORK(&e->work, work);
	spin_lock_init(&e->lock);
	INIT_LIST_HEAD(&e->queue);
	e->running = NULL;
	init_waitqueue_head(&e->idle);
}

/**
 * edu_engine_init() - be ready for engines
 *
 * Context: may sleep. The caller owes edu_engine_exit().
 * Return: 0 or -ENOMEM.
 */
int edu_engine_init(void)
{
	/* Before the hardware sleeps, what asks it for something stands still */
	engine_queue = alloc_workqueue("edu-slice", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return engine_queue ? 0 : -ENOMEM;
}

/**
 * edu_engine_exit() - end of edu_engine_init()
 *
 * Context: may sleep; there is no slice.
 */
void edu_engine_exit(void)
{
	destroy_workqueue(engine_queue);
}
