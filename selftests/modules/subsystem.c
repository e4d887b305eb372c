// SPDX-License-Identifier: GPL-2.0
/*
 * A module that changes what the kernel takes a function's subsystem for, until the
 * function is deleted: write "<address> <vendor>:<device>" to its parameter. QEMU has
 * no property for that.
 */
#include <linux/module.h>
#include <linux/pci.h>

static int pretend_set(const char *value, const struct kernel_param *kp)
{
	unsigned int domain, bus, slot, function, vendor, device;
	struct pci_dev *pdev;

	if (sscanf(value, "%x:%x:%x.%x %x:%x", &domain, &bus, &slot, &function,
		   &vendor, &device) != 6)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	device_lock(&pdev->dev);
	pdev->subsystem_vendor = vendor;
	pdev->subsystem_device = device;
	device_unlock(&pdev->dev);
	pci_dev_put(pdev);
	return 0;
}

static const struct kernel_param_ops pretend_ops = {
	.set = pretend_set,
};
module_param_cb(pretend, &pretend_ops, NULL, 0200);
MODULE_PARM_DESC(pretend, "function, and the subsystem it shall have");

MODULE_DESCRIPTION("Another subsystem for a function, for the selftests");
MODULE_LICENSE("GPL");
