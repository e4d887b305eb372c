// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: which driver serves a personality.
 *
 * May touch: the list of drivers on the bus. A driver that is handed out has its
 * module pinned.
 */
#include <linux/module.h>

#include "personality.h"

struct driver_search {
	struct pci_dev *pdev;
	const struct pci_device_id *ids;
	const char *name;
	unsigned int wildcards;
	struct device_driver *found;
};

/* The list of drivers is stable inside the callback only: pin there */
static bool search_take(struct driver_search *search, struct device_driver *drv)
{
	if (!try_module_get(drv->owner))
		return false;
	if (search->found)
		module_put(search->found->owner);
	search->found = drv;
	return true;
}

static struct device_driver *
search_drivers(struct driver_search *search,
	       int (*match)(struct device_driver *drv, void *data))
{
	bus_for_each_drv(&pci_bus_type, NULL, search, match);
	return search->found;
}

/**
 * personality_driver_put() - unpin a driver
 * @drv: from this file or personality_bound_driver_get(); NULL is fine
 *
 * Context: any.
 */
void personality_driver_put(struct device_driver *drv)
{
	if (drv)
		module_put(drv->owner);
}

static int match_name(struct device_driver *drv, void *data)
{
	struct driver_search *search = data;

	return !strcmp(drv->name, search->name) && search_take(search, drv);
}

/**
 * personality_driver_find() - find a registered driver by name
 * @name: its name
 *
 * Context: may sleep. The caller owes personality_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *personality_driver_find(const char *name)
{
	struct driver_search search = { .name = name };

	return search_drivers(&search, match_name);
}

/*
 * How many fields of an id are left open, as in its modalias: vendor, device,
 * subvendor, subdevice, base class, subclass, programming interface.
 */
static unsigned int count_wildcards(const struct pci_device_id *id)
{
	return (id->vendor == PCI_ANY_ID) + (id->device == PCI_ANY_ID) +
	       (id->subvendor == PCI_ANY_ID) + (id->subdevice == PCI_ANY_ID) +
	       !(id->class_mask & 0xff0000) + !(id->class_mask & 0x00ff00) +
	       !(id->class_mask & 0x0000ff);
}

static int match_vfio(struct device_driver *drv, void *data)
{
	const struct pci_device_id *id = to_pci_driver(drv)->id_table;
	struct driver_search *search = data;
	unsigned int wildcards;

	for (; (id = pci_match_id(id, search->pdev)); id++) {
		if (id->override_only != PCI_ID_F_VFIO_DRIVER_OVERRIDE)
			continue;
		wildcards = count_wildcards(id);
		if ((!search->found || wildcards < search->wildcards) &&
		    search_take(search, drv))
			search->wildcards = wildcards;
	}
	return 0;
}

/**
 * personality_match_vfio() - the best registered VFIO driver for a function
 * @pdev: the function
 *
 * The id with the fewest wildcards wins, the first of equals; built-in drivers
 * count like any other.
 *
 * Context: may sleep. The caller owes personality_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *personality_match_vfio(struct pci_dev *pdev)
{
	struct driver_search search = { .pdev = pdev };

	return search_drivers(&search, match_vfio);
}

static int match_native(struct device_driver *drv, void *data)
{
	struct driver_search *search = data;

	return drv->bus->match(&search->pdev->dev, drv) > 0 &&
	       search_take(search, drv);
}

/**
 * personality_match_native() - the driver the kernel would bind by itself
 * @pdev: the function; its driver_override has a say, as always
 *
 * Context: may sleep. The caller owes personality_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *personality_match_native(struct pci_dev *pdev)
{
	struct driver_search search = { .pdev = pdev };

	return search_drivers(&search, match_native);
}

/* As the PCI core does, which wants a function for it */
static bool id_matches(const struct pci_device_id *id,
		       const struct pci_device_id *ids)
{
	return !id->override_only &&
	       (id->vendor == PCI_ANY_ID || id->vendor == ids->vendor) &&
	       (id->device == PCI_ANY_ID || id->device == ids->device) &&
	       (id->subvendor == PCI_ANY_ID || id->subvendor == ids->subvendor) &&
	       (id->subdevice == PCI_ANY_ID || id->subdevice == ids->subdevice) &&
	       !((id->class ^ ids->class) & id->class_mask);
}

static int match_ids(struct device_driver *drv, void *data)
{
	const struct pci_device_id *id = to_pci_driver(drv)->id_table;
	struct driver_search *search = data;

	for (; id && (id->vendor || id->subvendor || id->class_mask); id++)
		if (id_matches(id, search->ids))
			return search_take(search, drv);
	return 0;
}

/**
 * personality_match_ids() - the native driver for a function that is yet to come
 * @ids: vendor, device, subvendor, subdevice and class of it
 *
 * Context: may sleep. The caller owes personality_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *personality_match_ids(const struct pci_device_id *ids)
{
	struct driver_search search = { .ids = ids };

	return search_drivers(&search, match_ids);
}

/**
 * personality_ids() - what a function is matched by
 * @pdev: the function
 *
 * Return: its ids, with the class in @class.
 */
struct pci_device_id personality_ids(const struct pci_dev *pdev)
{
	return (struct pci_device_id) {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subvendor = pdev->subsystem_vendor,
		.subdevice = pdev->subsystem_device,
		.class = pdev->class,
	};
}
