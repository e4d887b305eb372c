// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: a reader of /proc/bus/pci/devices is preempted between
 * asking for a function's driver and reading its name, for as long as is said. The
 * reader is the process whose pid is written to the parameter.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/string.h>

static int pid;
module_param(pid, int, 0644);
MODULE_PARM_DESC(pid, "the reader");

static char function[32];
module_param_string(function, function, sizeof(function), 0644);
MODULE_PARM_DESC(function, "the function at which it is preempted");

static unsigned int ms;
module_param(ms, uint, 0644);
MODULE_PARM_DESC(ms, "milliseconds that it is preempted for");

static bool waiting;
module_param(waiting, bool, 0444);
MODULE_PARM_DESC(waiting, "it is being preempted now");

static int reader_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct pci_dev *pdev = (void *)regs_get_kernel_argument(regs, 0);

	return task_pid_nr(current) != READ_ONCE(pid) ||
	       !sysfs_streq(pci_name(pdev), function);
}

static int reader_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	WRITE_ONCE(waiting, true);
	mdelay(READ_ONCE(ms));
	WRITE_ONCE(waiting, false);
	return 0;
}

static struct kretprobe reader_probe = {
	.kp.symbol_name	= "pci_dev_driver",
	.entry_handler	= reader_entry,
	.handler	= reader_return,
};

static int __init reader_init(void)
{
	return register_kretprobe(&reader_probe);
}
module_init(reader_init);

static void __exit reader_exit(void)
{
	unregister_kretprobe(&reader_probe);
}
module_exit(reader_exit);

MODULE_DESCRIPTION("A slow reader, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
