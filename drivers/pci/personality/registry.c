// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: which drivers offer personalities of their own.
 *
 * May touch: the list of operations. personality_method_get() is the one place
 * that knows where a driver's operations are found; upstream it becomes a read
 * of members of struct pci_driver.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/pci-personality.h>
#include <linux/slab.h>

#include "personality.h"

struct registry_entry {
	struct list_head node;
	const char *driver_name;
	const struct pci_personality_ops *ops;
	struct module *owner;
};

static LIST_HEAD(registry);
static DEFINE_MUTEX(registry_lock);

static struct registry_entry *registry_find(const char *driver_name)
{
	struct registry_entry *entry;

	lockdep_assert_held(&registry_lock);

	list_for_each_entry(entry, &registry, node)
		if (!strcmp(entry->driver_name, driver_name))
			return entry;
	return NULL;
}

/**
 * __pci_personality_register_ops() - see pci_personality_register_ops()
 * @driver_name: name of the driver
 * @ops: its operations
 * @owner: the module they are in
 *
 * Context: may sleep.
 * Return: 0, -EEXIST, -EINVAL or -ENOMEM.
 */
int __pci_personality_register_ops(const char *driver_name,
				   const struct pci_personality_ops *ops,
				   struct module *owner)
{
	struct registry_entry *entry;

	if (!driver_name || !ops)
		return -EINVAL;
	/* One without the other would be a way in with no way out */
	if (ops->vfio && (!ops->vfio->enable_vfio || !ops->vfio->disable_vfio))
		return -EINVAL;

	guard(mutex)(&registry_lock);
	if (registry_find(driver_name))
		return -EEXIST;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->driver_name = driver_name;
	entry->ops = ops;
	entry->owner = owner;
	list_add(&entry->node, &registry);
	return 0;
}
EXPORT_SYMBOL_GPL(__pci_personality_register_ops);

/**
 * pci_personality_unregister_ops() - end of pci_personality_register_ops()
 * @driver_name: name of the driver
 *
 * From the exit of the module that registered them, or after the driver is
 * unregistered; so no function is in a personality of these.
 *
 * Context: may sleep.
 */
void pci_personality_unregister_ops(const char *driver_name)
{
	struct registry_entry *entry;

	guard(mutex)(&registry_lock);
	entry = registry_find(driver_name);
	if (!entry)
		return;
	list_del(&entry->node);
	kfree(entry);
}
EXPORT_SYMBOL_GPL(pci_personality_unregister_ops);

/**
 * personality_method_find() - the operations a driver has registered for VFIO
 * @pdev: the function they are for
 * @drv: the driver, pinned
 * @method: where they go
 *
 * Context: may sleep. If there are some, the caller owes
 * personality_method_put().
 * Return: true if there are some.
 */
bool personality_method_find(struct pci_dev *pdev,
			     const struct device_driver *drv,
			     struct personality_method *method)
{
	struct registry_entry *entry;

	guard(mutex)(&registry_lock);
	entry = registry_find(drv->name);
	if (!entry || !entry->ops->vfio)
		return false;
	if (entry->ops->vfio->ids && !pci_match_id(entry->ops->vfio->ids, pdev))
		return false;

	/* A driver with operations of its own shall stay unloadable */
	method->owner = entry->owner == drv->owner ? NULL : entry->owner;
	if (!try_module_get(method->owner))
		return false;
	method->vfio = entry->ops->vfio;
	return true;
}

/**
 * personality_method_get() - the operations a driver offers for VFIO
 * @pdev: the function they are for
 * @drv: the driver, pinned
 * @method: where they go
 *
 * Asks for the module that brings them, if there are none yet.
 *
 * Context: may sleep until modprobe is done; device_lock must not be held. If
 * there are some, the caller owes personality_method_put().
 * Return: true if there are some.
 */
bool personality_method_get(struct pci_dev *pdev,
			    const struct device_driver *drv,
			    struct personality_method *method)
{
	if (personality_method_find(pdev, drv, method))
		return true;
	personality_load_method(drv);
	return personality_method_find(pdev, drv, method);
}

/**
 * personality_method_put() - let go of operations
 * @method: from personality_method_get(), or zeroed; zeroed afterwards
 *
 * Context: any.
 */
void personality_method_put(struct personality_method *method)
{
	if (method->vfio)
		module_put(method->owner);
	method->vfio = NULL;
	method->owner = NULL;
}
