// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: nobody can claim the DMA ownership of an IOMMU group, for
 * lack of memory, say, which the drivers of the lab's IOMMUs do not need for it.
 */
#include <linux/iommu.h>
#include <linux/module.h>

#include "divert.h"

static int error;
module_param(error, int, 0644);
MODULE_PARM_DESC(error, "errno that the claim of a group fails with");

/* Called in place of the kernel's */
static int claim_fails(struct iommu_group *group, void *owner)
{
	return -READ_ONCE(error);
}

static int claim_begins(struct kprobe *probe, struct pt_regs *regs)
{
	if (!READ_ONCE(error))
		return 0;
	instruction_pointer_set(regs, (unsigned long)claim_fails);
	return 1;
}

static struct kprobe claim_probe = {
	.symbol_name = "iommu_group_claim_dma_owner",
	.pre_handler = claim_begins,
	.post_handler = divert_not_by_jump,
};

static int __init unclaimed_init(void)
{
	return register_kprobe(&claim_probe);
}
module_init(unclaimed_init);

static void __exit unclaimed_exit(void)
{
	unregister_kprobe(&claim_probe);
}
module_exit(unclaimed_exit);

MODULE_DESCRIPTION("IOMMU groups that cannot be claimed, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
