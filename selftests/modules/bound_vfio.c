// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests, see bound.h: the VFIO personality.
 *
 * The parameter instead names callbacks and what each returns instead of doing its
 * work: "start -5 create 0". That the driver keeps the promises of its callbacks is
 * nothing that others can rely on.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/vfio_pci_personality.h>

#include <compat/vfio_pci_pm.h>

#include "bound.h"

static struct {
	char callback[16];
	int result;
} breaches[4];
static DEFINE_MUTEX(breaches_lock);

static int instead_set(const char *value, const struct kernel_param *kp)
{
	unsigned int i;
	int length;

	guard(mutex)(&breaches_lock);
	memset(breaches, 0, sizeof(breaches));
	value = skip_spaces(value);
	for (i = 0; *value && i < ARRAY_SIZE(breaches); i++) {
		if (sscanf(value, "%15s %d%n", breaches[i].callback,
			   &breaches[i].result, &length) != 2)
			return -EINVAL;
		value = skip_spaces(value + length);
	}
	return *value ? -E2BIG : 0;
}

static const struct kernel_param_ops instead_ops = {
	.set = instead_set,
};
module_param_cb(instead, &instead_ops, NULL, 0200);
MODULE_PARM_DESC(instead, "callbacks that do nothing but return a value");

static bool breaks_its_word(const char *callback, int *result)
{
	unsigned int i;

	guard(mutex)(&breaches_lock);
	for (i = 0; i < ARRAY_SIZE(breaches); i++) {
		if (strcmp(breaches[i].callback, callback))
			continue;
		*result = breaches[i].result;
		return true;
	}
	return false;
}

static int bound_vfio_stop(struct pci_dev *pdev)
{
	int ret = 0;

	bound_called(pdev, "stop");
	if (!breaks_its_word("stop", &ret))
		bound_stop(pci_get_drvdata(pdev));
	return ret;
}

static int bound_vfio_start(struct pci_dev *pdev)
{
	int ret;

	bound_called(pdev, "start");
	if (breaks_its_word("start", &ret))
		return ret;
	return bound_start(pci_get_drvdata(pdev));
}

static const struct vfio_device_ops bound_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	VFIO_PCI_PERSONALITY_DEVICE_IO
};

static struct vfio_pci_core_device *bound_vfio_create(struct pci_dev *pdev)
{
	int ret;

	bound_called(pdev, "create");
	if (breaks_its_word("create", &ret))
		return ERR_PTR(ret);
	return vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &bound_device_ops);
}

static const struct vfio_pci_personality_ops bound_vfio_ops = {
	.stop	= bound_vfio_stop,
	.start	= bound_vfio_start,
	.create	= bound_vfio_create,
};

/*
 * VFIO does not look whether a function is idle, but as long as a personality's power
 * management is called it could. Where that is, this is added: in the function's role, if
 * the PCI core knows one, or else in the driver, where VFIO leaves its own.
 */
#ifdef PERSONALITY_HAVE_VFIO_PCI_PM_OPS
static const struct dev_pm_ops **pm_of(struct pci_dev *pdev)
{
	/* What the PCI core only reads is the switch's memory */
	return (const struct dev_pm_ops **)&pdev->role->pm;
}
#else
static const struct dev_pm_ops **pm_of(struct pci_dev *pdev)
{
	return &pdev->driver->driver.pm;
}
#endif

static void add_idle(struct pci_dev *pdev)
{
	static struct dev_pm_ops pm;

	pm = **pm_of(pdev);
	pm.runtime_idle = bound_vfio_runtime_idle;
	WRITE_ONCE(*pm_of(pdev), &pm);
}

static int bound_enable_vfio(struct pci_dev *pdev)
{
	int ret;

	if (breaks_its_word("enable_vfio", &ret))
		return ret;
	ret = vfio_pci_personality_enable(pdev, &bound_vfio_ops);
	if (!ret && pdev->driver->driver.pm)
		add_idle(pdev);
	return ret;
}

static int bound_disable_vfio(struct pci_dev *pdev)
{
	int ret;

	if (breaks_its_word("disable_vfio", &ret))
		return ret;
	return vfio_pci_personality_disable(pdev);
}

static const struct pci_vfio_ops bound_pci_vfio_ops = {
	.enable_vfio	= bound_enable_vfio,
	.disable_vfio	= bound_disable_vfio,
};

const struct pci_personality_ops bound_personality_ops = {
	.vfio = &bound_pci_vfio_ops,
};

/* QEMU's edu */
static const struct pci_device_id bound_partly_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};

static const struct pci_vfio_ops bound_partly_vfio_ops = {
	.enable_vfio	= bound_enable_vfio,
	.disable_vfio	= bound_disable_vfio,
	.ids		= bound_partly_ids,
};

const struct pci_personality_ops bound_partly_personality_ops = {
	.vfio = &bound_partly_vfio_ops,
};

/* The VFs of Intel's 82576 */
const struct pci_device_id bound_vf_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x10ca) },
	{ }
};

static const struct pci_vfio_ops bound_vf_vfio_ops = {
	.enable_vfio	= bound_enable_vfio,
	.disable_vfio	= bound_disable_vfio,
	.vf_birth	= bound_vf_ids,
};

const struct pci_personality_ops bound_vf_personality_ops = {
	.vfio = &bound_vf_vfio_ops,
};
