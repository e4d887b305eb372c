/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio_devices on demand, as the driver that provides them sees them.
 *
 * A driver whose native function keeps running can offer vfio_devices beside it: slices
 * of its device. It registers as a provider, with one const table for each type of
 * vfio_device. User space makes them, configures them, has them created and destroyed,
 * by a front end: configfs (docs/ABI/configfs-vfio), or mdev. See
 * docs/driver-api/vfio-provider.rst.
 *
 * A personality (pci-personality.h) takes the native function away; a provider does not.
 */
#ifndef _LINUX_VFIO_PROVIDER_H
#define _LINUX_VFIO_PROVIDER_H

#include <linux/build_bug.h>
#include <linux/device.h>
#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/vfio.h>

struct vfio_provider;
struct vfio_provider_dev;

/* As many as a front end has room for */
#define VFIO_PROVIDER_ATTRS_MAX	16

/**
 * enum vfio_provider_kind - what an attribute is
 * @VFIO_PROVIDER_U32: a number, u32 in the configuration
 * @VFIO_PROVIDER_BOOL: what kstrtobool() takes, bool in the configuration
 * @VFIO_PROVIDER_MAC: an Ethernet address that a station can have, or zeros for none;
 *	u8[ETH_ALEN] in the configuration
 */
enum vfio_provider_kind {
	VFIO_PROVIDER_U32,
	VFIO_PROVIDER_BOOL,
	VFIO_PROVIDER_MAC,
};

/**
 * struct vfio_provider_attr - something that can be configured before a vfio_device is there
 * @name: of the attribute's file
 * @kind: its type
 * @offset: where it is in the configuration, in bytes
 * @min: the smallest value of a number
 * @max: the largest
 * @multiple_of: what the number is a multiple of; at least 1
 *
 * To be written with the macros below, which have the compiler compare the types.
 */
struct vfio_provider_attr {
	const char *name;
	enum vfio_provider_kind kind;
	size_t offset;
	u32 min;
	u32 max;
	u32 multiple_of;
};

#define __VFIO_PROVIDER_ATTR(config, member, as, of_kind, ...)		\
	{								\
		.name = #member,					\
		.kind = of_kind,					\
		.offset = offsetof(config, member) +			\
			  BUILD_BUG_ON_ZERO(!__same_type(((config *)0)->member, as)), \
		__VA_ARGS__						\
	}
#define VFIO_PROVIDER_ATTR_U32(config, member, lowest, highest, multiple) \
	__VFIO_PROVIDER_ATTR(config, member, u32, VFIO_PROVIDER_U32,	\
			     .min = lowest, .max = highest, .multiple_of = multiple)
#define VFIO_PROVIDER_ATTR_BOOL(config, member) \
	__VFIO_PROVIDER_ATTR(config, member, bool, VFIO_PROVIDER_BOOL)
#define VFIO_PROVIDER_ATTR_MAC(config, member) \
	__VFIO_PROVIDER_ATTR(config, member, u8[ETH_ALEN], VFIO_PROVIDER_MAC)

/**
 * struct vfio_provider_type - a type of vfio_device
 * @name: in configfs and sysfs: letters, digits, dashes
 * @description: one line for people
 * @attrs: what can be configured, ended by one without a name; or NULL
 * @config_size: of the configuration, in bytes
 * @defaults: a configuration, valid, to begin with; or NULL for zeros
 * @available: how many more could be live now. May sleep.
 * @create: make the vfio_device. Called in the probe of a device made for it
 *	(vfio_provider_dev_device()), under that device's lock; the parent's is not held.
 *	Allocates with vfio_alloc_device() and returns the vfio_device, which is then
 *	registered; or an ERR_PTR(), after vfio_provider_explain() if it has more to say.
 *	Must fail with -EBUSY while the parent's native function is not there. Must not
 *	wait for a user.
 * @destroy: the vfio_device has been unregistered; give back what @create took of the
 *	hardware. Memory is freed by the release of its operations. Or NULL.
 *
 * @prepare: one is being made, and may change @config, which is a copy of @defaults; or its
 *	parent has come back, and @config is what it was. 0 or a negative errno. Or NULL
 * @discard: the reverse of @prepare, also after the parent has gone; never while live. Must
 *	not wait for a user. Or NULL
 * @configure: an attribute is about to have the values of @config, valid as the table has
 *	it, in place of vfio_provider_dev_config(). 0, or a negative errno after
 *	vfio_provider_explain(). Or NULL
 * @begin: in the place of @create, for a type whose vfio_devices are on devices that are
 *	there by themselves, such as VFs: have one registered. Return its device, with a
 *	reference; or an ERR_PTR(), as @create
 * @end: in the place of @destroy: the reverse of @begin, which must not wait for a user:
 *	0; or a negative errno, with nothing done, after vfio_provider_explain()
 * @present: with @begin: is the vfio_device of d's device still there? It may go by other
 *	hands; vfio_provider_refresh() has that looked at. Called under no device_lock
 *
 * The vfio_device's own operations are the driver's. They begin with
 * VFIO_PROVIDER_DEVICE_OPS, and open_device begins with vfio_provider_open().
 *
 * How its DMA is operated is the driver's business as well: with the operations of that
 * macro, by vfio_dma_rw() and vfio_pin_pages(). One that has a PASID for each would have
 * its own bind_iommufd and attach_ioas there.
 */
