// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: counts the resets of a bus, and those of them in which
 * others could read and write the configuration of the bridge or of the functions below
 * it at the same time. The kernel says so once in its life, and begins with itself: VFIO
 * resets a function like that when a user opens it.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>

static unsigned int resets;
module_param(resets, uint, 0644);
MODULE_PARM_DESC(resets, "how many there have been");

static unsigned int unlocked;
module_param(unlocked, uint, 0644);
MODULE_PARM_DESC(unlocked, "of these, how many with something unlocked");

static int note_reset(struct kprobe *p, struct pt_regs *regs)
{
	struct pci_dev *bridge = (void *)regs_get_kernel_argument(regs, 0);
	bool locked = bridge->block_cfg_access;
	struct pci_dev *pdev;

	list_for_each_entry(pdev, &bridge->subordinate->devices, bus_list)
		locked &= pdev->block_cfg_access;
	WRITE_ONCE(resets, resets + 1);
	if (!locked)
		WRITE_ONCE(unlocked, unlocked + 1);
	return 0;
}

static struct kprobe resets_probe = {
	.symbol_name	= "pcibios_reset_secondary_bus",
	.pre_handler	= note_reset,
};

static int __init resets_init(void)
{
	return register_kprobe(&resets_probe);
}
module_init(resets_init);

static void __exit resets_exit(void)
{
	unregister_kprobe(&resets_probe);
}
module_exit(resets_exit);

MODULE_DESCRIPTION("Counts bus resets, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
