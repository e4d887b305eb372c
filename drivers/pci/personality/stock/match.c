// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: which driver serves a personality.
 *
 * May touch: the list of drivers on the bus. A driver that is handed out has its
 * module pinned, and a name that fits into PERSONALITY_NAME_LEN.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "internal.h"

struct driver_search {
	struct pci_dev *pdev;
	const struct pci_device_id *ids;
	const char *name;
	unsigned int wildcards;
	struct device_driver *found;
	struct stock_drivers *all;
};

/* The list of drivers is stable inside the callback only: pin there */
static bool pin(struct device_driver *drv)
{
	return strnlen(drv->name, PERSONALITY_NAME_LEN) < PERSONALITY_NAME_LEN &&
	       try_module_get(drv->owner);
}

static bool search_take(struct driver_search *search, struct device_driver *drv)
{
	if (!pin(drv))
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

void stock_driver_put(struct device_driver *drv)
{
	if (drv)
		module_put(drv->owner);
}

/**
 * stock_drivers_put() - unpin several drivers
 * @drivers: from this file, or zeroed; zeroed afterwards
 *
 * Context: any.
 */
void stock_drivers_put(struct stock_drivers *drivers)
{
	while (drivers->count)
		stock_driver_put(drivers->driver[--drivers->count]);
}

/**
 * stock_drivers_take() - take one of several drivers out
 * @drivers: from this file
 * @i: which
 *
 * Context: any.
 * Return: the driver, for which the caller owes stock_driver_put().
 */
struct device_driver *stock_drivers_take(struct stock_drivers *drivers,
					 unsigned int i)
{
	struct device_driver *drv = drivers->driver[i];

	drivers->driver[i] = NULL;
	return drv;
}

/* Returns 1, which ends the walk, when there is no more room */
static int add_driver(struct stock_drivers *drivers,
		      struct device_driver *drv)
{
	if (pin(drv))
		drivers->driver[drivers->count++] = drv;
	return drivers->count == ARRAY_SIZE(drivers->driver);
}

static int match_name(struct device_driver *drv, void *data)
{
	struct driver_search *search = data;

	return !strcmp(drv->name, search->name) && search_take(search, drv);
}

/**
 * stock_driver_find() - find a registered driver by name
 * @name: its name
 *
 * Context: may sleep. The caller owes stock_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *stock_driver_find(const char *name)
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
 * stock_match_vfio() - the best registered VFIO driver for a function
 * @pdev: the function
 *
 * The id with the fewest wildcards wins, the first of equals; built-in drivers
 * count like any other.
 *
 * Context: may sleep. The caller owes stock_driver_put().
 * Return: the driver, or NULL.
 */
struct device_driver *stock_match_vfio(struct pci_dev *pdev)
{
	struct driver_search search = { .pdev = pdev };

	return search_drivers(&search, match_vfio);
}

/**
 * stock_driver_is_vfio() - is this a driver that gives functions to VFIO?
 * @drv: the driver
 *
 * It leaves DMA to its users, and says in its table of ids that it is for VFIO.
 *
 * Context: any in which the driver stays registered.
 * Return: true if it is one.
 */
bool stock_driver_is_vfio(const struct device_driver *drv)
{
	const struct pci_driver *driver = to_pci_driver(drv);
	const struct pci_device_id *id;

	if (!driver->driver_managed_dma || !driver->id_table)
		return false;
	for (id = driver->id_table;
	     id->vendor || id->subvendor || id->class_mask; id++)
		if (id->override_only == PCI_ID_F_VFIO_DRIVER_OVERRIDE)
			return true;
	return false;
}

static int match_native(struct device_driver *drv, void *data)
{
	struct driver_search *search = data;
	struct device *dev = &search->pdev->dev;

	/* One that is given ids at run time, as vfio-pci often is, matches first */
	if (drv == dev->driver || stock_driver_is_vfio(drv) ||
	    drv->bus->match(dev, drv) <= 0)
		return 0;
	return add_driver(search->all, drv);
}

/**
 * stock_match_native() - the drivers that the kernel would try by itself
 * @pdev: the function, with no driver_override
 * @drivers: where they go, in the kernel's order; without those for VFIO and the one
 *	that is bound
 *
 * Context: device_lock held; may sleep. The caller owes stock_drivers_put().
 */
void stock_match_native(struct pci_dev *pdev,
			struct stock_drivers *drivers)
{
	struct driver_search search = { .pdev = pdev, .all = drivers };

	device_lock_assert(&pdev->dev);
	search_drivers(&search, match_native);
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
			return add_driver(search->all, drv);
	return 0;
}

/**
 * stock_match_ids() - the native drivers for a function that is yet to come
 * @ids: vendor, device, subvendor, subdevice and class of it
 * @drivers: where they go, in the order in which the kernel will try them
 *
 * Context: may sleep. The caller owes stock_drivers_put().
 */
void stock_match_ids(const struct pci_device_id *ids,
		     struct stock_drivers *drivers)
{
	struct driver_search search = { .ids = ids, .all = drivers };

	search_drivers(&search, match_ids);
}
