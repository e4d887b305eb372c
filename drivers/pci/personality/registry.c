// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: which drivers offer personalities of their own.
 *
 * May touch: the list of operations. personality_method_get() is the one place
 * that knows where a driver's operations are found; upstream the PCI core keeps
 * the list.
 *
 * A driver of a standard interface, virtio-pci or nvme, has as many halves as there
 * are vendors who make more of it. So operations are registered for a driver and a
 * table of ids; the most specific id that matches a function decides. No two ids of
 * equal rank may match one function: which of the two it would be would depend on
 * the order in which modules were loaded.
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

/* The table of who has none */
static const struct pci_device_id any_function[] = {
	{ PCI_DEVICE(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

static const struct pci_device_id *ids_of(const struct pci_vfio_ops *ops)
{
	return ops->ids ?: any_function;
}

static bool is_id(const struct pci_device_id *id)
{
	return id->vendor || id->subvendor || id->class_mask;
}

/*
 * How much an id says: a device is more than any subsystem, a subsystem more than a
 * vendor, a vendor more than a class. Two ids of one rank that say different things
 * have no function in common.
 */
static unsigned int rank_of(const struct pci_device_id *id)
{
	const bool says[] = {
		id->device != PCI_ANY_ID,
		id->subdevice != PCI_ANY_ID,
		id->subvendor != PCI_ANY_ID,
		id->vendor != PCI_ANY_ID,
		id->class_mask & 0x0000ff,
		id->class_mask & 0x00ff00,
		id->class_mask & 0xff0000,
	};
	unsigned int rank = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(says); i++)
		rank = rank << 1 | says[i];
	return rank;
}

static bool may_be_same(u32 a, u32 b)
{
	return a == PCI_ANY_ID || b == PCI_ANY_ID || a == b;
}

/* Can there be a function that both match? */
static bool overlap(const struct pci_device_id *a, const struct pci_device_id *b)
{
	return may_be_same(a->vendor, b->vendor) && may_be_same(a->device, b->device) &&
	       may_be_same(a->subvendor, b->subvendor) &&
	       may_be_same(a->subdevice, b->subdevice) &&
	       !((a->class ^ b->class) & a->class_mask & b->class_mask);
}

/* The first id of @table that contends with one of @other, or NULL */
static const struct pci_device_id *find_rival(const struct pci_device_id *table,
					      const struct pci_device_id *other)
{
	const struct pci_device_id *id;

	for (; is_id(table); table++)
		for (id = other; is_id(id); id++)
			if (rank_of(table) == rank_of(id) && overlap(table, id))
				return table;
	return NULL;
}

/* The rank of the best id that matches, or -1 */
static int rank_for(const struct pci_vfio_ops *ops, struct pci_dev *pdev)
{
	const struct pci_device_id *id = ids_of(ops);
	int rank, best = -1;

	for (; (id = pci_match_id(id, pdev)); id++) {
		rank = rank_of(id);
		best = max(best, rank);
	}
	return best;
}

/* The most specific operations of a driver for a function, or NULL */
static struct registry_entry *registry_find(const char *driver_name,
					    struct pci_dev *pdev)
{
	struct registry_entry *entry, *found = NULL;
	int rank, best = -1;

	lockdep_assert_held(&registry_lock);

	list_for_each_entry(entry, &registry, node) {
		if (!entry->ops->vfio || strcmp(entry->driver_name, driver_name))
			continue;
		rank = rank_for(entry->ops->vfio, pdev);
		if (rank <= best)
			continue;
		best = rank;
		found = entry;
	}
	return found;
}

/* Say so, if others are there for the same functions */
static bool has_rival(const char *driver_name, const struct pci_vfio_ops *ops,
		      struct module *owner)
{
	const struct pci_device_id *rival = NULL;
	struct registry_entry *entry;

	lockdep_assert_held(&registry_lock);

	list_for_each_entry(entry, &registry, node) {
		if (!entry->ops->vfio || strcmp(entry->driver_name, driver_name))
			continue;
		rival = find_rival(ids_of(ops), ids_of(entry->ops->vfio));
		if (rival)
			break;
	}
	if (!rival)
		return false;
	pr_err("driver %s: %s and %s both offer a VFIO personality for %04X:%04X, subsystem %04X:%04X, class %06X/%06X, and neither is more specific; load only one of them\n",
	       driver_name, module_name(owner), module_name(entry->owner),
	       rival->vendor, rival->device, rival->subvendor, rival->subdevice,
	       rival->class, rival->class_mask);
	return true;
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
	if (ops->vfio && has_rival(driver_name, ops->vfio, owner))
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
 * @ops: its operations
 *
 * From the exit of the module that registered them, or after the driver is
 * unregistered; so no function is in a personality of these.
 *
 * Context: may sleep.
 */
void pci_personality_unregister_ops(const char *driver_name,
				    const struct pci_personality_ops *ops)
{
	struct registry_entry *entry;

	guard(mutex)(&registry_lock);
	list_for_each_entry(entry, &registry, node) {
		if (entry->ops != ops || strcmp(entry->driver_name, driver_name))
			continue;
		list_del(&entry->node);
		kfree(entry);
		return;
	}
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
	entry = registry_find(drv->name, pdev);
	if (!entry)
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
 * Asks for the modules that bring some for this function first: what is there already
 * may not be what is most specific.
 *
 * Context: may sleep until modprobe is done; device_lock must not be held. If
 * there are some, the caller owes personality_method_put().
 * Return: true if there are some.
 */
bool personality_method_get(struct pci_dev *pdev,
			    const struct device_driver *drv,
			    struct personality_method *method)
{
	struct pci_device_id ids = stock_ids(pdev);
	bool found = personality_method_find(pdev, drv, method);

	personality_method_put(method);
	stock_load_method(drv, &ids, found);
	return personality_method_find(pdev, drv, method);
}

/**
 * personality_method_offered() - whose operations a write of 1 would use, as far as is
 *	loaded
 * @pdev: the function
 * @driver_name: of the driver that is bound
 * @module: where the name of their module goes, PERSONALITY_NAME_LEN bytes
 *
 * Context: may sleep; loads nothing.
 * Return: true if there are some.
 */
bool personality_method_offered(struct pci_dev *pdev, const char *driver_name,
				char *module)
{
	struct registry_entry *entry;

	guard(mutex)(&registry_lock);
	entry = registry_find(driver_name, pdev);
	if (entry)
		strscpy(module, module_name(entry->owner), PERSONALITY_NAME_LEN);
	return entry;
}

/**
 * personality_method_alias() - what a module answers that brings operations
 * @buf: where it goes
 * @size: of @buf, in bytes
 * @driver_name: of the driver
 * @id: vendor, device, subvendor, subdevice and class of a function
 *
 * Context: any.
 */
void personality_method_alias(char *buf, size_t size, const char *driver_name,
			      const struct pci_device_id *id)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;

	snprintf(buf, size, PCI_PERSONALITY_VFIO_ALIAS "%s:v%04Xd%04Xsv%04Xsd%04Xbc%02Xsc%02Xi%02X",
		 driver_name, id->vendor, id->device, id->subvendor, id->subdevice, base,
		 sub, prog);
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
