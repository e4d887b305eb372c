// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: transitions by the bound driver's own operations.
 *
 * May touch: the method that is in force. What the driver says of the outcome is
 * compared with what VFIO shows.
 */
#include <linux/cleanup.h>

#include "transition.h"

/* As stock_driver_lock(); sriov_numvfs takes device_lock as well */
static int lock_without_vfs(struct transition *t)
{
	int ret = stock_driver_lock(t->pdev, t->from);

	if (ret)
		return transition_fail_bound_driver(t, ret);
	ret = transition_check_vfs(t);
	if (ret)
		device_unlock(&t->pdev->dev);
	return ret;
}

/**
 * transition_enable_by_method() - into VFIO, the driver staying bound
 * @t: the transition
 *
 * Context: the group's lock held; device_lock not.
 * Return: 0; 1 if the driver has no operations for this function, with nothing done; a
 * negative errno, reported.
 */
int transition_enable_by_method(struct transition *t)
{
	struct personality *p = t->p;
	bool present;
	int ret;

	if (!t->from || !personality_method_get(t->pdev, t->from, &t->method))
		return 1;
	ret = transition_load_backend(t);
	if (ret)
		return ret;

	stage(t, PERSONALITY_METHOD);
	ret = lock_without_vfs(t);
	if (ret)
		return ret;
	ret = t->method.vfio->enable_vfio(t->pdev);
	present = stock_vfio_look(t->pdev).present;
	/* Whatever it says: by this method the function gets out again */
	if (present) {
		guard(spinlock)(&p->lock);
		swap(p->method, t->method);
	}
	device_unlock(&t->pdev->dev);

	if (ret)
		return fail(t, ret,
			    "driver %s could not enter its VFIO personality; dmesg may say why",
			    t->from->name);
	if (!present)
		return fail(t, -EIO,
			    "driver %s says that it has entered its VFIO personality, but registered no VFIO device",
			    t->from->name);
	return 0;
}

/**
 * transition_disable_by_method() - out of VFIO, the driver staying bound
 * @t: the transition of a function that is in VFIO by a method
 *
 * Context: the group's lock held; device_lock not.
 * Return: 0 or a negative errno, reported.
 */
int transition_disable_by_method(struct transition *t)
{
	struct personality *p = t->p;
	bool present;
	int ret;

	stage(t, PERSONALITY_METHOD);
	ret = lock_without_vfs(t);
	if (ret)
		return ret;
	/* Unbound and bound again meanwhile, it is not in VFIO any more */
	ret = p->method.vfio ? p->method.vfio->disable_vfio(t->pdev) : 0;
	present = stock_vfio_look(t->pdev).present;
	if (!present) {
		guard(spinlock)(&p->lock);
		swap(p->method, t->method);
	}
	device_unlock(&t->pdev->dev);

	if (ret == -EBUSY)
		return fail(t, ret,
			    "a VFIO user owns the function or its IOMMU group; stop that program or virtual machine first; if there is none, dmesg may say what the driver lacks");
	if (ret)
		return fail(t, ret,
			    "driver %s could not leave its VFIO personality; dmesg may say why",
			    t->from->name);
	if (present)
		return fail(t, -EIO,
			    "driver %s says that it has left its VFIO personality, but its VFIO device is still there",
			    t->from->name);
	return 0;
}
