// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Providers of vfio_devices
 *
 * A driver registers a device of its as a provider, and says by const tables of which
 * types it can make vfio_devices. Front ends are told, and show that to user space.
 *
 * What is made by a front end is a struct vfio_provider_dev, see device.c. It holds the
 * provider's memory and its module; the provider ends earlier, with its driver.
 *
 * May touch: the lists of providers and of front ends.
 */
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "provider.h"

static DECLARE_RWSEM(fronts_sem);	/* fronts */
static LIST_HEAD(fronts);
static DEFINE_MUTEX(providers_lock);	/* providers */
static LIST_HEAD(providers);

static void provider_free(struct kref *ref)
{
	struct vfio_provider *p = container_of(ref, struct vfio_provider, ref);

	put_device(p->dev);
	kfree(p);
}

/**
 * vfio_provider_get() - take a reference to a provider's memory
 * @provider: the provider
 *
 * Context: any; a reference is held.
 */
void vfio_provider_get(struct vfio_provider *provider)
{
	kref_get(&provider->ref);
}

/**
 * vfio_provider_put() - give a reference back
 * @provider: the provider, perhaps freed after this
 *
 * Context: may sleep.
 */
void vfio_provider_put(struct vfio_provider *provider)
{
	kref_put(&provider->ref, provider_free);
}

/**
 * vfio_provider_parent() - the device that a provider was registered for
 * @provider: the provider
 *
 * Context: any.
 * Return: the device.
 */
struct device *vfio_provider_parent(const struct vfio_provider *provider)
{
	return provider->dev;
}
EXPORT_SYMBOL_GPL(vfio_provider_parent);

/**
 * vfio_provider_priv() - what the driver gave with its registration
 * @provider: the provider
 *
 * Context: any.
 * Return: the pointer.
 */
void *vfio_provider_priv(const struct vfio_provider *provider)
{
	return provider->priv;
}
EXPORT_SYMBOL_GPL(vfio_provider_priv);

/**
 * vfio_provider_available() - how many more could be live
 * @provider: the provider
 * @type: one of its types
 *
 * Context: may sleep.
 * Return: the number; 0 for a provider that is about to end.
 */
unsigned int vfio_provider_available(struct vfio_provider *provider,
				     const struct vfio_provider_type *type)
{
	guard(rwsem_read)(&provider->sem);
	return provider->dying ? 0 : type->available(provider);
}
EXPORT_SYMBOL_GPL(vfio_provider_available);

static bool is_name(const char *name)
{
	if (!name || !isalnum(*name))
		return false;
	for (; *name; name++)
		if (!isalnum(*name) && *name != '-')
			return false;
	return true;
}

static bool are_sound(const struct vfio_provider_ops *ops)
{
	const struct vfio_provider_type *const *type;

	if (!ops || !ops->types || !*ops->types)
		return false;
	for (type = ops->types; *type; type++)
		if (!is_name((*type)->name) || !(*type)->description ||
		    !(*type)->available || !(*type)->create == !(*type)->begin ||
		    !(*type)->begin != !(*type)->end ||
		    !(*type)->begin != !(*type)->present ||
		    vfio_provider_attrs_check(*type))
			return false;
	return true;
}

static int list_provider(struct vfio_provider *provider)
{
	struct vfio_provider *other;

	guard(mutex)(&providers_lock);
	list_for_each_entry(other, &providers, node)
		if (!strcmp(dev_name(other->dev), dev_name(provider->dev)))
			return -EEXIST;
	list_add_tail(&provider->node, &providers);
	return 0;
}

static void unlist_provider(struct vfio_provider *provider)
{
	guard(mutex)(&providers_lock);
	list_del(&provider->node);
}

static int attach_all(struct vfio_provider *provider)
{
	struct vfio_provider_front *front;
	int ret;

	list_for_each_entry(front, &fronts, node) {
		ret = front->attach(provider);
		if (ret)
			goto out_detach;
	}
	return 0;

out_detach:
	list_for_each_entry_continue_reverse(front, &fronts, node)
		front->detach(provider);
	return ret;
}

/* From here on nothing is made or created of it, and nothing is about to be */
static void set_dying(struct vfio_provider *provider)
{
	guard(rwsem_write)(&provider->sem);
	provider->dying = true;
}

static struct vfio_provider_dev *take_dev(struct vfio_provider *provider)
{
	struct vfio_provider_dev *d;

	guard(spinlock)(&provider->devs_lock);
	list_for_each_entry(d, &provider->devs, node) {
		if (d->front->own_devices)
			continue;
		list_del_init(&d->node);
		kref_get(&d->ref);
		return d;
	}
	return NULL;
}

