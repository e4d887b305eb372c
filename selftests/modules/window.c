// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: the moment between a driver's unbind and the next bind,
 * made long enough for somebody else to bind another driver in it.
 *
 * While the parameter window names a function, whoever unbinds its driver does not go
 * on before another one is bound, or something else is written to it. Then it is empty.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>

#define WINDOW_LIMIT	(60 * HZ)

static char window[16];
module_param_string(window, window, sizeof(window), 0644);
MODULE_PARM_DESC(window, "function that another driver is bound to before an unbind is over");

static bool is_open_for(const struct device *dev)
{
	return sysfs_streq(window, dev_name(dev));
}

/*
 * The driver core holds device_lock around its last word on an unbind, after which it
 * does nothing to the function but to let that go: so can we, a little earlier.
 */
static int window_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;
	unsigned long end = jiffies + WINDOW_LIMIT;

	if (event != BUS_NOTIFY_UNBOUND_DRIVER || !is_open_for(dev))
		return NOTIFY_DONE;
	device_unlock(dev);
	while (is_open_for(dev) && !READ_ONCE(dev->driver) &&
	       time_before(jiffies, end))
		msleep(20);
	device_lock(dev);
	window[0] = '\0';
	return NOTIFY_DONE;
}

static struct notifier_block window_nb = {
	.notifier_call = window_notify,
	.priority = INT_MIN,	/* after everybody else */
};

static int __init window_init(void)
{
	return bus_register_notifier(&pci_bus_type, &window_nb);
}
module_init(window_init);

static void __exit window_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &window_nb);
}
module_exit(window_exit);

MODULE_DESCRIPTION("A window between unbind and bind, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
