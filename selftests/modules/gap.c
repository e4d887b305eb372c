// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: the moments around a bind or an unbind in which nobody holds
 * device_lock, made long enough for somebody else to do something in them.
 *
 * While the parameter before_unbind or before_bind names a function, whoever in the kernel
 * is to unbind its driver, or to bind a certain one, does not begin; while after_bind does,
 * what came of a bind is not told. A write to a driver's unbind, or to drivers_probe, is
 * not held.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "divert.h"

#define GAP_LIMIT	(60 * HZ)
#define GAP_POLL_MS	20

static char before_unbind[16];
module_param_string(before_unbind, before_unbind, sizeof(before_unbind), 0644);
MODULE_PARM_DESC(before_unbind, "function whose driver is not unbound yet");

static char before_bind[16];
module_param_string(before_bind, before_bind, sizeof(before_bind), 0644);
MODULE_PARM_DESC(before_bind, "function that no driver is bound to yet");

static char after_bind[16];
module_param_string(after_bind, after_bind, sizeof(after_bind), 0644);
MODULE_PARM_DESC(after_bind, "function of which a bind is not over yet");

static bool held;
module_param(held, bool, 0444);
MODULE_PARM_DESC(held, "somebody waits");

/* Who is in the kernel's own function now, by way of ours */
static struct task_struct *inside;

/* A test that has died must not keep the function for good */
static void hold(char *name, const struct device *dev)
{
	unsigned long end = jiffies + GAP_LIMIT;

	if (!sysfs_streq(name, dev_name(dev)))
		return;
	WRITE_ONCE(held, true);
	while (sysfs_streq(name, dev_name(dev)) && time_before(jiffies, end))
		msleep(GAP_POLL_MS);
	name[0] = '\0';
	WRITE_ONCE(held, false);
}

/* These are called in place of the kernel's, in whose context they may sleep */
static void unbind_late(struct device *dev)
{
	hold(before_unbind, dev);
	device_release_driver(dev);
}

static int bind_late(const struct device_driver *drv, struct device *dev)
{
	int ret;

	hold(before_bind, dev);
	WRITE_ONCE(inside, current);
	ret = device_driver_attach(drv, dev);
	WRITE_ONCE(inside, NULL);
	hold(after_bind, dev);
	return ret;
}

static int unbind_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct device *dev = (void *)regs_get_kernel_argument(regs, 0);

	if (!sysfs_streq(before_unbind, dev_name(dev)))
		return 0;
	instruction_pointer_set(regs, (unsigned long)unbind_late);
	return 1;
}

static int bind_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct device *dev = (void *)regs_get_kernel_argument(regs, 1);

	if (READ_ONCE(inside) == current ||
	    (!sysfs_streq(before_bind, dev_name(dev)) &&
	     !sysfs_streq(after_bind, dev_name(dev))))
		return 0;
	instruction_pointer_set(regs, (unsigned long)bind_late);
	return 1;
}

static struct kprobe unbind_probe = {
	.symbol_name	= "device_release_driver",
	.pre_handler	= unbind_begins,
	.post_handler	= divert_not_by_jump,
};

static struct kprobe bind_probe = {
	.symbol_name	= "device_driver_attach",
	.pre_handler	= bind_begins,
	.post_handler	= divert_not_by_jump,
};

static struct kprobe *probes[] = { &unbind_probe, &bind_probe };

static int __init gap_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}
module_init(gap_init);

static void __exit gap_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}
module_exit(gap_exit);

MODULE_DESCRIPTION("A gap before unbind and bind, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