struct vfio_provider_type {
	const char *name;
	const char *description;
	const struct vfio_provider_attr *attrs;
	size_t config_size;
	const void *defaults;
	unsigned int (*available)(struct vfio_provider *provider);
	struct vfio_device *(*create)(struct vfio_provider_dev *d);
	void (*destroy)(struct vfio_provider_dev *d, struct vfio_device *vdev);

	int (*prepare)(struct vfio_provider_dev *d, void *config);
	void (*discard)(struct vfio_provider_dev *d);
	int (*configure)(struct vfio_provider_dev *d, const void *config);

	struct device *(*begin)(struct vfio_provider_dev *d);
	int (*end)(struct vfio_provider_dev *d);
	bool (*present)(struct device *dev);
};

/**
 * struct vfio_provider_ops - what a driver provides
 * @types: ended by NULL
 *
 * One const table for all devices of the driver, never copied.
 */
struct vfio_provider_ops {
	const struct vfio_provider_type *const *types;
};

struct vfio_provider *__vfio_provider_register(struct device *parent,
					       const struct vfio_provider_ops *ops,
					       void *priv, struct module *owner);
void vfio_provider_unregister(struct vfio_provider *provider);
void vfio_provider_refresh(struct vfio_provider *provider);

/**
 * vfio_provider_register() - offer vfio_devices beside a device's native function
 * @parent: the device, which need not be a PCI function. Its name is the directory's
 * @ops: the operations, const and there until the caller's module goes
 * @priv: what vfio_provider_priv() is to return
 *
 * Operations may be called before this returns. The caller's module cannot be unloaded
 * while user space has anything made of it, live or not.
 *
 * Context: may sleep; the lock of @parent may be held. Not in a bus's notifier: live=1
 * binds drivers, which calls it. The caller owes vfio_provider_unregister() while
 * @parent's native function is still there.
 * Return: the provider; or an ERR_PTR(): -EINVAL for operations that are not sound,
 * -EEXIST if something of this name has a provider, -ENOMEM.
 */
#define vfio_provider_register(parent, ops, priv) \
	__vfio_provider_register(parent, ops, priv, THIS_MODULE)

struct device *vfio_provider_parent(const struct vfio_provider *provider);
void *vfio_provider_priv(const struct vfio_provider *provider);

struct vfio_provider *vfio_provider_dev_provider(const struct vfio_provider_dev *d);
struct device *vfio_provider_dev_device(const struct vfio_provider_dev *d);
const char *vfio_provider_dev_name(const struct vfio_provider_dev *d);
const void *vfio_provider_dev_config(const struct vfio_provider_dev *d);
__printf(2, 3)
void vfio_provider_explain(struct vfio_provider_dev *d, const char *fmt, ...);

int vfio_provider_open(struct vfio_device *vdev);

/* How a vfio_device begins whose DMA is its driver's: no IOMMU sees it */
#define VFIO_PROVIDER_DEVICE_OPS				\
	.bind_iommufd	= vfio_iommufd_emulated_bind,		\
	.unbind_iommufd	= vfio_iommufd_emulated_unbind,		\
	.attach_ioas	= vfio_iommufd_emulated_attach_ioas,	\
	.detach_ioas	= vfio_iommufd_emulated_detach_ioas,

#endif /* _LINUX_VFIO_PROVIDER_H */
