// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: what is done where no personality is offered.
 *
 * May touch: nothing, but for unbinding a driver whose function is in VFIO.
 */
#include "transition.h"

static int fail_alone(struct transition *t)
{
	return fail(t, -EOPNOTSUPP,
		    "it would take another driver than %s, which the switch does not bind; write that driver's name to driver_override, unbind and bind",
		    t->from ? t->from->name : "none");
}

/**
 * transition_enable_by_rebind() - the bound driver, if any, offers no VFIO personality
 * @t: the transition
 * @wanted: what the user wants: "auto", "bound" or a driver's name
 * @origin: where 0 would lead
 *
 * Context: any.
 * Return: -EOPNOTSUPP, reported.
 */
int transition_enable_by_rebind(struct transition *t, const char *wanted,
				const struct pcore_origin *origin)
{
	return fail_alone(t);
}

/**
 * transition_disable_by_rebind() - a VFIO driver is bound, or the function is broken
 * @t: the transition
 *
 * Context: any.
 * Return: -EOPNOTSUPP, reported.
 */
int transition_disable_by_rebind(struct transition *t)
{
	return fail_alone(t);
}

/**
 * transition_release_by_rebind() - out of VFIO, to no driver
 * @t: the transition of a function that is in VFIO, in whatever way
 *
 * Context: the group's turn; device_lock not held.
 * Return: 0 or a negative errno, reported.
 */
int transition_release_by_rebind(struct transition *t)
{
	int ret;

	stage(t, PERSONALITY_UNBIND);
	ret = pcore_driver_lock(t->pdev, t->from);
	if (ret)
		return transition_fail_bound_driver(t, ret);
	ret = transition_check_vfs(t);
	if (!ret && pci_personality_exclude_users(t->pdev))
		ret = transition_fail_held(t);
	if (!ret)
		device_release_driver_locked(&t->pdev->dev);
	device_unlock(&t->pdev->dev);
	return ret;
}
