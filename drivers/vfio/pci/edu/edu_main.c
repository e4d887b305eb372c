// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A driver with a VFIO personality
 *
 * This drives QEMU's edu device (-device edu), which computes factorials and
 * has a buffer of 4096 bytes, reached by DMA. It is the example for drivers that
 * want to lend their functions to VFIO and stay bound: no more than a driver
 * needs, but nothing left out that one needs.
 *
 * The native driver, edu.ko, links nothing of VFIO. Three things make it ready:
 *
 * * Starting and stopping the hardware is a pair of functions of its own, which
 *   probe and remove use and the VFIO personality as well (edu_hw.c).
 *
 * * /dev/eduN is there from probe to remove. A request on a stopped function
 *   fails with EBUSY.
 *
 * * A request finds struct edu through its file. In the VFIO personality drvdata
 *   is not ours; but then neither a callback nor an attribute of the driver can
 *   be called, so that these may use it. remove is called with drvdata ours
 *   again and the function stopped.
 *
 * Slices of the function for VFIO, beside the native one, are another module's.
 *
 * This file binds to a function: probe, remove, power, errors, attributes. It
 * may touch struct edu as the others do, and the hardware through edu_hw.c.
 */
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "edu.h"

/* Idle this long, the device sleeps; power/autosuspend_delay_ms changes it */
#define EDU_AUTOSUSPEND_MS	500

static void edu_free(struct kref *ref)
{
	kfree(container_of(ref, struct edu, ref));
}

/**
 * edu_put() - give a reference to a device back
 * @edu: the device, perhaps gone after this
 */
void edu_put(struct edu *edu)
{
	kref_put(&edu->ref, edu_free);
}

static void edu_slices_release(struct device *dev)
{
	edu_put(container_of(dev, struct edu, slices.dev));
}

/* Slices of the function for VFIO are the business of who binds to this, edu-slice.ko */
static int edu_slices_add(struct edu *edu)
{
	struct auxiliary_device *adev = &edu->slices;
	int ret;

	if (!IS_ENABLED(CONFIG_AUXILIARY_BUS))
		return 0;
	adev->name = "slices";
	adev->id = edu->number;
	adev->dev.parent = &edu->pdev->dev;
	adev->dev.release = edu_slices_release;
	ret = auxiliary_device_init(adev);
	if (ret)
		return ret;
	kref_get(&edu->ref);
	ret = auxiliary_device_add(adev);
	if (ret)
		auxiliary_device_uninit(adev);
	return ret;
}

/* Waits for their users */
static void edu_slices_remove(struct edu *edu)
{
	if (!IS_ENABLED(CONFIG_AUXILIARY_BUS))
		return;
	auxiliary_device_delete(&edu->slices);
	auxiliary_device_uninit(&edu->slices);
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct edu *edu;
	int ret;

	edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	kref_init(&edu->ref);
	mutex_init(&edu->lock);
	init_completion(&edu->done);
	edu->pdev = pdev;
	edu->vfio_revision = pdev->revision;
	edu->vfio_migration = true;
	pci_set_drvdata(pdev, edu);

	ret = edu_hw_start(edu);
	if (ret)
		goto out_put;
	ret = edu_chrdev_add(edu);
	if (ret)
		goto out_remove;
	ret = edu_slices_add(edu);
	if (ret)
		goto out_remove_chrdev;

	/* Ours is the reference the PCI core took; power/control allows more */
	pm_runtime_set_autosuspend_delay(dev, EDU_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_mark_last_busy(dev);
	pm_runtime_put_autosuspend(dev);
	return 0;

out_remove_chrdev:
	edu_chrdev_remove(edu);
out_remove:
	edu_hw_remove(edu);
out_put:
	edu_put(edu);
	return ret;
}

/* The function may be in another personality than the native one: stopped */
static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	edu_slices_remove(edu);
	edu_chrdev_remove(edu);
	edu_hw_remove(edu);
	pm_runtime_get_noresume(&pdev->dev);
	pm_runtime_dont_use_autosuspend(&pdev->dev);
	edu_put(edu);
}

static void edu_shutdown(struct pci_dev *pdev)
{
	edu_hw_remove(pci_get_drvdata(pdev));
}

static int edu_suspend(struct device *dev)
{
	edu_hw_sleep(dev_get_drvdata(dev));
	return 0;
}

static int edu_resume(struct device *dev)
{
	edu_hw_wake(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_RUNTIME_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume, NULL);

static pci_ers_result_t edu_error_detected(struct pci_dev *pdev,
					   pci_channel_state_t state)
{
	edu_hw_pause(pci_get_drvdata(pdev));
	return state == pci_channel_io_perm_failure ?
	       PCI_ERS_RESULT_DISCONNECT : PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t edu_slot_reset(struct pci_dev *pdev)
{
	pci_restore_state(pdev);
	pci_set_master(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void edu_reset_prepare(struct pci_dev *pdev)
{
	edu_hw_pause(pci_get_drvdata(pdev));
}

static void edu_reset_done(struct pci_dev *pdev)
{
	edu_hw_unpause(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers edu_err_handler = {
	.error_detected	= edu_error_detected,
	.slot_reset	= edu_slot_reset,
	.resume		= edu_reset_done,
	.reset_prepare	= edu_reset_prepare,
	.reset_done	= edu_reset_done,
};

static ssize_t operations_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lld\n", atomic64_read(&edu->operations));
}
static DEVICE_ATTR_RO(operations);

static struct attribute *edu_attrs[] = {
	&dev_attr_operations.attr,
	NULL
};

static const struct attribute_group edu_group = {
	.attrs = edu_attrs,
};

/*
 * vfio/: what the vfio_device will be like. It is created by the change of
 * personality, so whatever there is to choose must be chosen before, and here.
 */
static ssize_t revision_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%02x\n", READ_ONCE(edu->vfio_revision));
}

static ssize_t revision_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct edu *edu = dev_get_drvdata(dev);
	u8 revision;
	int ret = kstrtou8(buf, 0, &revision);

	if (ret)
		return ret;
	WRITE_ONCE(edu->vfio_revision, revision);
	return count;
}
static DEVICE_ATTR_RW(revision);

static ssize_t migration_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", READ_ONCE(edu->vfio_migration));
}

static ssize_t migration_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	struct edu *edu = dev_get_drvdata(dev);
	bool migration;
	int ret = kstrtobool(buf, &migration);

	if (ret)
		return ret;
	WRITE_ONCE(edu->vfio_migration, migration);
	return count;
}
static DEVICE_ATTR_RW(migration);

static struct attribute *edu_vfio_attrs[] = {
	&dev_attr_migration.attr,
	&dev_attr_revision.attr,
	NULL
};

static const struct attribute_group edu_vfio_group = {
	.name = "vfio",
	.attrs = edu_vfio_attrs,
};

static const struct attribute_group *edu_groups[] = {
	&edu_group,
	&edu_vfio_group,
	NULL
};

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name		= "edu",
	.id_table	= edu_ids,
	.probe		= edu_probe,
	.remove		= edu_remove,
	.shutdown	= edu_shutdown,
	.err_handler	= &edu_err_handler,
	.dev_groups	= edu_groups,
	.driver.pm	= pm_ptr(&edu_pm_ops),
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("QEMU's edu device, the example of a driver with a VFIO personality");
MODULE_LICENSE("GPL");
