// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: transitions by unbinding a driver and binding another.
 *
 * May touch: where 0 goes back to. The binding itself is stock_rebind_to_vfio() and
 * stock_rebind_to_native(); what these tell and ask is answered here.
 */
#include <linux/cleanup.h>

#include "transition.h"

/* A transition, as stock_rebind_to_vfio() and the like know it */
struct rebinding {
	struct transition *t;
	struct stock_rebind rebind;
};

static struct transition *transition_of(struct stock_rebind *r)
{
	return container_of(r, struct rebinding, rebind)->t;
}

static void rebind_stage(struct stock_rebind *r, enum stock_stage s)
{
	static const enum personality_stage stages[] = {
		[STOCK_CHECK] = PERSONALITY_CHECK,
		[STOCK_UNBIND] = PERSONALITY_UNBIND,
		[STOCK_BIND] = PERSONALITY_BIND,
		[STOCK_ROLLBACK] = PERSONALITY_ROLLBACK,
	};

	stage(transition_of(r), stages[s]);
}

static __printf(3, 0) int rebind_fail(struct stock_rebind *r, int error,
				      const char *fmt, va_list args)
{
	return personality_report_vfail(&transition_of(r)->report, error, fmt, args);
}

static int rebind_fail_held(struct stock_rebind *r)
{
	return transition_fail_held(transition_of(r));
}

static int rebind_fail_bound_driver(struct stock_rebind *r, int error)
{
	return transition_fail_bound_driver(transition_of(r), error);
}

static int rebind_prepare(struct stock_rebind *r)
{
	return transition_load_backend(transition_of(r));
}

static int rebind_look(struct stock_rebind *r)
{
	return transition_check_vfs(transition_of(r));
}

static void rebind_left(struct stock_rebind *r)
{
	struct personality *p = transition_of(r)->p;

	guard(spinlock)(&p->lock);
	p->origin = *r->origin;
}

static void rebind_ended(struct stock_rebind *r, bool unbound, bool broken)
{
	struct personality *p = transition_of(r)->p;

	guard(spinlock)(&p->lock);
	if (unbound)
		p->broken |= broken;
	else
		p->origin.known = false;
}

static const struct stock_rebind_ops rebind_ops = {
	.stage			= rebind_stage,
	.fail			= rebind_fail,
	.fail_held		= rebind_fail_held,
	.fail_bound_driver	= rebind_fail_bound_driver,
	.prepare		= rebind_prepare,
	.look			= rebind_look,
	.left			= rebind_left,
	.ended			= rebind_ended,
};

static struct rebinding rebinding_of(struct transition *t, const struct stock_origin *origin)
{
	return (struct rebinding) {
		.t = t,
		.rebind = {
			.sf = &t->p->stock,
			.group = t->group,
			.from = t->from,
			.broken = t->report.from == PERSONALITY_BROKEN,
			.origin = origin,
			.ops = &rebind_ops,
		},
	};
}

/**
 * transition_enable_by_rebind() - into VFIO by another driver
 * @t: the transition
 * @wanted: what the user wants: "auto", "bound" or a driver's name
 * @origin: where 0 shall lead
 *
 * Context: the group's turn; device_lock not held.
 * Return: 0 or a negative errno, reported.
 */
int transition_enable_by_rebind(struct transition *t, const char *wanted,
				const struct stock_origin *origin)
{
	struct rebinding r = rebinding_of(t, origin);

	r.rebind.wanted = wanted;
	return stock_rebind_to_vfio(&r.rebind);
}

/**
 * transition_release_by_rebind() - out of VFIO, to no driver
 * @t: the transition of a function that is in VFIO, in whatever way
 *
 * A driver in its own VFIO personality is unbound without a native function in between.
 *
 * Context: the group's turn; device_lock not held.
 * Return: 0 or a negative errno, reported.
 */
int transition_release_by_rebind(struct transition *t)
{
	struct stock_origin none = { .known = true };
	struct personality *p = t->p;
	struct rebinding r;
	int ret;

	scoped_guard(spinlock, &p->lock)
		none.runtime_auto = p->origin.known ? p->origin.runtime_auto :
				    t->pdev->dev.power.runtime_auto;
	r = rebinding_of(t, &none);
	ret = stock_rebind_to_native(&r.rebind);
	if (ret)
		return ret;
	guard(spinlock)(&p->lock);
	p->origin.known = false;
	return 0;
}

/**
 * transition_disable_by_rebind() - out of VFIO, or out of broken, by another driver
 * @t: the transition
 *
 * Context: the group's turn; device_lock not held.
 * Return: 0 or a negative errno, reported.
 */
int transition_disable_by_rebind(struct transition *t)
{
	struct personality *p = t->p;
	struct stock_origin origin;
	struct rebinding r;
	int ret;

	scoped_guard(spinlock, &p->lock)
		origin = p->origin;
	r = rebinding_of(t, &origin);
	ret = stock_rebind_to_native(&r.rebind);
	/* The driver that was to be gone back to is gone: so is the way */
	if (ret && ret != -ENOENT)
		return ret;
	guard(spinlock)(&p->lock);
	p->origin.known = false;
	return ret;
}
