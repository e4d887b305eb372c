// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the attributes of a function.
 *
 * May touch: sysfs. Parses, checks who writes, delegates; documented for users
 * in docs/ABI/sysfs-bus-pci-personality.
 */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "personality.h"

DEFINE_FREE(personality_put, struct personality *, personality_put(_T))

static struct personality *function_of(struct device *dev)
{
	return personality_get(to_pci_dev(dev));
}

static ssize_t use_vfio_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%d\n", stock_vfio_look(to_pci_dev(dev)).present);
}

/*
 * A transition takes locks that are held by whoever removes the function, and
 * the removal waits for us: give the active reference up for its duration. Our
 * own references on the function and the module stand in for it.
 *
 * Nothing may follow the last line but the way out: the module may go then.
 */
static int switch_unprotected(struct device *dev, struct attribute *attr,
			      bool to_vfio)
{
	struct kernfs_node *kn;
	struct personality *p;
	int ret = -ENODEV;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	p = function_of(dev);
	kn = sysfs_break_active_protection(&dev->kobj, attr);
	if (p && kn)
		ret = personality_switch(p, to_vfio);
	if (kn)
		sysfs_unbreak_active_protection(kn);
	personality_put(p);
	module_put(THIS_MODULE);
	return ret;
}

static ssize_t use_vfio_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	bool to_vfio;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtobool(buf, &to_vfio)) {
		struct personality *p __free(personality_put) = function_of(dev);

		return p ? personality_report_refuse(p, -EINVAL,
						     "write 1 for VFIO, or 0 for the way back") :
			   -ENODEV;
	}
	return switch_unprotected(dev, &attr->attr, to_vfio) ?: count;
}
static DEVICE_ATTR_RW(use_vfio);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);
	u64 seconds;

	if (!p)
		return -ENODEV;
	if (personality_unbinding(p, &seconds))
		return sysfs_emit(buf, "unbinding %llu\n", seconds);
	return sysfs_emit(buf, "%s\n",
			  personality_state_name(personality_state(p)));
}
static DEVICE_ATTR_RO(state);

static ssize_t vfio_driver_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);

	if (!p)
		return -ENODEV;
	guard(spinlock)(&p->lock);
	return sysfs_emit(buf, "%s\n", p->vfio_driver);
}

/* What a driver may be called: what the module loader may be asked for */
static bool is_driver_name(const char *name)
{
	if (!isalnum(*name))
		return false;
	for (; *name; name++)
		if (!isalnum(*name) && !strchr("-_.+", *name))
			return false;
	return true;
}

static ssize_t vfio_driver_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t count)
{
	struct personality *p __free(personality_put) = function_of(dev);
	char name[PERSONALITY_NAME_LEN];
	size_t len = count;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!p)
		return -ENODEV;
	if (len && buf[len - 1] == '\n')
		len--;
	if (len >= sizeof(name) || strnlen(buf, len) != len)
		return -EINVAL;
	memcpy(name, buf, len);
	name[len] = '\0';
	if (!is_driver_name(name))
		return -EINVAL;

	/* Who chooses anew may have installed something */
	stock_load_forget();
	guard(spinlock)(&p->lock);
	strscpy(p->vfio_driver, name);
	return count;
}
static DEVICE_ATTR_RW(vfio_driver);

static ssize_t native_driver_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);
	enum personality_state state;
	const char *name;

	if (!p)
		return -ENODEV;
	state = personality_state(p);

	guard(spinlock)(&p->lock);
	if (p->bound[0] && state != PERSONALITY_VFIO_REBOUND)
		name = p->bound;
	else if (state == PERSONALITY_UNBOUND)
		name = "";
	else
		name = p->origin.known ? p->origin.driver : "auto";
	return sysfs_emit(buf, "%s\n", *name ? name : "none");
}
static DEVICE_ATTR_RO(native_driver);

/* The name of the native driver, bound; or none */
static void bound_native(struct personality *p, char *name)
{
	guard(spinlock)(&p->lock);
	strscpy(name, p->bound_manages_dma ? "" : p->bound, PERSONALITY_NAME_LEN);
}

static ssize_t offers_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);
	char driver[PERSONALITY_NAME_LEN], module[PERSONALITY_NAME_LEN];

	if (!p)
		return -ENODEV;
	bound_native(p, driver);
	if (!driver[0] || !personality_method_offered(p->pdev, driver, module))
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "vfio %s\n", module);
}
static DEVICE_ATTR_RO(offers);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);
	char driver[PERSONALITY_NAME_LEN], alias[128] = "";
	struct pci_device_id ids;

	if (!p)
		return -ENODEV;
	bound_native(p, driver);
	ids = stock_ids(p->pdev);
	if (driver[0])
		personality_method_alias(alias, sizeof(alias), driver, &ids);
	return sysfs_emit(buf, "%s\n", alias);
}
static DEVICE_ATTR_RO(modalias);

static ssize_t last_error_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);

	if (!p)
		return -ENODEV;
	guard(spinlock)(&p->lock);
	return sysfs_emit(buf, "%s\n", p->last_error);
}
static DEVICE_ATTR_RO(last_error);

static ssize_t vfs_use_vfio_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct personality *p __free(personality_put) = function_of(dev);

	if (!p)
		return -ENODEV;
	guard(spinlock)(&p->lock);
	return sysfs_emit(buf, "%d\n", p->vfs_use_vfio);
}

static ssize_t vfs_use_vfio_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct personality *p __free(personality_put) = function_of(dev);
	bool on;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!p)
		return -ENODEV;
	ret = kstrtobool(buf, &on);
	if (ret)
		return ret;
	return personality_vfs_use_vfio(p, on) ?: count;
}
static DEVICE_ATTR_RW(vfs_use_vfio);

static struct attribute *switch_attrs[] = {
	&dev_attr_use_vfio.attr,
	NULL
};

static const struct attribute_group switch_group = {
	.attrs = switch_attrs,
};

static struct attribute *personality_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_vfio_driver.attr,
	&dev_attr_native_driver.attr,
	&dev_attr_offers.attr,
	&dev_attr_modalias.attr,
	&dev_attr_last_error.attr,
	&dev_attr_vfs_use_vfio.attr,
	NULL
};

static umode_t personality_attr_visible(struct kobject *kobj,
					struct attribute *attr, int n)
{
	struct pci_dev *pdev = to_pci_dev(kobj_to_dev(kobj));

	if (attr == &dev_attr_vfs_use_vfio.attr && !pdev->is_physfn)
		return 0;
	return attr->mode;
}

static const struct attribute_group personality_group = {
	.name = "personality",
	.attrs = personality_attrs,
	.is_visible = personality_attr_visible,
};

static const struct attribute_group *function_groups[] = {
	&switch_group,
	&personality_group,
	NULL
};

/**
 * personality_attrs_add() - create the attributes of a function
 * @pdev: the function, in sysfs
 *
 * Context: may sleep. The caller owes personality_attrs_remove() while the
 * function is still in sysfs.
 * Return: 0 or a negative errno, with nothing left behind.
 */
int personality_attrs_add(struct pci_dev *pdev)
{
	return sysfs_create_groups(&pdev->dev.kobj, function_groups);
}

/**
 * personality_attrs_remove() - remove the attributes of a function
 * @pdev: the function, still in sysfs
 *
 * Context: may sleep; waits for whoever reads them.
 */
void personality_attrs_remove(struct pci_dev *pdev)
{
	sysfs_remove_groups(&pdev->dev.kobj, function_groups);
}
