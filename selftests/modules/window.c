// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: the moment after a driver's unbind, or after its bind, made
 * long enough for somebody else to bind another driver in it.
 *
 * While the parameter window names a function, whoever unbinds its driver does not go
 * on before another one is bound, or something else is written to it. Then it is empty.
 * The parameter bound_window does the same for who binds a driver, until another one is.
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

static char bound_window[16];
module_param_string(bound_window, bound_window, sizeof(bound_window), 0644);
MODULE_PARM_DESC(bound_window, "function that another driver is bound to before a bind is over");

/*
 * The driver core holds device_lock around its last word on an unbind or a bind, after
 * which it does nothing to the function but to let that go: so can we, a little earlier.
 * @was: the driver that is bound before somebody else comes
 */
static void hold_open(struct device *dev, char *name, const struct device_driver *was)
{
	static bool is_held;
	unsigned long end = jiffies + WINDOW_LIMIT;

	/* Who comes meanwhile is not held in turn */
	if (is_held || !sysfs_streq(name, dev_name(dev)))
		return;
	is_held = true;
	device_unlock(dev);
	while (sysfs_streq(name, dev_name(dev)) && time_before(jiffies, end)) {
		const struct device_driver *drv = READ_ONCE(dev->driver);

		if (drv && drv != was)
			break;
		msleep(20);
	}
	device_lock(dev);
	name[0] = '\0';
	is_held = false;
}

static int window_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	if (event == BUS_NOTIFY_UNBOUND_DRIVER)
		hold_open(dev, window, NULL);
	else if (event == BUS_NOTIFY_BOUND_DRIVER)
		hold_open(dev, bound_window, dev->driver);
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
