// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: one of them, from its making to its end. The states and the lock
 * order are in provider.h.
 *
 * May touch: the auxiliary devices that are under vfio_devices, and the state.
 */
#include <linux/cleanup.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "provider.h"

/**
 * struct provider_aux - the device under a vfio_device
 * @adev: the device
 * @d: for whom it was made; a reference is held
 */
struct provider_aux {
	struct auxiliary_device adev;
	struct vfio_provider_dev *d;
};

static DEFINE_IDA(aux_ids);

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

/* In the probe of @dev, whose remove owes destroy_vfio_device(); who adds it has the lock */
static int create_vfio_device(struct vfio_provider_dev *d, struct device *dev)
{
	struct vfio_device *vdev;
	int ret;

	d->dev = dev;
	d->closing = false;
	/* vfio_provider_open() wants it as soon as it is registered */
	dev_set_drvdata(dev, d);
	vdev = d->type->create(d);
	if (IS_ERR(vdev)) {
		ret = PTR_ERR(vdev);
		goto out_clear;
	}
	/* Registering would do that by itself, and not look whether there was memory for it */
	ret = vfio_assign_device_set(vdev, vdev);
	if (!ret)
		ret = vfio_register_emulated_iommu_dev(vdev);
	if (ret)
		goto out_destroy;
	d->vdev = vdev;
	return 0;

out_destroy:
	if (d->type->destroy)
		d->type->destroy(d, vdev);
	vfio_put_device(vdev);
out_clear:
	dev_set_drvdata(dev, NULL);
	d->dev = NULL;
	return ret;
}

/* In the remove of the device that is under it; waits for users */
static void destroy_vfio_device(struct vfio_provider_dev *d)
{
	struct vfio_device *vdev = d->vdev;

	vfio_unregister_group_dev(vdev);
	if (d->type->destroy)
		d->type->destroy(d, vdev);
	vfio_put_device(vdev);
}

static int aux_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct vfio_provider_dev *d = container_of(adev, struct provider_aux, adev)->d;
	int ret;

	d->why[0] = '\0';
	ret = create_vfio_device(d, &adev->dev);
	d->error = ret;
	/* Who wrote is told; the driver core shall neither complain nor try again */
	return ret ? -ENODEV : 0;
}

static void aux_remove(struct auxiliary_device *adev)
{
	destroy_vfio_device(container_of(adev, struct provider_aux, adev)->d);
}

static const struct auxiliary_device_id aux_ids_table[] = {
	{ .name = KBUILD_MODNAME ".instance" },
	{ }
};

static struct auxiliary_driver aux_driver = {
	.name = "instance",
	.probe = aux_probe,
	.remove = aux_remove,
	.id_table = aux_ids_table,
	.driver = {
		/* What binds and unbinds is the life of the device */
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static void aux_release(struct device *dev)
{
	struct provider_aux *aux = container_of(dev, struct provider_aux, adev.dev);

	ida_free(&aux_ids, aux->adev.id);
	vfio_provider_dev_put(aux->d);
	kfree(aux);
}

/* Ends with the device bound, and d->dev and d->vdev set; or with nothing left of it */
static int add_device(struct vfio_provider_dev *d)
{
	struct provider_aux *aux;
	int id, ret;

	aux = kzalloc(sizeof(*aux), GFP_KERNEL);
	if (!aux)
		return -ENOMEM;
	id = ida_alloc(&aux_ids, GFP_KERNEL);
	if (id < 0) {
		kfree(aux);
		return id;
	}
	kref_get(&d->ref);
	aux->d = d;
	aux->adev.id = id;
	aux->adev.name = "instance";
	aux->adev.dev.parent = d->provider->dev;
	aux->adev.dev.release = aux_release;
	ret = auxiliary_device_init(&aux->adev);
	if (ret) {
		ida_free(&aux_ids, id);
		kfree(aux);
		kref_put(&d->ref, dev_free);
		return ret;
	}

	/* Of the probe adding does not tell; it may not come to one */
	d->error = -EAGAIN;
	vfio_provider_explain(d,
			      "its device was not probed; write 1 to /sys/bus/auxiliary/drivers_autoprobe");
	ret = auxiliary_device_add(&aux->adev);
	if (ret) {
		d->why[0] = '\0';
		goto out_uninit;
	}
	ret = d->error;
	if (ret)
		goto out_delete;
	return 0;

out_delete:
	auxiliary_device_delete(&aux->adev);
out_uninit:
	auxiliary_device_uninit(&aux->adev);
	return ret;
}

static void delete_device(struct device *dev)
{
	struct auxiliary_device *adev = to_auxiliary_dev(dev);

	auxiliary_device_delete(adev);
	auxiliary_device_uninit(adev);
}

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
		ret = d->own ? create_vfio_device(d, d->own) : add_device(d);
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
	delete_device(dev);
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
		destroy_vfio_device(d);
	else
		delete_device(d->dev);
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

/**
 * vfio_provider_device_init() - be ready to make devices
 *
 * Context: may sleep. The caller owes vfio_provider_device_exit().
 * Return: 0 or a negative errno.
 */
int vfio_provider_device_init(void)
{
	return auxiliary_driver_register(&aux_driver);
}

/**
 * vfio_provider_device_exit() - end of vfio_provider_device_init()
 *
 * Context: may sleep; nothing is live.
 */
void vfio_provider_device_exit(void)
{
	auxiliary_driver_unregister(&aux_driver);
	ida_destroy(&aux_ids);
}
