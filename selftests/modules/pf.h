/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for the selftests, not for use: the physical function of Intel's 82576.
 *
 * pf.c     the driver
 * pf_pm.c  its power management, all that there can be
 */
#ifndef _PF_H
#define _PF_H

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/pm.h>

/**
 * struct pf - a function
 * @pdev: the same
 * @held: what is held of it, PF_ENABLED and so on
 * @regs: BAR 0, if that is held
 * @irq: of the vector, if that is held
 * @interrupted: by the function
 * @pm_calls: callbacks of power management since prepare
 */
struct pf {
	struct pci_dev *pdev;
	unsigned int held;
	void __iomem *regs;
	int irq;
	struct completion interrupted;
	char pm_calls[128];
};

extern const struct dev_pm_ops pf_pm_ops;
extern struct device_attribute dev_attr_pm_calls;

#endif /* _PF_H */
