// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: one of them, from its making to its end. The states and the lock
 * order are in provider.h.
 *
 * May touch: the state. What is under a vfio_device is instance.c's.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "provider.h"

static const char * const state_names[] = {
	[VFIO_PROVIDER_CONFIGURED] = "configured",
	[VFIO_PROVIDER_LIVE] = "live",
	[VFIO_PROVIDER_LEAVING] = "leaving",
	[VFIO_PROVIDER_GONE] = "gone",
};

/**
 * vfio_provider_state_name() - a state as users see it
 * @state: the state
 *
 * Context: any.
 * Return: its name.
 */
const char *vfio_provider_state_name(enum vfio_provider_state state)
{
	return state_names[state];
}

static void dev_free(struct kref *ref)
{
	struct vfio_provider_dev *d = container_of(ref, struct vfio_provider_dev, ref);
	struct module *owner = d->owner;

	vfio_provider_put(d->provider);
	mutex_destroy(&d->lock);
	kfree(d);
	module_put(owner);
}

/**
 * vfio_provider_dev_put() - give a reference back
 * @d: perhaps freed after this
 *
 * Context: may sleep; @d's lock not held.
 */
void vfio_provider_dev_put(struct vfio_provider_dev *d)
{
	kref_put(&d->ref, dev_free);
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_put);

/* Fails for a provider that is about to end */
static int join(struct vfio_provider_dev *d, struct vfio_provider *provider)
{
	guard(rwsem_read)(&provider->sem);
	if (provider->dying)
		return -ENODEV;
	guard(spinlock)(&provider->devs_lock);
	list_add_tail(&d->node, &provider->devs);
	return 0;
}

/**
 * vfio_provider_dev_new() - make one that is not live
 * @provider: of whom
 * @type: of which of its types
 * @name: the user's, at most VFIO_PROVIDER_NAME_LEN - 1 bytes
 * @front: by which front end
 * @front_priv: that one's own
 *
 * The hardware is not touched. The driver's module is pinned.
 *
 * Context: may sleep. The caller owes vfio_provider_dev_drop().
 * Return: it; or an ERR_PTR(): -ENAMETOOLONG, -ENOMEM, -ENODEV if the provider or its
 * module is about to go.
 */
