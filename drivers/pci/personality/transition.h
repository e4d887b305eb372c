/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what the files of a transition share.
 *
 * transition.c         what is checked first, and the ways put together
 * transition_method.c  the bound driver's own way
 * transition_rebind.c  another driver's, which is stock/swap.c's work
 */
#ifndef _PCI_PERSONALITY_TRANSITION_H
#define _PCI_PERSONALITY_TRANSITION_H

#include "personality.h"

/**
 * struct transition - one write's way
 * @p: the function
 * @pdev: the same
 * @group: its IOMMU group, whose turn it is
 * @release: out of VFIO to no driver at all
 * @report: stages and errors
 * @from: the driver bound at the start, pinned, NULL if none
 * @method: what @from offers for VFIO, if it was asked
 */
struct transition {
	struct personality *p;
	struct pci_dev *pdev;
	struct stock_group *group;
	bool release;
	struct personality_report report;
	struct device_driver *from;
	struct personality_method method;
};

#define fail(t, error, ...) \
	personality_report_fail(&(t)->report, error, __VA_ARGS__)

static inline int fail_memory(struct transition *t)
{
	return fail(t, -ENOMEM, "out of memory; try again");
}

static inline void stage(struct transition *t, enum personality_stage stage)
{
	personality_report_stage(&t->report, stage);
}

/* transition.c */
int transition_check_vfs(struct transition *t);
int transition_fail_held(struct transition *t);
int transition_fail_bound_driver(struct transition *t, int error);
int transition_load_backend(struct transition *t);

/* transition_method.c */
int transition_enable_by_method(struct transition *t);
int transition_disable_by_method(struct transition *t);

/* transition_rebind.c */
int transition_enable_by_rebind(struct transition *t, const char *wanted,
				const struct stock_origin *origin);
int transition_disable_by_rebind(struct transition *t);
int transition_release_by_rebind(struct transition *t);

#endif /* _PCI_PERSONALITY_TRANSITION_H */
