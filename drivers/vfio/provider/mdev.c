// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: the front end for what knows mediated devices only, such as
 * mdevctl and libvirt, a module of its own. Here and nowhere else they have UUIDs.
 *
 * What is created is live at once, as the type has it by default: a mediated device has no
 * time between. Its removal waits for its user, as that of any does.
 *
 * May touch: mediated devices.
 */
#include <linux/cleanup.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "provider.h"

/**
 * struct mediated_type - a type of a provider as mdev wants it
 * @mtype: mdev's view
 * @type: ours
 */
struct mediated_type {
	struct mdev_type mtype;
	const struct vfio_provider_type *type;
};

/**
 * struct mediated - a provider as mdev wants it
 * @node: in the list of all
 * @provider: who it is
 * @parent: mdev's view
 * @ptrs: the types, as mdev wants them
 * @types: the types
 */
struct mediated {
	struct list_head node;
	struct vfio_provider *provider;
	struct mdev_parent parent;
	struct mdev_type **ptrs;
	struct mediated_type types[];
};

static DEFINE_MUTEX(list_lock);	/* list; nothing is taken inside */
static LIST_HEAD(list);

static int attach(struct vfio_provider *provider);
static void detach(struct vfio_provider *provider);

static struct vfio_provider_front front = {
	.name = "mdev",
	.own_devices = true,
	.attach = attach,
	.detach = detach,
};

static int mediated_probe(struct mdev_device *mdev)
{
	struct mediated *m = container_of(mdev->type->parent, struct mediated, parent);
	struct mediated_type *t = container_of(mdev->type, struct mediated_type, mtype);
	struct vfio_provider_dev *d;
	int ret;

	d = vfio_provider_dev_new(m->provider, t->type, dev_name(&mdev->dev), &front, NULL);
	if (IS_ERR(d))
		return PTR_ERR(d);
	d->own = &mdev->dev;
	ret = vfio_provider_dev_set_live(d, true);
	if (ret)
		vfio_provider_dev_drop(d);
	return ret;
}

static void mediated_remove(struct mdev_device *mdev)
{
	struct vfio_provider_dev *d = dev_get_drvdata(&mdev->dev);

	vfio_provider_dev_leave(d);
	vfio_provider_dev_drop(d);
}

static unsigned int mediated_available(struct mdev_type *mtype)
{
	struct mediated *m = container_of(mtype->parent, struct mediated, parent);

	return vfio_provider_available(m->provider,
				       container_of(mtype, struct mediated_type, mtype)->type);
}

static ssize_t mediated_description(struct mdev_type *mtype, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  container_of(mtype, struct mediated_type, mtype)->type->description);
}

static struct mdev_driver mediated_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = mediated_probe,
	.remove = mediated_remove,
	.get_available = mediated_available,
	.show_description = mediated_description,
	.driver = {
		.name = "vfio-provider-mdev",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

static int attach(struct vfio_provider *provider)
{
	const struct vfio_provider_type *const *types = provider->ops->types;
	struct mediated *m;
	unsigned int n = 0, i;
	int ret = -ENOMEM;

	/* Those on devices that are there by themselves need no mediation */
	for (i = 0; types[i]; i++)
		n += !!types[i]->create;
	if (!n)
		return 0;
	m = kzalloc(struct_size(m, types, n), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	m->ptrs = kcalloc(n, sizeof(*m->ptrs), GFP_KERNEL);
	if (!m->ptrs)
		goto out_free;
	for (i = 0; *types; types++) {
		if (!(*types)->create)
			continue;
		m->types[i].type = *types;
		m->types[i].mtype.sysfs_name = (*types)->name;
		m->types[i].mtype.pretty_name = (*types)->name;
		m->ptrs[i] = &m->types[i].mtype;
		i++;
	}
	m->provider = provider;
	ret = mdev_register_parent(&m->parent, provider->dev, &mediated_driver, m->ptrs, n);
	if (ret)
		goto out_free_ptrs;
	guard(mutex)(&list_lock);
	list_add_tail(&m->node, &list);
	return 0;

out_free_ptrs:
	kfree(m->ptrs);
out_free:
	kfree(m);
	return ret;
}

static struct mediated *take(struct vfio_provider *provider)
{
	struct mediated *m;

	guard(mutex)(&list_lock);
	list_for_each_entry(m, &list, node) {
		if (m->provider == provider) {
			list_del(&m->node);
			return m;
		}
	}
	return NULL;
}

static void detach(struct vfio_provider *provider)
{
	struct mediated *m = take(provider);

	if (!m)
		return;
	mdev_unregister_parent(&m->parent);
	kfree(m->ptrs);
	kfree(m);
}

static int __init mediated_init(void)
{
	int ret = mdev_register_driver(&mediated_driver);

	if (ret)
		return ret;
	ret = vfio_provider_front_register(&front);
	if (ret)
		mdev_unregister_driver(&mediated_driver);
	return ret;
}

static void __exit mediated_exit(void)
{
	vfio_provider_front_unregister(&front);
	mdev_unregister_driver(&mediated_driver);
}

module_init(mediated_init);
module_exit(mediated_exit);

MODULE_DESCRIPTION("vfio_devices on demand, as mediated devices");
MODULE_LICENSE("GPL");
