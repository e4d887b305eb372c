/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test builds: the module that includes this has a parameter that names steps,
 * and as long as it does they fail.
 */
#ifndef _VFIO_PCI_PERSONALITY_FAIL_STEP_H
#define _VFIO_PCI_PERSONALITY_FAIL_STEP_H

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#ifdef CONFIG_VFIO_PCI_PERSONALITY_TEST
static char *fail_step = "";
module_param(fail_step, charp, 0600);
MODULE_PARM_DESC(fail_step, "steps that fail, by name");

static bool shall_fail(const char *step)
{
	bool fail;

	kernel_param_lock(THIS_MODULE);
	fail = strstr(fail_step, step);
	kernel_param_unlock(THIS_MODULE);
	return fail;
}
#else
static inline bool shall_fail(const char *step)
{
	return false;
}
#endif

/* The result of @call, a step that returns 0 or an error */
#define STEP(name, call) (shall_fail(name) ? -EIO : (call))

#endif /* _VFIO_PCI_PERSONALITY_FAIL_STEP_H */
