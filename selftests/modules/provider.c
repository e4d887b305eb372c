// SPDX-License-Identifier: GPL-2.0
/*
 * A provider that is no PCI function, nor anything else: a device of no bus and no driver,
 * whose vfio_devices do nothing. Of two types: one has an attribute of each kind; the other's
 * create fails with what the parameter "fail" says, and says nothing more.
 *
 * With the parameter "unsound" the module's init registers operations that are not, and
 * fails with what it is told.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vfio_provider.h>

static int fail;
module_param(fail, int, 0600);
MODULE_PARM_DESC(fail, "what the create of the type \"fails\" returns");

static bool unsound;
module_param(unsound, bool, 0400);
MODULE_PARM_DESC(unsound, "register operations that lack something");

struct plain_config {
	u32 number;
	bool on;
	u8 mac[ETH_ALEN];
};

static const struct vfio_provider_attr plain_attrs[] = {
	VFIO_PROVIDER_ATTR_U32(struct plain_config, number, 3, 30, 3),
	VFIO_PROVIDER_ATTR_BOOL(struct plain_config, on),
	VFIO_PROVIDER_ATTR_MAC(struct plain_config, mac),
	{ }
};

static const struct plain_config plain_defaults = { .number = 9, .on = true };

static int plain_open(struct vfio_device *vdev)
{
	return vfio_provider_open(vdev);
}

static void plain_close(struct vfio_device *vdev) { }

static const struct vfio_device_ops plain_device_ops = {
	VFIO_PROVIDER_DEVICE_OPS
	.name = "personality_provider",
	.open_device = plain_open,
	.close_device = plain_close,
};

static unsigned int plain_available(struct vfio_provider *provider)
{
	return 1000;
}

static struct vfio_device *plain_create(struct vfio_provider_dev *d)
{
	return _vfio_alloc_device(sizeof(struct vfio_device), vfio_provider_dev_device(d),
				  &plain_device_ops);
}

static struct vfio_device *fails_create(struct vfio_provider_dev *d)
{
	return fail ? ERR_PTR(fail) : plain_create(d);
}

static const struct vfio_provider_type plain_type = {
	.name = "plain",
	.description = "does nothing",
	.attrs = plain_attrs,
	.config_size = sizeof(struct plain_config),
	.defaults = &plain_defaults,
	.available = plain_available,
	.create = plain_create,
};

static const struct vfio_provider_type fails_type = {
	.name = "fails",
	.description = "does nothing, if at all",
	.available = plain_available,
	.create = fails_create,
};

static const struct vfio_provider_type unsound_type = {
	.name = "no/name",
	.description = "has a name that is none",
	.available = plain_available,
	.create = plain_create,
};

static const struct vfio_provider_type *const types[] = { &plain_type, &fails_type, NULL };
static const struct vfio_provider_type *const unsound_types[] = { &plain_type, &unsound_type,
								  NULL };

static const struct vfio_provider_ops ops = { .types = types };
static const struct vfio_provider_ops unsound_ops = { .types = unsound_types };

static struct device *parent;
static struct vfio_provider *provider;

static int __init provider_init(void)
{
	parent = root_device_register("personality-provider");
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	provider = vfio_provider_register(parent, unsound ? &unsound_ops : &ops, NULL);
	if (IS_ERR(provider)) {
		root_device_unregister(parent);
		return PTR_ERR(provider);
	}
	/* A second one for the same device would have the same directory */
	WARN_ON(vfio_provider_register(parent, &ops, NULL) != ERR_PTR(-EEXIST));
	return 0;
}

static void __exit provider_exit(void)
{
	vfio_provider_unregister(provider);
	root_device_unregister(parent);
}

module_init(provider_init);
module_exit(provider_exit);

MODULE_DESCRIPTION("A provider of vfio_devices that do nothing, for the selftests");
MODULE_LICENSE("GPL");
