// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: functions that no driver is bound to.
 *
 * May touch: that no driver may be bound to a function that is held, until the hold ends.
 */
#include <linux/cleanup.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sched.h>

#include "internal.h"

/* The only driver that may be bound while a VF is held: none has this name */
#define HOLD			"pci-personality:reserved"

#define HOLD_END_POLL_US	USEC_PER_MSEC
#define HOLD_END_TIMEOUT_US	USEC_PER_SEC
/* Of who waits longer than that */
#define HOLD_END_LATER		(HZ / 5)

int stock_hold(struct stock_function *sf)
{
	const char *hold;

	scoped_guard(spinlock, &sf->lock) {
		/* One that is about to end goes on */
		sf->hold_ends = false;
		if (sf->hold)
			return 0;
	}
	hold = stock_birth_override_set(sf->pdev, HOLD);
	if (IS_ERR(hold))
		return PTR_ERR(hold);
	guard(spinlock)(&sf->lock);
	sf->hold = hold;
	return 0;
}

/* Unless somebody has wished it to go on meanwhile */
static void end_now(struct stock_function *sf)
{
	const char *hold = NULL;

	device_lock_assert(&sf->pdev->dev);
	scoped_guard(spinlock, &sf->lock) {
		if (sf->hold_ends)
			swap(hold, sf->hold);
		sf->hold_ends = false;
	}
	if (hold)
		stock_birth_override_clear(sf->pdev, hold);
}

/* Is there a hold to end? If not, who asks goes, and another may come in his place */
static bool ends(struct stock_function *sf)
{
	guard(spinlock)(&sf->lock);
	sf->hold_ender = sf->hold_ends;
	return sf->hold_ends;
}

/* A user may have that lock for days: to wait for it would look like a hang */
static int end_later(void *data)
{
	struct stock_function *sf = data;

	while (ends(sf)) {
		if (device_trylock(&sf->pdev->dev)) {
			end_now(sf);
			device_unlock(&sf->pdev->dev);
		} else {
			schedule_timeout_idle(HOLD_END_LATER);
		}
	}
	stock_put(sf);
	module_put_and_kthread_exit(0);
	return 0;
}

static void start_ender(struct stock_function *sf)
{
	struct task_struct *task;

	scoped_guard(spinlock, &sf->lock) {
		if (sf->hold_ender)
			return;
		sf->hold_ender = true;
	}
	/* If it has been removed there is nothing to give back */
	if (!stock_get(sf->pdev))
		return;
	__module_get(THIS_MODULE);
	task = kthread_run(end_later, sf, "personality/%s", pci_name(sf->pdev));
	if (!IS_ERR(task))
		return;
	pci_warn(sf->pdev,
		 "stays reserved, since there is no memory to wait for who has its lock; reserve it once more, and give that back\n");
	scoped_guard(spinlock, &sf->lock)
		sf->hold_ender = false;
	module_put(THIS_MODULE);
	stock_put(sf);
}

void stock_hold_end(struct stock_function *sf)
{
	int locked;

	scoped_guard(spinlock, &sf->lock) {
		if (!sf->hold)
			return;
		sf->hold_ends = true;
	}
	if (read_poll_timeout(device_trylock, locked, locked, HOLD_END_POLL_US,
			      HOLD_END_TIMEOUT_US, false, &sf->pdev->dev)) {
		start_ender(sf);
		return;
	}
	end_now(sf);
	device_unlock(&sf->pdev->dev);
}