struct vfio_provider_dev *
vfio_provider_dev_new(struct vfio_provider *provider,
		      const struct vfio_provider_type *type, const char *name,
		      const struct vfio_provider_front *front, void *front_priv)
{
	struct vfio_provider_dev *d;
	int ret;

	if (strlen(name) >= VFIO_PROVIDER_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	d = kzalloc(struct_size(d, config, type->config_size), GFP_KERNEL);
	if (!d)
		return ERR_PTR(-ENOMEM);
	if (!try_module_get(provider->owner)) {
		kfree(d);
		return ERR_PTR(-ENODEV);
	}
	kref_init(&d->ref);
	strscpy(d->name, name);
	d->type = type;
	d->owner = provider->owner;
	d->front = front;
	d->front_priv = front_priv;
	INIT_LIST_HEAD(&d->node);
	mutex_init(&d->lock);
	if (type->defaults)
		memcpy(d->config, type->defaults, type->config_size);
	vfio_provider_get(provider);
	d->provider = provider;
	ret = type->prepare ? type->prepare(d, d->config) : 0;
	if (ret)
		goto out_put;
	ret = join(d, provider);
	if (ret)
		goto out_discard;
	return d;

out_discard:
	if (type->discard)
		type->discard(d);
out_put:
	vfio_provider_dev_put(d);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_new);

/**
 * vfio_provider_dev_drop() - end of vfio_provider_dev_new()
 * @d: not live; gone after this
 *
 * Context: may sleep.
 */
void vfio_provider_dev_drop(struct vfio_provider_dev *d)
{
	struct vfio_provider *provider;

	/* Who ends the provider may be at it, with a reference of his own */
	scoped_guard(mutex, &d->lock) {
		provider = d->provider;
		guard(spinlock)(&provider->devs_lock);
		list_del_init(&d->node);
	}
	if (d->type->discard)
		d->type->discard(d);
	vfio_provider_dev_put(d);
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_drop);

/**
 * vfio_provider_dev_provider() - of whom it is
 * @d: in its create or destroy
 *
 * Context: the driver's create or destroy.
 * Return: the provider.
 */
struct vfio_provider *vfio_provider_dev_provider(const struct vfio_provider_dev *d)
{
	return d->provider;
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_provider);

/**
 * vfio_provider_dev_device() - the device under the vfio_device
 * @d: in its create or destroy
 *
 * Context: the driver's create or destroy.
 * Return: the device, a child of the parent.
 */
struct device *vfio_provider_dev_device(const struct vfio_provider_dev *d)
{
	return d->dev;
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_device);

/**
 * vfio_provider_dev_name() - the name that the user gave
 * @d: in its create or destroy
 *
 * Context: the driver's create or destroy.
 * Return: the name.
 */
const char *vfio_provider_dev_name(const struct vfio_provider_dev *d)
{
	return d->name;
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_name);

/**
 * vfio_provider_dev_config() - what the user configured
 * @d: in its create
 *
 * Context: the driver's create; it does not change before the driver's destroy.
 * Return: the configuration, of the type's config_size.
 */
const void *vfio_provider_dev_config(const struct vfio_provider_dev *d)
{
	return d->config;
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_config);

/**
 * vfio_provider_explain() - say in words why create fails
 * @d: in its create
 * @fmt: what is in the way and what to do, one line without its end
 *
 * Context: the driver's create.
 */
void vfio_provider_explain(struct vfio_provider_dev *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(d->why, sizeof(d->why), fmt, args);
	va_end(args);
}
EXPORT_SYMBOL_GPL(vfio_provider_explain);

static int is_vfio_device(struct device *child, void *data)
{
	return child->class && !strcmp(child->class->name, "vfio-dev");
}

/* For a type that has no device of ours */
static int begin(struct vfio_provider_dev *d)
{
	struct device *dev = d->type->begin(d);

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	d->dev = dev;
	return 0;
}

static void note_ended(struct vfio_provider_dev *d)
{
	if (d->type->begin)
		put_device(d->dev);
	d->dev = NULL;
	d->vdev = NULL;
	d->state = VFIO_PROVIDER_CONFIGURED;
	if (d->front->unpin)
		d->front->unpin(d);
}

static void refresh(struct vfio_provider_dev *d)
{
	lockdep_assert_held(&d->lock);
	if (d->state == VFIO_PROVIDER_LIVE && d->type->begin && !d->type->present(d->dev))
		note_ended(d);
}

/**
 * vfio_provider_dev_refresh() - its vfio_device may have gone by other hands
 * @d: what was made
 *
 * Context: may sleep; no device_lock held.
 */
void vfio_provider_dev_refresh(struct vfio_provider_dev *d)
{
	guard(mutex)(&d->lock);
	refresh(d);
}

static int make_live(struct vfio_provider_report *r)
{
	struct vfio_provider_dev *d = r->d;
	int ret;

	guard(rwsem_read)(&d->provider->sem);
	if (d->provider->dying)
		return vfio_provider_report_fail(r, -ENODEV,
						 "the driver of %s is being unbound",
						 dev_name(d->provider->dev));
	if (device_for_each_child(d->provider->dev, NULL, is_vfio_device))
		return vfio_provider_report_fail(r, -EBUSY,
						 "%s itself is in VFIO; write 0 to its use_vfio first",
						 dev_name(d->provider->dev));
	r->stage = "create";
	d->why[0] = '\0';
	if (d->type->begin)
		ret = begin(d);
	else
		ret = d->own ? vfio_provider_instance_create(d, d->own) :
			       vfio_provider_instance_add(d);
	if (ret)
		return vfio_provider_report_fail(r, ret, "%s", d->why[0] ? d->why :
						 "the driver could not create it; dmesg may say why");
	d->state = VFIO_PROVIDER_LIVE;
	return 0;
}

static int to_live(struct vfio_provider_report *r)
{
	struct vfio_provider_dev *d = r->d;
	int ret;

	if (d->state == VFIO_PROVIDER_LIVE)
		return 0;
	if (d->state != VFIO_PROVIDER_CONFIGURED)
		return vfio_provider_report_fail(r, -ENODEV,
						 "its device has gone, or lost its driver");
	ret = d->front->pin ? d->front->pin(d) : 0;
	if (ret)
		return vfio_provider_report_fail(r, ret, "it is being removed");
	ret = make_live(r);
	if (ret && d->front->unpin)
		d->front->unpin(d);
	return ret;
}

static int end(struct vfio_provider_report *r)
{
	struct vfio_provider_dev *d = r->d;
	int ret;

	r->stage = "destroy";
	d->why[0] = '\0';
	ret = d->type->end(d);
	if (ret)
		return vfio_provider_report_fail(r, ret, "%s", d->why);
	note_ended(d);
	return 0;
}

/* Not for what has a device of its front end's */
static int to_configured(struct vfio_provider_report *r)
{
	struct vfio_provider_dev *d = r->d;
	struct device *dev = d->dev;

	if (d->state == VFIO_PROVIDER_LEAVING)
		return vfio_provider_report_fail(r, -ENODEV,
						 "its device is about to go, and waits for its user");
	if (d->state != VFIO_PROVIDER_LIVE)
		return 0;
	if (d->type->begin)
		return end(r);
	if (vfio_provider_shut_users_out(d))
		return vfio_provider_report_fail(r, -EBUSY,
						 "a VFIO user holds it; stop that program or virtual machine first");
	r->stage = "destroy";
	vfio_provider_instance_delete(dev);
	note_ended(d);
	return 0;
}

static bool holds_already(const struct vfio_provider_dev *d, bool live)
{
	return d->state == (live ? VFIO_PROVIDER_LIVE : VFIO_PROVIDER_CONFIGURED);
}

/**
 * vfio_provider_dev_set_live() - have it created, or destroyed
 * @d: what was made
 * @live: shall there be a vfio_device?
 *
 * Context: may sleep, as long as the driver's create or destroy takes. Never waits for a
 * user. No lock may be held that the end of the provider needs.
 * Return: 0 if it is so, by this call or before; otherwise it is as it was, and last_error
 * says more: -EBUSY: a user holds it, or its parent's native function is not there;
 * -ENODEV: its parent has gone; -EINTR: a signal came before anything was done; or what the
 * driver's create returned.
 */
int vfio_provider_dev_set_live(struct vfio_provider_dev *d, bool live)
{
	struct vfio_provider_report r;
	int ret = 0;

	if (mutex_lock_interruptible(&d->lock))
		return -EINTR;
	refresh(d);
	if (holds_already(d, live)) {
		d->last_error[0] = '\0';
	} else {
		vfio_provider_report_start(&r, d, live);
		ret = live ? to_live(&r) : to_configured(&r);
		vfio_provider_report_end(&r);
	}
	mutex_unlock(&d->lock);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_set_live);

/**
 * vfio_provider_dev_leave() - its provider ends, or the device of its front end's
 * @d: off the provider's list, or with such a device, in whose remove this is called; a
 *	reference is held
 *
 * Context: may sleep; waits for the user of its vfio_device, with none of our locks but
 * fronts_sem.
 */
void vfio_provider_dev_leave(struct vfio_provider_dev *d)
{
	bool live;

	scoped_guard(mutex, &d->lock) {
		live = d->state == VFIO_PROVIDER_LIVE;
		d->state = live ? VFIO_PROVIDER_LEAVING : VFIO_PROVIDER_GONE;
	}
	if (!live)
		return;
	/* Nobody else touches these in this state */
	if (d->type->begin)
		put_device(d->dev);
	else if (d->own)
		vfio_provider_instance_destroy(d);
	else
		vfio_provider_instance_delete(d->dev);
	scoped_guard(mutex, &d->lock) {
		d->dev = NULL;
		d->vdev = NULL;
		d->state = VFIO_PROVIDER_GONE;
	}
	if (d->front->unpin)
		d->front->unpin(d);
}
EXPORT_SYMBOL_GPL(vfio_provider_dev_leave);

/**
 * vfio_provider_dev_return() - its parent has a provider again
 * @d: which is gone; if it is not, nothing happens
 * @provider: a new one, of the same type
 *
 * Context: may sleep.
 */
void vfio_provider_dev_return(struct vfio_provider_dev *d, struct vfio_provider *provider)
{
	struct vfio_provider *was;

	guard(mutex)(&d->lock);
	if (d->state != VFIO_PROVIDER_GONE)
		return;
	was = d->provider;
	d->provider = provider;
	if (d->type->prepare && d->type->prepare(d, d->config))
		goto out_gone;
	if (join(d, provider)) {
		if (d->type->discard)
			d->type->discard(d);
		goto out_gone;
	}
	vfio_provider_get(provider);
	vfio_provider_put(was);
	d->state = VFIO_PROVIDER_CONFIGURED;
	return;

out_gone:
	d->provider = was;
}
