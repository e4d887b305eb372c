// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: the front end in configfs,
 * /sys/kernel/config/vfio/<parent>/<type>/<name>/. Documented for users in
 * docs/ABI/configfs-vfio.
 *
 * The directories of parents and types are the kernel's, those below the user's. The latter
 * outlast the device that they are made of, and so do the former as long as they are not
 * empty; they are found again by a provider with the same name and types.
 *
 * May touch: configfs. Parses, checks who writes, delegates.
 */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "provider.h"

enum { LIVE, STATE, DEVICE, LAST_ERROR, OWN_ATTRS };
#define ATTRS_MAX (OWN_ATTRS + VFIO_PROVIDER_ATTRS_MAX)

/**
 * struct dir_parent - the directory of a parent
 * @group: configfs's view
 * @node: in the list of all, under tree_lock
 * @types: those of its types, under tree_lock
 */
struct dir_parent {
	struct config_group group;
	struct list_head node;
	struct list_head types;
};

/**
 * struct dir_type - the directory of a type
 * @group: configfs's view
 * @node: in the list of its parent, under tree_lock
 * @type: what it is for. Not to be used without @provider or an item, which pin its module
 * @attrs: of the items
 * @attr_ptrs: the same as configfs wants them
 * @item_type: of the items
 * @provider: NULL if it has gone; under su_mutex
 * @items: those below, under su_mutex
 */
struct dir_type {
	struct config_group group;
	struct list_head node;
	const struct vfio_provider_type *type;
	struct configfs_attribute attrs[ATTRS_MAX];
	struct configfs_attribute *attr_ptrs[ATTRS_MAX + 1];
	struct config_item_type item_type;

	struct vfio_provider *provider;
	struct list_head items;
};

/**
 * struct item - what a user has made
 * @item: configfs's view
 * @node: in the list of its type
 * @d: what it stands for
 */
struct item {
	struct config_item item;
	struct list_head node;
	struct vfio_provider_dev *d;
};

static DEFINE_MUTEX(tree_lock);	/* parents, and all below but the items */
static LIST_HEAD(parents);
static struct configfs_subsystem subsystem;

static void sweep(struct work_struct *work);
static DECLARE_WORK(sweep_work, sweep);

static struct vfio_provider_dev *dev_of(struct config_item *item)
{
	return container_of(item, struct item, item)->d;
}

static struct dir_type *type_of(struct config_group *group)
{
	return container_of(group, struct dir_type, group);
}

static ssize_t live_show(struct config_item *item, char *page)
{
	struct vfio_provider_dev *d = dev_of(item);

	vfio_provider_dev_refresh(d);
	guard(mutex)(&d->lock);
	return sysfs_emit(page, "%d\n", d->state == VFIO_PROVIDER_LIVE ||
					d->state == VFIO_PROVIDER_LEAVING);
}

static ssize_t live_store(struct config_item *item, const char *page, size_t count)
{
	struct vfio_provider_dev *d = dev_of(item);
	bool live;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtobool(page, &live)) {
		guard(mutex)(&d->lock);
		return vfio_provider_refuse(d, -EINVAL,
					    "write 1 to have it created, or 0 to have it destroyed");
	}
	return vfio_provider_dev_set_live(d, live) ?: count;
}

static ssize_t state_show(struct config_item *item, char *page)
{
	struct vfio_provider_dev *d = dev_of(item);

	vfio_provider_dev_refresh(d);
	guard(mutex)(&d->lock);
	return sysfs_emit(page, "%s\n", vfio_provider_state_name(d->state));
}

static ssize_t device_show(struct config_item *item, char *page)
{
	char *path __free(kfree) = NULL;
	struct vfio_provider_dev *d = dev_of(item);

	vfio_provider_dev_refresh(d);
	guard(mutex)(&d->lock);
	if (d->state != VFIO_PROVIDER_LIVE)
		return sysfs_emit(page, "\n");
	path = kobject_get_path(&d->dev->kobj, GFP_KERNEL);
	return path ? sysfs_emit(page, "/sys%s\n", path) : -ENOMEM;
}

static ssize_t last_error_show(struct config_item *item, char *page)
{
	struct vfio_provider_dev *d = dev_of(item);

	guard(mutex)(&d->lock);
	return sysfs_emit(page, "%s\n", d->last_error);
}

static ssize_t show_nth(struct config_item *item, unsigned int n, char *page)
{
	struct vfio_provider_dev *d = dev_of(item);

	return vfio_provider_attr_show(d, &d->type->attrs[n], page);
}

