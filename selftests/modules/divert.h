/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For kprobes whose pre_handler sends the call elsewhere, and returns 1.
 */
#ifndef PERSONALITY_SELFTESTS_DIVERT_H
#define PERSONALITY_SELFTESTS_DIVERT_H

#include <linux/kprobes.h>

/*
 * As its post_handler: with one, the kernel does not replace the probe by a jump, which
 * knows no way but on (Documentation/trace/kprobes.rst, "How Does Jump Optimization Work?").
 */
static inline void divert_not_by_jump(struct kprobe *probe, struct pt_regs *regs,
				      unsigned long flags)
{
}

#endif
