// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: what a write tells.
 *
 * May touch: last_error, uevents, trace events. The text of last_error is for people, the
 * uevent of the parent and the trace event are for programs.
 */
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/ktime.h>

#include "provider.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* From 512 on errors are the kernel's own (include/linux/errno.h) */
static int user_error(int error)
{
	if (error == -EPROBE_DEFER)
		return -EAGAIN;
	return error > 0 || error <= -ERESTARTSYS ? -EIO : error;
}

__printf(4, 0)
static void set_last_error(struct vfio_provider_dev *d, const char *stage, int error,
			   const char *fmt, va_list args)
{
	char name[16];
	int len;

	snprintf(name, sizeof(name), "%pe", ERR_PTR(error));
	len = scnprintf(d->last_error, sizeof(d->last_error), "%s: %s (%d): ", stage,
			name[0] == '-' ? name + 1 : name, error);
	vsnprintf(d->last_error + len, sizeof(d->last_error) - len, fmt, args);
}

/**
 * vfio_provider_report_start() - begin to follow a write to live, in stage check
 * @r: the report
 * @d: what is written to
 * @live: what is written
 *
 * Context: any; @d's lock held.
 */
void vfio_provider_report_start(struct vfio_provider_report *r,
				struct vfio_provider_dev *d, bool live)
{
	*r = (struct vfio_provider_report) {
		.d = d,
		.live = live,
		.start = ktime_get_ns(),
		.stage = "check",
	};
}

/**
 * vfio_provider_report_fail() - note an error
 * @r: the report
 * @error: negative errno, or what a driver returned in its place
 * @fmt: what happened and what to do, one line without its end
 *
 * Context: any; the lock held.
 * Return: @error, as user space may see it.
 */
int vfio_provider_report_fail(struct vfio_provider_report *r, int error,
			      const char *fmt, ...)
{
	va_list args;

	r->error = user_error(error);
	va_start(args, fmt);
	set_last_error(r->d, r->stage, r->error, fmt, args);
	va_end(args);
	return r->error;
}

/**
 * vfio_provider_refuse() - say why a write was not even tried
 * @d: what was written to
 * @error: negative errno
 * @fmt: what to do
 *
 * Context: any; @d's lock held.
 * Return: @error.
 */
int vfio_provider_refuse(struct vfio_provider_dev *d, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_last_error(d, "check", error, fmt, args);
	va_end(args);
	return error;
}

static void send_uevent(struct vfio_provider_report *r)
{
	char type[80], name[96], state[48], device[64], group[48], error[64];
	char *envp[7] = { type, name, state };
	struct vfio_provider_dev *d = r->d;
	struct iommu_group *iommu_group;
	int n = 3;

	if (!device_is_registered(d->provider->dev))
		return;
	snprintf(type, sizeof(type), "VFIO_PROVIDER_TYPE=%s", d->type->name);
	snprintf(name, sizeof(name), "VFIO_PROVIDER_NAME=%s", d->name);
	snprintf(state, sizeof(state), "VFIO_PROVIDER_STATE=%s",
		 vfio_provider_state_name(d->state));
	if (d->state == VFIO_PROVIDER_LIVE) {
		if (d->vdev)
			snprintf(device, sizeof(device), "VFIO_PROVIDER_VFIO_DEVICE=%s",
				 dev_name(&d->vdev->device));
		else
			snprintf(device, sizeof(device), "VFIO_PROVIDER_DEVICE=%s",
				 dev_name(d->dev));
		envp[n++] = device;
		iommu_group = iommu_group_get(d->dev);
		if (iommu_group) {
			snprintf(group, sizeof(group), "VFIO_PROVIDER_GROUP=%d",
				 iommu_group_id(iommu_group));
			envp[n++] = group;
			iommu_group_put(iommu_group);
		}
	}
	if (r->error) {
		snprintf(error, sizeof(error), "VFIO_PROVIDER_ERROR=%d", r->error);
		envp[n++] = error;
	}
	kobject_uevent_env(&d->provider->dev->kobj, KOBJ_CHANGE, envp);
}

/**
 * vfio_provider_report_end() - tell how a write to live ended
 * @r: the report
 *
 * Context: may sleep; the lock held.
 */
void vfio_provider_report_end(struct vfio_provider_report *r)
{
	struct vfio_provider_dev *d = r->d;

	lockdep_assert_held(&d->lock);
	if (!r->error)
		d->last_error[0] = '\0';
	else
		dev_info(d->provider->dev, "%s %s stays %s: %s\n", d->type->name,
			 d->name, vfio_provider_state_name(d->state), d->last_error);
	send_uevent(r);
	trace_vfio_provider_live(r, ktime_get_ns() - r->start);
}
