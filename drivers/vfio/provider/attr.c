// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: typed attributes, as a driver's tables have them.
 *
 * May touch: the configuration, under its lock.
 */
#include <linux/cleanup.h>
#include <linux/etherdevice.h>
#include <linux/hex.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "provider.h"

static const size_t sizes[] = {
	[VFIO_PROVIDER_U32] = sizeof(u32),
	[VFIO_PROVIDER_BOOL] = sizeof(bool),
	[VFIO_PROVIDER_MAC] = ETH_ALEN,
};

/**
 * vfio_provider_attrs_count() - how many attributes a type has
 * @type: the type
 *
 * Context: any.
 * Return: the number.
 */
unsigned int vfio_provider_attrs_count(const struct vfio_provider_type *type)
{
	unsigned int n = 0;

	while (type->attrs && type->attrs[n].name)
		n++;
	return n;
}

/**
 * vfio_provider_attrs_check() - are a type's attributes sound?
 * @type: the type
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int vfio_provider_attrs_check(const struct vfio_provider_type *type)
{
	unsigned int n = vfio_provider_attrs_count(type);
	const struct vfio_provider_attr *attr;

	if (n > VFIO_PROVIDER_ATTRS_MAX)
		return -EINVAL;
	for (attr = type->attrs; n--; attr++)
		if (attr->kind >= ARRAY_SIZE(sizes) ||
		    attr->offset + sizes[attr->kind] > type->config_size ||
		    (attr->kind == VFIO_PROVIDER_U32 && !attr->multiple_of))
			return -EINVAL;
	return 0;
}

/**
 * vfio_provider_attr_show() - an attribute as text
 * @d: what is configured
 * @attr: of its type
 * @buf: a page
 *
 * Context: may sleep.
 * Return: the length.
 */
ssize_t vfio_provider_attr_show(struct vfio_provider_dev *d,
				const struct vfio_provider_attr *attr, char *buf)
{
	const void *value = d->config + attr->offset;

	guard(mutex)(&d->lock);
	switch (attr->kind) {
	case VFIO_PROVIDER_U32:
		return sysfs_emit(buf, "%u\n", *(const u32 *)value);
	case VFIO_PROVIDER_BOOL:
		return sysfs_emit(buf, "%d\n", *(const bool *)value);
	case VFIO_PROVIDER_MAC:
		return sysfs_emit(buf, "%pM\n", value);
	}
	return -EINVAL;
}

static int set_u32(struct vfio_provider_dev *d, const struct vfio_provider_attr *attr,
		   void *config, const char *buf)
{
	u32 value;

	if (kstrtou32(buf, 0, &value) || value < attr->min || value > attr->max ||
	    value % attr->multiple_of)
		return vfio_provider_refuse(d, -EINVAL,
					    "%s is a number from %u to %u, a multiple of %u",
					    attr->name, attr->min, attr->max,
					    attr->multiple_of);
	*(u32 *)(config + attr->offset) = value;
	return 0;
}

static int set_bool(struct vfio_provider_dev *d, const struct vfio_provider_attr *attr,
		    void *config, const char *buf)
{
	bool value;

	if (kstrtobool(buf, &value))
		return vfio_provider_refuse(d, -EINVAL, "%s is 1 or 0", attr->name);
	*(bool *)(config + attr->offset) = value;
	return 0;
}

static int set_mac(struct vfio_provider_dev *d, const struct vfio_provider_attr *attr,
		   void *config, const char *buf)
{
	size_t len = strlen(buf);
	u8 mac[ETH_ALEN];

	if (len && buf[len - 1] == '\n')
		len--;
	if (len != 3 * ETH_ALEN - 1 || !mac_pton(buf, mac) ||
	    (!is_zero_ether_addr(mac) && !is_valid_ether_addr(mac)))
		return vfio_provider_refuse(d, -EINVAL,
					    "%s is the address of one station, such as 02:00:00:00:00:01, or zeros for none",
					    attr->name);
	ether_addr_copy(config + attr->offset, mac);
	return 0;
}

static int set(struct vfio_provider_dev *d, const struct vfio_provider_attr *attr,
	       void *config, const char *buf)
{
	switch (attr->kind) {
	case VFIO_PROVIDER_U32:
		return set_u32(d, attr, config, buf);
	case VFIO_PROVIDER_BOOL:
		return set_bool(d, attr, config, buf);
	case VFIO_PROVIDER_MAC:
		return set_mac(d, attr, config, buf);
	}
	return -EINVAL;
}

/**
 * vfio_provider_attr_store() - set an attribute
 * @d: what is configured
 * @attr: of its type
 * @buf: text
 *
 * Context: may sleep.
 * Return: 0; with last_error set, -EBUSY if it is live, -EINVAL for what @attr does not
 * allow, or what the driver's configure returned; -ENOMEM.
 */
int vfio_provider_attr_store(struct vfio_provider_dev *d,
			     const struct vfio_provider_attr *attr, const char *buf)
{
	void *config __free(kfree) = NULL;
	int ret;

	guard(mutex)(&d->lock);
	if (d->state == VFIO_PROVIDER_LIVE || d->state == VFIO_PROVIDER_LEAVING)
		return vfio_provider_refuse(d, -EBUSY,
					    "it is live; write 0 to live before you configure it");
	config = kmemdup(d->config, d->type->config_size, GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	ret = set(d, attr, config, buf);
	if (ret)
		return ret;
	d->why[0] = '\0';
	ret = d->type->configure ? d->type->configure(d, config) : 0;
	if (ret)
		return vfio_provider_refuse(d, ret, "%s", d->why);
	memcpy(d->config, config, d->type->config_size);
	return 0;
}
