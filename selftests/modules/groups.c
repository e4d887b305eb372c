// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: the driver core fails to make the attributes of a
 * driver's functions, after the driver's probe, as it does when memory is short.
 */
#include <linux/device/driver.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

static char driver[64];
module_param_string(driver, driver, sizeof(driver), 0644);
MODULE_PARM_DESC(driver, "name of the driver whose functions get no attributes");

static void set_second_argument(struct pt_regs *regs, unsigned long value)
{
#if defined(CONFIG_X86_64)
	regs->si = value;
#elif defined(CONFIG_ARM64)
	regs->regs[1] = value;
#endif
}

/* device_add_groups(dev, groups): if it is that of a probe, there are none to be made */
static int groups_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct device *dev = (void *)regs_get_kernel_argument(regs, 0);
	const void *groups = (void *)regs_get_kernel_argument(regs, 1);

	/* What does not return 0 here is let alone */
	if (dev->bus != &pci_bus_type || !dev->driver ||
	    groups != dev->driver->dev_groups ||
	    !sysfs_streq(dev->driver->name, driver))
		return 1;
	/* Nobody would remove them */
	set_second_argument(regs, 0);
	return 0;
}

static int groups_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, -ENOMEM);
	return 0;
}

static struct kretprobe groups_probe = {
	.kp.symbol_name	= "device_add_groups",
	.entry_handler	= groups_entry,
	.handler	= groups_return,
};

static int __init groups_init(void)
{
	return register_kretprobe(&groups_probe);
}
module_init(groups_init);

static void __exit groups_exit(void)
{
	unregister_kretprobe(&groups_probe);
}
module_exit(groups_exit);

MODULE_DESCRIPTION("Functions whose attributes cannot be made, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
