// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the selftests, not for use: the physical function of Intel's
 * 82576, with a VFIO personality of its own.
 *
 * It is the least that there can be: no runtime PM, no power management unless it is
 * asked for, see pf_pm.c, one module for both personalities. Its native function makes
 * VFs and answers with an interrupt when it is asked to. It has no ids, so that it binds
 * only where driver_override names it; and it can be told to forget to stop something.
 */
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vfio_pci_personality.h>

#include "pf.h"

/* BAR 0; the names are Intel's */
#define PF_BAR		0
#define PF_GPIE		0x1514
#define   PF_GPIE_MSIX	  BIT(4)
#define PF_EICS		0x1520
#define PF_EIMS		0x1524
#define PF_EIMC		0x1528
#define PF_EICR		0x1580
#define   PF_VECTOR_0	  BIT(0)

#define PF_TIMEOUT_MS	5000

/* What is held of the function */
#define PF_ENABLED	BIT(0)
#define PF_REGION	BIT(1)
#define PF_VECTOR	BIT(2)

static unsigned int forget;
module_param(forget, uint, 0644);
MODULE_PARM_DESC(forget, "what stop leaves held: 1 the enable, 2 the BAR, 4 the vector");

static int vf_vectors;
module_param(vf_vectors, int, 0644);
MODULE_PARM_DESC(vf_vectors, "how many vectors the driver was last asked to give a VF");

static irqreturn_t pf_interrupt(int irq, void *data)
{
	struct pf *pf = data;

	writel(PF_VECTOR_0, pf->regs + PF_EICR);
	complete(&pf->interrupted);
	return IRQ_HANDLED;
}

static void pf_give_back(struct pf *pf, unsigned int what)
{
	struct pci_dev *pdev = pf->pdev;

	if (pf->held & PF_REGION)
		writel(PF_VECTOR_0, pf->regs + PF_EIMC);
	what &= pf->held;
	if (what & PF_VECTOR) {
		free_irq(pf->irq, pf);
		pci_free_irq_vectors(pdev);
	}
	if (what & PF_REGION) {
		pci_iounmap(pdev, pf->regs);
		pci_release_region(pdev, PF_BAR);
	}
	if (what & PF_ENABLED) {
		pci_clear_master(pdev);
		pci_disable_device(pdev);
	}
	pf->held &= ~what;
}

static int pf_take_region(struct pf *pf)
{
	int ret = pci_request_region(pf->pdev, PF_BAR, "pf");

	if (ret)
		return ret;
	pf->regs = pci_iomap(pf->pdev, PF_BAR, 0);
	if (pf->regs)
		return 0;
	pci_release_region(pf->pdev, PF_BAR);
	return -ENOMEM;
}

static int pf_take_vector(struct pf *pf)
{
	int ret = pci_alloc_irq_vectors(pf->pdev, 1, 1, PCI_IRQ_MSIX);

	if (ret < 0)
		return ret;
	pf->irq = pci_irq_vector(pf->pdev, 0);
	ret = request_irq(pf->irq, pf_interrupt, 0, "pf", pf);
	if (ret)
		pci_free_irq_vectors(pf->pdev);
	return ret;
}

static int pf_up(struct pf *pf)
{
	int ret;

	/* What stop forgot */
	pf_give_back(pf, ~0);

	ret = pci_enable_device_mem(pf->pdev);
	if (ret)
		return ret;
	pf->held |= PF_ENABLED;
	pci_set_master(pf->pdev);
	ret = pf_take_region(pf);
	if (ret)
		goto out_give_back;
	pf->held |= PF_REGION;
	ret = pf_take_vector(pf);
	if (ret)
		goto out_give_back;
	pf->held |= PF_VECTOR;
	return 0;

out_give_back:
	pf_give_back(pf, ~0);
	return ret;
}

/* Reads 1 if the device interrupts */
static ssize_t answers_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct pf *pf = dev_get_drvdata(dev);
	unsigned long left;

	reinit_completion(&pf->interrupted);
	writel(PF_GPIE_MSIX, pf->regs + PF_GPIE);
	writel(PF_VECTOR_0, pf->regs + PF_EIMS);
	writel(PF_VECTOR_0, pf->regs + PF_EICS);
	left = wait_for_completion_timeout(&pf->interrupted,
					   msecs_to_jiffies(PF_TIMEOUT_MS));
	return sysfs_emit(buf, "%d\n", !!left);
}
static DEVICE_ATTR_RO(answers);