static ssize_t store_nth(struct config_item *item, unsigned int n, const char *page,
			 size_t count)
{
	struct vfio_provider_dev *d = dev_of(item);

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return vfio_provider_attr_store(d, &d->type->attrs[n], page) ?: count;
}

/* configfs does not say which attribute it is: each has functions of its own */
#define NTH(n)								\
static ssize_t show_##n(struct config_item *item, char *page)		\
{									\
	return show_nth(item, n, page);					\
}									\
									\
static ssize_t store_##n(struct config_item *item, const char *page,	\
			 size_t count)					\
{									\
	return store_nth(item, n, page, count);				\
}

NTH(0) NTH(1) NTH(2) NTH(3) NTH(4) NTH(5) NTH(6) NTH(7)
NTH(8) NTH(9) NTH(10) NTH(11) NTH(12) NTH(13) NTH(14) NTH(15)

#define NTH_ATTR(n)							\
	[OWN_ATTRS + (n)] = {						\
		.ca_owner = THIS_MODULE,				\
		.ca_mode = 0644,					\
		.show = show_##n,					\
		.store = store_##n,					\
	}

static const struct configfs_attribute attrs_template[ATTRS_MAX] = {
	[LIVE] = {
		.ca_name = "live",
		.ca_owner = THIS_MODULE,
		.ca_mode = 0644,
		.show = live_show,
		.store = live_store,
	},
	[STATE] = {
		.ca_name = "state",
		.ca_owner = THIS_MODULE,
		.ca_mode = 0444,
		.show = state_show,
	},
	[DEVICE] = {
		.ca_name = "device",
		.ca_owner = THIS_MODULE,
		.ca_mode = 0444,
		.show = device_show,
	},
	[LAST_ERROR] = {
		.ca_name = "last_error",
		.ca_owner = THIS_MODULE,
		.ca_mode = 0444,
		.show = last_error_show,
	},
	NTH_ATTR(0), NTH_ATTR(1), NTH_ATTR(2), NTH_ATTR(3),
	NTH_ATTR(4), NTH_ATTR(5), NTH_ATTR(6), NTH_ATTR(7),
	NTH_ATTR(8), NTH_ATTR(9), NTH_ATTR(10), NTH_ATTR(11),
	NTH_ATTR(12), NTH_ATTR(13), NTH_ATTR(14), NTH_ATTR(15),
};

static struct item *item_of(struct vfio_provider_dev *d)
{
	return d->front_priv;
}

/* A directory that is live stays: rmdir gives EBUSY */
static int pin(struct vfio_provider_dev *d)
{
	return configfs_depend_item_unlocked(&subsystem, &item_of(d)->item);
}

static void unpin(struct vfio_provider_dev *d)
{
	configfs_undepend_item(&item_of(d)->item);
}

static int attach(struct vfio_provider *provider);
static void detach(struct vfio_provider *provider);

static struct vfio_provider_front front = {
	.name = "configfs",
	.attach = attach,
	.detach = detach,
	.pin = pin,
	.unpin = unpin,
};

static void item_release(struct config_item *config_item)
{
	struct item *item = container_of(config_item, struct item, item);

	vfio_provider_dev_put(item->d);
	kfree(item);
}

static struct configfs_item_operations item_ops = {
	.release = item_release,
};

static struct config_item *make_item(struct config_group *group, const char *name)
{
	struct dir_type *t = type_of(group);
	struct item *item;

	if (!capable(CAP_SYS_ADMIN))
		return ERR_PTR(-EPERM);
	if (!t->provider)
		return ERR_PTR(-ENODEV);
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item)
		return ERR_PTR(-ENOMEM);
	item->d = vfio_provider_dev_new(t->provider, t->type, name, &front, item);
	if (IS_ERR(item->d)) {
		struct config_item *error = ERR_CAST(item->d);

		kfree(item);
		return error;
	}
	/* One for the item's release, which may come later than the drop */
	kref_get(&item->d->ref);
	config_item_init_type_name(&item->item, name, &t->item_type);
	list_add_tail(&item->node, &t->items);
	return &item->item;
}

static void drop_item(struct config_group *group, struct config_item *config_item)
{
	struct item *item = container_of(config_item, struct item, item);
	struct dir_type *t = type_of(group);

	list_del(&item->node);
	if (!t->provider && list_empty(&t->items))
		schedule_work(&sweep_work);
	vfio_provider_dev_drop(item->d);
	config_item_put(config_item);
}

