// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: what a transition tells.
 *
 * May touch: last_error, uevents, trace events. The text of last_error is for
 * people, the uevent and the trace event are for programs.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/ktime.h>

#include "personality.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static const char * const stage_names[] = {
	[PERSONALITY_CHECK] = "check",
	[PERSONALITY_LOAD] = "load",
	[PERSONALITY_METHOD] = "method",
	[PERSONALITY_UNBIND] = "unbind",
	[PERSONALITY_BIND] = "bind",
	[PERSONALITY_ROLLBACK] = "roll-back",
};

/* "EBUSY" for -EBUSY; a bare number where the kernel has no names */
static const char *error_name(int error, char *buf, size_t size)
{
	snprintf(buf, size, "%pe", ERR_PTR(error));
	return buf[0] == '-' ? buf + 1 : buf;
}

/**
 * personality_report_start() - begin to follow a transition, in stage check
 * @r: the report
 * @p: the function
 * @to_vfio: the direction
 *
 * Context: any.
 */
void personality_report_start(struct personality_report *r,
			      struct personality *p, bool to_vfio)
{
	r->p = p;
	r->to_vfio = to_vfio;
	r->from = personality_state(p);
	r->stage = PERSONALITY_CHECK;
	r->stage_start = ktime_get_ns();
}

/**
 * personality_report_stage() - enter the next stage
 * @r: the report
 * @stage: the stage
 *
 * Context: any.
 */
void personality_report_stage(struct personality_report *r,
			      enum personality_stage stage)
{
	u64 now = ktime_get_ns();

	r->stage_ns[r->stage] += now - r->stage_start;
	r->stage_start = now;
	r->stage = stage;
}

/**
 * personality_user_error() - an error as user space may see it
 * @error: what a callback returned: 0, negative errno, or what it should not
 *
 * The kernel has errors for itself, from 512 on (include/linux/errno.h): to restart a
 * system call, to try a probe later. No write may fail with one.
 *
 * Context: any.
 * Return: 0 or a negative errno that has a name for user space.
 */
int personality_user_error(int error)
{
	switch (error) {
	case -EPROBE_DEFER:
		return -EAGAIN;
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		return -EINTR;
	default:
		return error > 0 || error <= -ERESTARTSYS ? -EIO : error;
	}
}

/**
 * personality_report_fail() - note an error; the first one counts
 * @r: the report
 * @error: what a callback returned, or a negative errno
 * @fmt: what happened and what to do, one line without its end
 *
 * Context: any.
 * Return: @error, as user space may see it.
 */
int personality_report_fail(struct personality_report *r, int error,
			    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	error = personality_report_vfail(r, error, fmt, args);
	va_end(args);
	return error;
}

/**
 * personality_report_vfail() - the same
 * @r: the report
 * @error: what a callback returned, or a negative errno
 * @fmt: what happened and what to do, one line without its end
 * @args: for @fmt
 *
 * Context: any.
 * Return: @error, as user space may see it.
 */
int personality_report_vfail(struct personality_report *r, int error,
			     const char *fmt, va_list args)
{
	error = personality_user_error(error);
	if (r->error)
		return error;

	r->error = error;
	r->failed = r->stage;
	vsnprintf(r->why, sizeof(r->why), fmt, args);
	return error;
}

static void report_last_error(struct personality_report *r)
{
	char name[16];

	guard(spinlock)(&r->p->lock);
	if (r->error)
		scnprintf(r->p->last_error, sizeof(r->p->last_error),
			  "%s: %s (%d): %s", stage_names[r->failed],
			  error_name(r->error, name, sizeof(name)), r->error,
			  r->why);
	else
		r->p->last_error[0] = '\0';
}

/**
 * personality_report_refuse() - say why a write was not even a transition
 * @p: the function
 * @error: negative errno
 * @why: what to do
 *
 * Context: any.
 * Return: @error.
 */
int personality_report_refuse(struct personality *p, int error, const char *why)
{
	struct personality_report r = {
		.p = p,
		.failed = PERSONALITY_CHECK,
		.error = error,
	};

	strscpy(r.why, why);
	report_last_error(&r);
	return error;
}

static void report_uevent(struct personality_report *r,
			  enum personality_state state)
{
	char personality[48], group[48], vfio[64], error[48], name[16];
	char *envp[5] = { personality };
	struct device *dev = &r->p->pdev->dev;
	struct iommu_group *iommu_group;
	struct stock_vfio shown;
	int n = 1;

	if (!device_is_registered(dev))
		return;

	snprintf(personality, sizeof(personality), "PCI_PERSONALITY=%s",
		 personality_state_name(state));
	iommu_group = iommu_group_get(dev);
	if (iommu_group) {
		snprintf(group, sizeof(group), "PCI_PERSONALITY_GROUP=%d",
			 iommu_group_id(iommu_group));
		envp[n++] = group;
		iommu_group_put(iommu_group);
	}
	shown = stock_vfio_look(r->p->pdev);
	if (shown.present) {
		snprintf(vfio, sizeof(vfio), "PCI_PERSONALITY_VFIO_DEVICE=%s",
			 shown.name);
		envp[n++] = vfio;
	}
	if (r->error) {
		snprintf(error, sizeof(error), "PCI_PERSONALITY_ERROR=%s",
			 error_name(r->error, name, sizeof(name)));
		envp[n++] = error;
	}
	kobject_uevent_env(&dev->kobj, KOBJ_CHANGE, envp);
}

/**
 * personality_report_end() - tell how a transition ended
 * @r: the report
 *
 * Context: may sleep.
 */
void personality_report_end(struct personality_report *r)
{
	enum personality_state state = personality_state(r->p);

	personality_report_stage(r, r->stage);
	report_last_error(r);
	report_uevent(r, state);
	trace_pci_personality_transition(r, state);
	if (r->error)
		pci_info(r->p->pdev, "stays %s: %s\n",
			 personality_state_name(state), r->p->last_error);
}