static struct attribute *pf_attrs[] = {
	&dev_attr_answers.attr,
	&dev_attr_pm_calls.attr,
	NULL
};
ATTRIBUTE_GROUPS(pf);

static int pf_or_held(struct device *dev, void *held)
{
	struct pf *pf;

	device_lock(dev);
	pf = pci_personality_get_drvdata(to_pci_dev(dev));
	if (pf)
		*(unsigned int *)held |= pf->held;
	device_unlock(dev);
	return 0;
}

/* What is held of the function: the driver's to know in either personality */
static ssize_t held_show(struct device_driver *drv, char *buf)
{
	unsigned int held = 0;
	int ret = driver_for_each_device(drv, NULL, &held, pf_or_held);

	return ret ?: sysfs_emit(buf, "%u\n", held);
}
static DRIVER_ATTR_RO(held);

static struct attribute *pf_driver_attrs[] = {
	&driver_attr_held.attr,
	NULL
};
ATTRIBUTE_GROUPS(pf_driver);

static int pf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pf *pf = kzalloc(sizeof(*pf), GFP_KERNEL);
	int ret;

	if (!pf)
		return -ENOMEM;
	pf->pdev = pdev;
	init_completion(&pf->interrupted);
	pci_set_drvdata(pdev, pf);
	ret = pf_up(pf);
	if (ret)
		kfree(pf);
	return ret;
}

static void pf_remove(struct pci_dev *pdev)
{
	struct pf *pf = pci_get_drvdata(pdev);

	pci_disable_sriov(pdev);
	pf_give_back(pf, ~0);
	kfree(pf);
}

/* Whoever makes a VF's vectors of a PF's has to know that PF */
static int pf_set_msix_vec_count(struct pci_dev *vf, int count)
{
	WRITE_ONCE(vf_vectors, count);
	return 0;
}

static int pf_stop(struct pci_dev *pdev)
{
	pf_give_back(pci_get_drvdata(pdev), ~READ_ONCE(forget));
	return 0;
}

static int pf_start(struct pci_dev *pdev)
{
	return pf_up(pci_get_drvdata(pdev));
}

static const struct vfio_device_ops pf_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	VFIO_PCI_PERSONALITY_DEVICE_IO
};

static struct vfio_pci_core_device *pf_create(struct pci_dev *pdev)
{
	return vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &pf_device_ops);
}

static const struct vfio_pci_personality_ops pf_vfio_ops = {
	.stop			= pf_stop,
	.start			= pf_start,
	.create			= pf_create,
	.sriov_configure	= vfio_pci_personality_sriov_configure,
};

static int pf_enable_vfio(struct pci_dev *pdev)
{
	return vfio_pci_personality_enable(pdev, &pf_vfio_ops);
}

static const struct pci_vfio_ops pf_pci_vfio_ops = {
	.enable_vfio	= pf_enable_vfio,
	.disable_vfio	= vfio_pci_personality_disable,
};

static const struct pci_personality_ops pf_personality_ops = {
	.vfio = &pf_pci_vfio_ops,
};

static const struct pci_device_id pf_ids[] = {
	{ }
};

static struct pci_driver pf_driver = {
	.name				= "personality-test-pf",
	.id_table			= pf_ids,
	.probe				= pf_probe,
	.remove				= pf_remove,
	.sriov_configure		= pci_sriov_configure_simple,
	.sriov_set_msix_vec_count	= pf_set_msix_vec_count,
	.groups				= pf_driver_groups,
	.dev_groups			= pf_groups,
};

static int pf_set_pm(const char *value, const struct kernel_param *param)
{
	bool pm;
	int ret = kstrtobool(value, &pm);

	if (!ret)
		pf_driver.driver.pm = pm ? &pf_pm_ops : NULL;
	return ret;
}

static const struct kernel_param_ops pf_pm_param = {
	.set = pf_set_pm,
};

module_param_cb(pm, &pf_pm_param, NULL, 0200);
MODULE_PARM_DESC(pm, "have power management, for functions to be bound from now on");

module_pci_personality_driver(pf_driver, &pf_personality_ops);

MODULE_DESCRIPTION("A driver for the selftests of the personality switch: a PF with a method");
MODULE_LICENSE("GPL");
