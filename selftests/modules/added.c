// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: have it take time to add a function, after everybody could
 * hear of it and before the driver core binds a driver.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>

static unsigned int ms;
module_param(ms, uint, 0644);
MODULE_PARM_DESC(ms, "milliseconds that it takes more to add a function; less ends it early");

static int added_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	unsigned long begin = jiffies;

	if (event != BUS_NOTIFY_ADD_DEVICE)
		return NOTIFY_DONE;
	while (time_before(jiffies, begin + msecs_to_jiffies(READ_ONCE(ms))))
		msleep(20);
	return NOTIFY_DONE;
}

static struct notifier_block added_nb = {
	.notifier_call = added_notify,
	.priority = INT_MIN,	/* after everybody else */
};

static int __init added_init(void)
{
	return bus_register_notifier(&pci_bus_type, &added_nb);
}
module_init(added_init);

static void __exit added_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &added_nb);
}
module_exit(added_exit);

MODULE_DESCRIPTION("Functions that are slow to be added, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