static struct configfs_group_operations type_group_ops = {
	.make_item = make_item,
	.drop_item = drop_item,
};

static ssize_t type_available_show(struct config_item *item, char *page)
{
	struct dir_type *t = type_of(to_config_group(item));
	struct vfio_provider *provider;
	unsigned int available = 0;

	scoped_guard(mutex, &subsystem.su_mutex) {
		provider = t->provider;
		if (provider)
			vfio_provider_get(provider);
	}
	if (provider) {
		available = vfio_provider_available(provider, t->type);
		vfio_provider_put(provider);
	}
	return sysfs_emit(page, "%u\n", available);
}
CONFIGFS_ATTR_RO(type_, available);

static ssize_t type_description_show(struct config_item *item, char *page)
{
	struct dir_type *t = type_of(to_config_group(item));

	/* The provider goes before its module, and not without this mutex */
	guard(mutex)(&subsystem.su_mutex);
	if (!t->provider)
		return -ENODEV;
	return sysfs_emit(page, "%s\n", t->type->description);
}
CONFIGFS_ATTR_RO(type_, description);

static struct configfs_attribute *type_attrs[] = {
	&type_attr_available,
	&type_attr_description,
	NULL
};

static void type_release(struct config_item *item)
{
	kfree(type_of(to_config_group(item)));
}

static struct configfs_item_operations type_item_ops = {
	.release = type_release,
};

static const struct config_item_type type_dir = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &type_item_ops,
	.ct_group_ops = &type_group_ops,
	.ct_attrs = type_attrs,
};

static void parent_release(struct config_item *item)
{
	kfree(container_of(to_config_group(item), struct dir_parent, group));
}

static struct configfs_item_operations parent_item_ops = {
	.release = parent_release,
};

static const struct config_item_type parent_dir = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &parent_item_ops,
};

static void set_attrs(struct dir_type *t)
{
	unsigned int n = OWN_ATTRS + vfio_provider_attrs_count(t->type);
	unsigned int i;

	memcpy(t->attrs, attrs_template, sizeof(t->attrs));
	for (i = 0; i < n; i++) {
		if (i >= OWN_ATTRS)
			t->attrs[i].ca_name = t->type->attrs[i - OWN_ATTRS].name;
		t->attr_ptrs[i] = &t->attrs[i];
	}
	t->item_type.ct_owner = THIS_MODULE;
	t->item_type.ct_item_ops = &item_ops;
	t->item_type.ct_attrs = t->attr_ptrs;
}

static struct dir_parent *find_parent(const char *name)
{
	struct dir_parent *parent;

	lockdep_assert_held(&tree_lock);
	list_for_each_entry(parent, &parents, node)
		if (!strcmp(config_item_name(&parent->group.cg_item), name))
			return parent;
	return NULL;
}

static struct dir_parent *have_parent(const char *name)
{
	struct dir_parent *parent = find_parent(name);
	int ret;

	if (parent)
		return parent;
	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&parent->types);
	config_group_init_type_name(&parent->group, name, &parent_dir);
	/* configfs leaves a long name out if there is no memory for it */
	ret = config_item_name(&parent->group.cg_item) ? 0 : -ENOMEM;
	if (!ret)
		ret = configfs_register_group(&subsystem.su_group, &parent->group);
	if (ret) {
		config_group_put(&parent->group);
		return ERR_PTR(ret);
	}
	list_add_tail(&parent->node, &parents);
	return parent;
}

/*
 * An rmdir that has dropped its item is at work in the directory until the VFS has unhashed
 * the item's dentry. As long as that looks like an entry, configfs removes the directory but
 * leaks its dentry (fs/configfs/dir.c, simple_rmdir() fails), which umount trips over. Nobody
 * waits in there for long: items that may wait are none, and none can be made.
 */
static void wait_for_rmdir(struct dir_type *t)
{
	struct inode *dir = d_inode(t->group.cg_item.ci_dentry);

	inode_lock(dir);
	inode_unlock(dir);
}

/* Nothing is in it, and it has no provider: is_unused() */
static void remove_type(struct dir_type *t)
{
	list_del(&t->node);
	wait_for_rmdir(t);
	configfs_unregister_group(&t->group);
	config_group_put(&t->group);
}

static void remove_parent_if_empty(struct dir_parent *parent)
{
	if (!list_empty(&parent->types))
		return;
	list_del(&parent->node);
	configfs_unregister_group(&parent->group);
	config_group_put(&parent->group);
}

