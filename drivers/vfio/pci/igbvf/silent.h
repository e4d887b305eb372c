/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test builds: the module has a parameter that says after how many register reads the
 * device falls silent, as one that was pulled out: what is read is all ones. No
 * emulated device can be made to do that.
 */
#ifndef _IGBVF_SILENT_H_
#define _IGBVF_SILENT_H_

#include <linux/moduleparam.h>
#include <linux/types.h>

#ifdef CONFIG_VFIO_PCI_PERSONALITY_TEST
/* Negative: never. All reads are counted under the function's lock */
static int silent_after = -1;
module_param(silent_after, int, 0600);
MODULE_PARM_DESC(silent_after, "reads of a register until all are ones");

static bool is_silent(void)
{
	if (silent_after > 0)
		silent_after--;
	return !silent_after;
}
#else
static inline bool is_silent(void)
{
	return false;
}
#endif

#endif /* _IGBVF_SILENT_H_ */
