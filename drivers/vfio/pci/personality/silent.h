/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test builds: the module has parameters that say after how many register reads a
 * device that can be migrated falls silent, and for how many: what is read is all ones,
 * as of one that was pulled out, or whose link is down for a moment. No emulated device
 * can be made to do that.
 */
#ifndef _VFIO_PCI_PERSONALITY_SILENT_H
#define _VFIO_PCI_PERSONALITY_SILENT_H

#include <linux/moduleparam.h>
#include <linux/types.h>

#ifdef CONFIG_VFIO_PCI_PERSONALITY_TEST
/* Negative: never, and for good. Tests have one function open, whose lock is held */
static int silent_after = -1;
module_param(silent_after, int, 0600);
MODULE_PARM_DESC(silent_after, "reads of a register until all are ones");

static int silent_for = -1;
module_param(silent_for, int, 0600);
MODULE_PARM_DESC(silent_for, "reads that are ones then");

static bool is_silent(void)
{
	if (silent_after > 0)
		silent_after--;
	if (silent_after || !silent_for)
		return false;
	if (silent_for > 0)
		silent_for--;
	return true;
}
#else
static inline bool is_silent(void)
{
	return false;
}
#endif

#endif /* _VFIO_PCI_PERSONALITY_SILENT_H */