static bool is_unused(struct dir_type *t)
{
	guard(mutex)(&subsystem.su_mutex);
	return !t->provider && list_empty(&t->items);
}

/* Directories whose last item went after their provider */
static void remove_unused(void)
{
	struct dir_parent *parent, *next_parent;
	struct dir_type *t, *next;

	list_for_each_entry_safe(parent, next_parent, &parents, node) {
		list_for_each_entry_safe(t, next, &parent->types, node)
			if (is_unused(t))
				remove_type(t);
		remove_parent_if_empty(parent);
	}
}

static void sweep(struct work_struct *work)
{
	guard(mutex)(&tree_lock);
	remove_unused();
}

static struct dir_type *find_type(struct dir_parent *parent, const char *name)
{
	struct dir_type *t;

	list_for_each_entry(t, &parent->types, node)
		if (!strcmp(config_item_name(&t->group.cg_item), name))
			return t;
	return NULL;
}

/* What was made before has a provider again */
static void return_items(struct dir_type *t, struct vfio_provider *provider)
{
	struct item *item;

	guard(mutex)(&subsystem.su_mutex);
	t->provider = provider;
	list_for_each_entry(item, &t->items, node)
		vfio_provider_dev_return(item->d, provider);
}

static int add_type(struct dir_parent *parent, struct vfio_provider *provider,
		    const struct vfio_provider_type *type)
{
	struct dir_type *t = find_type(parent, type->name);
	int ret;

	if (t) {
		/* Its items pin the module of their type: another one is not theirs */
		if (t->type != type || t->provider)
			return -EEXIST;
		return_items(t, provider);
		return 0;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->type = type;
	t->provider = provider;
	INIT_LIST_HEAD(&t->items);
	set_attrs(t);
	config_group_init_type_name(&t->group, type->name, &type_dir);
	ret = config_item_name(&t->group.cg_item) ? 0 : -ENOMEM;
	if (!ret)
		ret = configfs_register_group(&parent->group, &t->group);
	if (ret) {
		config_group_put(&t->group);
		return ret;
	}
	list_add_tail(&t->node, &parent->types);
	return 0;
}

/* All that was made has left already; nothing can be made any more */
static void remove_types(struct dir_parent *parent, struct vfio_provider *provider)
{
	struct dir_type *t;

	list_for_each_entry(t, &parent->types, node) {
		guard(mutex)(&subsystem.su_mutex);
		if (t->provider == provider)
			t->provider = NULL;
	}
}

static int attach(struct vfio_provider *provider)
{
	const struct vfio_provider_type *const *type;
	struct dir_parent *parent;
	int ret;

	guard(mutex)(&tree_lock);
	/* Those of a module that has been unloaded since must not be found */
	remove_unused();
	parent = have_parent(dev_name(provider->dev));
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	for (type = provider->ops->types; *type; type++) {
		ret = add_type(parent, provider, *type);
		if (ret)
			goto out_remove;
	}
	return 0;

out_remove:
	remove_types(parent, provider);
	remove_unused();
	return ret;
}

static void detach(struct vfio_provider *provider)
{
	struct dir_parent *parent;

	guard(mutex)(&tree_lock);
	parent = find_parent(dev_name(provider->dev));
	if (!parent)
		return;
	remove_types(parent, provider);
	remove_unused();
}

static const struct config_item_type root_dir = {
	.ct_owner = THIS_MODULE,
};

/**
 * vfio_provider_configfs_init() - show providers in configfs
 *
 * Context: may sleep. The caller owes vfio_provider_configfs_exit().
 * Return: 0 or a negative errno.
 */
int vfio_provider_configfs_init(void)
{
	int ret;

	config_group_init_type_name(&subsystem.su_group, "vfio", &root_dir);
	mutex_init(&subsystem.su_mutex);
	ret = configfs_register_subsystem(&subsystem);
	if (ret)
		return ret;
	ret = vfio_provider_front_register(&front);
	if (ret)
		configfs_unregister_subsystem(&subsystem);
	return ret;
}

/**
 * vfio_provider_configfs_exit() - end of vfio_provider_configfs_init()
 *
 * Context: may sleep; no provider is there, and no item.
 */
void vfio_provider_configfs_exit(void)
{
	vfio_provider_front_unregister(&front);
	cancel_work_sync(&sweep_work);
	sweep(NULL);
	configfs_unregister_subsystem(&subsystem);
}
