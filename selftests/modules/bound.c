// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests, see bound.h: the drivers, which differ in the callbacks
 * that they have, and the native function.
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "bound.h"

#define BOUND_BAR	0

static LIST_HEAD(bounds);
static DEFINE_SPINLOCK(bounds_lock);

/**
 * bound_start() - the native function begins
 * @bound: the function, stopped
 *
 * Return: 0 or a negative errno.
 */
int bound_start(struct bound *bound)
{
	struct pci_dev *pdev = bound->pdev;
	int ret = pci_enable_device_mem(pdev);

	if (ret)
		return ret;
	ret = pci_request_region(pdev, BOUND_BAR, "bound");
	if (ret)
		goto out_disable;
	bound->regs = pci_iomap(pdev, BOUND_BAR, 0);
	if (!bound->regs) {
		ret = -ENOMEM;
		goto out_release;
	}
	pci_set_master(pdev);
	return 0;

out_release:
	pci_release_region(pdev, BOUND_BAR);
out_disable:
	pci_disable_device(pdev);
	return ret;
}

/**
 * bound_stop() - the native function ends, and gives everything back
 * @bound: the function, stopped or not
 */
void bound_stop(struct bound *bound)
{
	struct pci_dev *pdev = bound->pdev;

	if (!bound->regs)
		return;
	pci_clear_master(pdev);
	pci_iounmap(pdev, bound->regs);
	bound->regs = NULL;
	pci_release_region(pdev, BOUND_BAR);
	pci_disable_device(pdev);
}

/**
 * bound_manner() - how a function is that one of our callbacks is called for
 * @pdev: the function
 *
 * Return: what is to be said of it: nothing if it is as it has to be, ":stopped" if
 * there is nothing of the hardware that a callback might use, ":unprobed" if the driver
 * has never seen it, ":foreign" if drvdata is somebody else's.
 */
const char *bound_manner(struct pci_dev *pdev)
{
	void *drvdata = pci_get_drvdata(pdev);
	struct bound *bound;

	if (!drvdata)
		return ":unprobed";
	guard(spinlock)(&bounds_lock);
	list_for_each_entry(bound, &bounds, node)
		if (bound == drvdata)
			return bound->regs ? "" : ":stopped";
	return ":foreign";
}

/* Reads 1 if the hardware answers */
static ssize_t alive_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct bound *bound = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", readl(bound->regs) != ~0U);
}
static DEVICE_ATTR_RO(alive);

/* Reads 1 if there is what a slot_reset would restore */
static ssize_t saved_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", to_pci_dev(dev)->state_saved);
}
static DEVICE_ATTR_RO(saved);

static struct attribute *bound_attrs[] = {
	&dev_attr_alive.attr,
	&dev_attr_saved.attr,
	NULL
};
ATTRIBUTE_GROUPS(bound);

static int bound_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bound *bound = kzalloc(sizeof(*bound), GFP_KERNEL);
	int ret;

	if (!bound)
		return -ENOMEM;
	bound->pdev = pdev;
	ret = bound_start(bound);
	if (ret) {
		kfree(bound);
		return ret;
	}
	/* As many do once, and never again */
	pci_save_state(pdev);
	pci_set_drvdata(pdev, bound);
	scoped_guard(spinlock, &bounds_lock)
		list_add(&bound->node, &bounds);
	/* Ours is the reference that the PCI core took */
	pm_runtime_put_noidle(&pdev->dev);
	return 0;
}

static int bound_vf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret;

	if (pci_personality_birth(pdev, &ret))
		return ret;
	return bound_probe(pdev, id);
}

static void bound_remove(struct pci_dev *pdev)
{
	struct bound *bound = pci_get_drvdata(pdev);

	bound_called(pdev, "remove");
	pci_disable_sriov(pdev);
	pm_runtime_get_noresume(&pdev->dev);
	bound_stop(bound);
	scoped_guard(spinlock, &bounds_lock)
		list_del(&bound->node);
	kfree(bound);
}

static const struct pci_device_id no_ids[] = {
	{ }
};

#define BOUND_DRIVER(called)			\
	.name		= called,		\
	.id_table	= no_ids,		\
	.probe		= bound_probe,		\
	.remove		= bound_remove,		\
	.dev_groups	= bound_groups

/* As drivers are, with whatever there is to call */
static struct pci_driver bound_driver = {
	BOUND_DRIVER("personality-test-bound"),
	.shutdown			= bound_shutdown,
	.sriov_configure		= bound_sriov_configure,
	.sriov_get_vf_total_msix	= bound_get_vf_total_msix,
	.sriov_set_msix_vec_count	= bound_set_msix_vec_count,
	.err_handler			= &bound_err_handler,
	.driver.pm			= &bound_pm_ops,
};

/* As some still are */
static struct pci_driver bound_legacy_driver = {
	BOUND_DRIVER("personality-test-legacy"),
	.suspend	= bound_legacy_suspend,
	.resume		= bound_legacy_resume,
};

/* These two the core reaches in ways in which nothing can stand */
static struct pci_driver bound_coredump_driver = {
	BOUND_DRIVER("personality-test-coredump"),
	.driver.coredump	= bound_coredump,
};

static struct pci_driver bound_sync_state_driver = {
	BOUND_DRIVER("personality-test-sync-state"),
	.driver.sync_state	= bound_sync_state,
};

/* This one leaves its group to users already */
static struct pci_driver bound_managed_driver = {
	BOUND_DRIVER("personality-test-managed"),
	.driver_managed_dma	= true,
};

/* Some of its functions have a VFIO personality, others have not */
static struct pci_driver bound_partly_driver = {
	BOUND_DRIVER("personality-test-partly"),
};

/* The one with ids: of VFs, that begin in VFIO where that is wished */
static struct pci_driver bound_vf_driver = {
	.name		= "personality-test-vf",
	.id_table	= bound_vf_ids,
	.probe		= bound_vf_probe,
	.remove		= bound_remove,
	.dev_groups	= bound_groups,
};

static const struct {
	struct pci_driver *driver;
	const struct pci_personality_ops *ops;
} bound_drivers[] = {
	{ &bound_driver, &bound_personality_ops },
	{ &bound_legacy_driver, &bound_personality_ops },
	{ &bound_coredump_driver, &bound_personality_ops },
	{ &bound_sync_state_driver, &bound_personality_ops },
	{ &bound_managed_driver, &bound_personality_ops },
	{ &bound_partly_driver, &bound_partly_personality_ops },
	{ &bound_vf_driver, &bound_vf_personality_ops },
};

static void unregister_first(unsigned int count)
{
	while (count--)
		pci_personality_unregister_driver(bound_drivers[count].driver,
						  bound_drivers[count].ops);
}

static int __init bound_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(bound_drivers); i++) {
		ret = pci_personality_register_driver(bound_drivers[i].driver,
						      bound_drivers[i].ops);
		if (ret) {
			unregister_first(i);
			return ret;
		}
	}
	return 0;
}
module_init(bound_init);

static void __exit bound_exit(void)
{
	unregister_first(ARRAY_SIZE(bound_drivers));
}
module_exit(bound_exit);

MODULE_DESCRIPTION("Drivers that stay bound, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
