// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the selftests, see pf.h: power management. Every callback of a system's
 * sleep is there, says that it was called, and leaves the rest to the PCI core.
 */
#include <linux/pci.h>
#include <linux/pci-personality.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "pf.h"

/* The callbacks of one function are called one after the other */
static int pf_called(struct device *dev, const char *callback)
{
	struct pf *pf = pci_personality_get_drvdata(to_pci_dev(dev));
	size_t used = strlen(pf->pm_calls);

	scnprintf(pf->pm_calls + used, sizeof(pf->pm_calls) - used, "%s%s",
		  used ? " " : "", callback);
	return 0;
}

#define PF_CALLBACK(callback)				\
static int pf_##callback(struct device *dev)		\
{							\
	return pf_called(dev, #callback);		\
}

PF_CALLBACK(suspend)
PF_CALLBACK(resume)
PF_CALLBACK(freeze)
PF_CALLBACK(thaw)
PF_CALLBACK(poweroff)
PF_CALLBACK(restore)
PF_CALLBACK(suspend_late)
PF_CALLBACK(resume_early)
PF_CALLBACK(freeze_late)
PF_CALLBACK(thaw_early)
PF_CALLBACK(poweroff_late)
PF_CALLBACK(restore_early)
PF_CALLBACK(suspend_noirq)
PF_CALLBACK(resume_noirq)
PF_CALLBACK(freeze_noirq)
PF_CALLBACK(thaw_noirq)
PF_CALLBACK(poweroff_noirq)
PF_CALLBACK(restore_noirq)

static int pf_prepare(struct device *dev)
{
	struct pf *pf = pci_personality_get_drvdata(to_pci_dev(dev));

	pf->pm_calls[0] = '\0';
	return pf_called(dev, "prepare");
}

static void pf_complete(struct device *dev)
{
	pf_called(dev, "complete");
}

const struct dev_pm_ops pf_pm_ops = {
	.prepare	= pf_prepare,
	.complete	= pf_complete,
	.suspend	= pf_suspend,
	.resume		= pf_resume,
	.freeze		= pf_freeze,
	.thaw		= pf_thaw,
	.poweroff	= pf_poweroff,
	.restore	= pf_restore,
	.suspend_late	= pf_suspend_late,
	.resume_early	= pf_resume_early,
	.freeze_late	= pf_freeze_late,
	.thaw_early	= pf_thaw_early,
	.poweroff_late	= pf_poweroff_late,
	.restore_early	= pf_restore_early,
	.suspend_noirq	= pf_suspend_noirq,
	.resume_noirq	= pf_resume_noirq,
	.freeze_noirq	= pf_freeze_noirq,
	.thaw_noirq	= pf_thaw_noirq,
	.poweroff_noirq	= pf_poweroff_noirq,
	.restore_noirq	= pf_restore_noirq,
};

static ssize_t pm_calls_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct pf *pf = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", pf->pm_calls);
}
DEVICE_ATTR_RO(pm_calls);
