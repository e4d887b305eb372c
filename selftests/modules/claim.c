// SPDX-License-Identifier: GPL-2.0
/*
 * A module that claims BAR 0 of a function, so that no driver's probe can have it:
 * write the function's address to its parameter, an empty line ends it.
 */
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/pci.h>

static struct pci_dev *claimed;

static void release(void)
{
	if (!claimed)
		return;
	pci_release_region(claimed, 0);
	pci_dev_put(claimed);
	claimed = NULL;
}

/* The kernel's lock of the parameters is held */
static int claim_set(const char *value, const struct kernel_param *kp)
{
	unsigned int domain, bus, slot, function;
	struct pci_dev *pdev;
	int ret;

	release();
	if (sysfs_streq(value, ""))
		return 0;
	if (sscanf(value, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus,
					   PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	ret = pci_request_region(pdev, 0, KBUILD_MODNAME);
	if (ret)
		pci_dev_put(pdev);
	else
		claimed = pdev;
	return ret;
}

static const struct kernel_param_ops claim_ops = {
	.set = claim_set,
};
module_param_cb(claim, &claim_ops, NULL, 0200);
MODULE_PARM_DESC(claim, "function whose BAR 0 is to be claimed");

static int __init claim_init(void)
{
	return 0;
}
module_init(claim_init);

static void __exit claim_exit(void)
{
	release();
}
module_exit(claim_exit);

MODULE_DESCRIPTION("Claims a BAR, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
