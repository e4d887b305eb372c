// SPDX-License-Identifier: GPL-2.0
/*
 * A module that makes the kernel complain, to test that vm-run notices.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/string.h>

static char *what;
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "warn, oops or hang");

static int __init vm_complain_init(void)
{
	DECLARE_COMPLETION_ONSTACK(never);
	static int *nowhere;

	if (!what)
		return -EINVAL;
	if (!strcmp(what, "oops"))
		WRITE_ONCE(*READ_ONCE(nowhere), 1);
	if (!strcmp(what, "hang"))
		wait_for_completion(&never);
	WARN_ON(!strcmp(what, "warn"));
	return 0;
}
module_init(vm_complain_init);

MODULE_DESCRIPTION("Complaints of the kernel, for testing the test bed");
MODULE_LICENSE("GPL");