static struct vfio_provider_dev *get_nth(struct vfio_provider *provider, unsigned int n)
{
	struct vfio_provider_dev *d;

	guard(spinlock)(&provider->devs_lock);
	list_for_each_entry(d, &provider->devs, node) {
		if (n--)
			continue;
		kref_get(&d->ref);
		return d;
	}
	return NULL;
}

/**
 * vfio_provider_refresh() - vfio_devices may have gone by other hands
 * @provider: which has a type with begin
 *
 * Those that have are not live any more. One that is missed because others come and go
 * meanwhile is found by the next write to its live.
 *
 * Context: may sleep, as long as writes to live take; no device_lock held.
 */
void vfio_provider_refresh(struct vfio_provider *provider)
{
	struct vfio_provider_dev *d;
	unsigned int n = 0;

	while ((d = get_nth(provider, n++))) {
		vfio_provider_dev_refresh(d);
		vfio_provider_dev_put(d);
	}
}
EXPORT_SYMBOL_GPL(vfio_provider_refresh);

static void leave_all(struct vfio_provider *provider)
{
	struct vfio_provider_dev *d;

	set_dying(provider);
	while ((d = take_dev(provider))) {
		vfio_provider_dev_leave(d);
		vfio_provider_dev_put(d);
	}
}

/* Called by vfio_provider_register(), see there */
struct vfio_provider *__vfio_provider_register(struct device *parent,
					       const struct vfio_provider_ops *ops,
					       void *priv, struct module *owner)
{
	struct vfio_provider *p;
	int ret;

	if (!are_sound(ops))
		return ERR_PTR(-EINVAL);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	kref_init(&p->ref);
	p->dev = get_device(parent);
	p->ops = ops;
	p->priv = priv;
	p->owner = owner;
	init_rwsem(&p->sem);
	spin_lock_init(&p->devs_lock);
	INIT_LIST_HEAD(&p->devs);

	down_read(&fronts_sem);
	ret = list_provider(p);
	if (ret)
		goto out_put;
	ret = attach_all(p);
	if (ret)
		goto out_unlist;
	up_read(&fronts_sem);
	return p;

out_unlist:
	/* A front end may have shown it already */
	leave_all(p);
	unlist_provider(p);
out_put:
	up_read(&fronts_sem);
	vfio_provider_put(p);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(__vfio_provider_register);

/**
 * vfio_provider_unregister() - end a provider
 * @provider: the provider; gone after this
 *
 * What is live is destroyed. None of its operations is called any more.
 *
 * Context: may sleep; waits for the users of vfio_devices, which are asked to close, as
 * any VFIO driver does when it is unbound. The parent's lock may be held; not in a bus's
 * notifier, as vfio_provider_register().
 */
void vfio_provider_unregister(struct vfio_provider *provider)
{
	struct vfio_provider_front *front;

	leave_all(provider);
	down_read(&fronts_sem);
	list_for_each_entry_reverse(front, &fronts, node)
		front->detach(provider);
	unlist_provider(provider);
	up_read(&fronts_sem);
	vfio_provider_put(provider);
}
EXPORT_SYMBOL_GPL(vfio_provider_unregister);

/**
 * vfio_provider_front_register() - show all providers by a front end
 * @front: the front end; its @attach is called for those that are there
 *
 * Context: may sleep. The caller owes vfio_provider_front_unregister().
 * Return: 0, or the error of @attach, with nothing left attached.
 */
int vfio_provider_front_register(struct vfio_provider_front *front)
{
	struct vfio_provider *p;
	int ret;

	guard(rwsem_write)(&fronts_sem);
	/* No provider comes or goes meanwhile */
	list_for_each_entry(p, &providers, node) {
		ret = front->attach(p);
		if (ret) {
			list_for_each_entry_continue_reverse(p, &providers, node)
				front->detach(p);
			return ret;
		}
	}
	list_add_tail(&front->node, &fronts);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_provider_front_register);

/**
 * vfio_provider_front_unregister() - end of vfio_provider_front_register()
 * @front: the front end; nothing made by it may be there, but for @own_devices
 *
 * Context: may sleep.
 */
void vfio_provider_front_unregister(struct vfio_provider_front *front)
{
	struct vfio_provider *p;

	guard(rwsem_write)(&fronts_sem);
	list_del(&front->node);
	list_for_each_entry(p, &providers, node)
		front->detach(p);
}
EXPORT_SYMBOL_GPL(vfio_provider_front_unregister);
