// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the module and its view of the PCI bus.
 *
 * May touch: the bus notifier. Everything a notification means is said by the
 * file that it is passed on to.
 */
#include <linux/module.h>

#include "personality.h"

static int personality_bus_notify(struct notifier_block *nb,
				  unsigned long action, void *data)
{
	struct device *dev = data;
	struct pci_dev *pdev = to_pci_dev(dev);
	struct personality *p;

	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		personality_function_add(pdev);
		return NOTIFY_OK;
	case BUS_NOTIFY_DEL_DEVICE:
		personality_function_leave(pdev);
		return NOTIFY_OK;
	case BUS_NOTIFY_REMOVED_DEVICE:
		personality_function_remove(pdev);
		return NOTIFY_OK;
	case BUS_NOTIFY_BOUND_DRIVER:
	case BUS_NOTIFY_UNBIND_DRIVER:
	case BUS_NOTIFY_UNBOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		break;
	default:
		return NOTIFY_DONE;
	}

	p = personality_get(pdev);
	if (!p)
		return NOTIFY_DONE;

	/* The driver core holds device_lock around all four */
	device_lock_assert(dev);
	switch (action) {
	case BUS_NOTIFY_UNBIND_DRIVER:
		personality_note_unbinding(p);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		personality_note_bound(p, dev->driver);
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		/* The probe may have succeeded, and been undone */
	case BUS_NOTIFY_UNBOUND_DRIVER:
		personality_note_bound(p, NULL);
		break;
	}

	personality_put(p);
	return NOTIFY_OK;
}

static struct notifier_block personality_bus_nb = {
	.notifier_call = personality_bus_notify,
};

static int personality_add_present(struct device *dev, void *data)
{
	return personality_function_add(to_pci_dev(dev));
}

static void leave(void)
{
	/*
	 * While the notifier still runs: it keeps a function that is being
	 * deleted from losing its sysfs directory under our hands.
	 */
	personality_function_remove_all();
	bus_unregister_notifier(&pci_bus_type, &personality_bus_nb);
	stock_exit();
}

static int __init personality_init(void)
{
	int ret;

	ret = stock_init(&personality_stock_owner);
	if (ret)
		return ret;

	/* Notifier first: a function that appears meanwhile is added once */
	ret = bus_register_notifier(&pci_bus_type, &personality_bus_nb);
	if (ret)
		goto out_stock;

	ret = bus_for_each_dev(&pci_bus_type, NULL, NULL,
			       personality_add_present);
	if (ret)
		goto out_functions;
	return 0;

out_functions:
	leave();
	return ret;
out_stock:
	stock_exit();
	return ret;
}

static void __exit personality_exit(void)
{
	leave();
}

module_init(personality_init);
module_exit(personality_exit);

MODULE_DESCRIPTION("Personality switch for PCI functions: native driver or VFIO");
MODULE_LICENSE("GPL");
