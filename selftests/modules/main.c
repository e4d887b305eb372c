// SPDX-License-Identifier: GPL-2.0
/* Drivers for the selftests: the module. See personality_test.h. */
#include <linux/module.h>

#include "personality_test.h"

static struct pci_driver * const drivers[] = {
	&personality_test_variant,
	&personality_test_native,
	&personality_test_fixed,
};

static void unregister_first(unsigned int count)
{
	while (count--)
		pci_unregister_driver(drivers[count]);
}

static int __init personality_test_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(drivers); i++) {
		ret = pci_register_driver(drivers[i]);
		if (ret) {
			unregister_first(i);
			return ret;
		}
	}
	return 0;
}
module_init(personality_test_init);

static void __exit personality_test_exit(void)
{
	unregister_first(ARRAY_SIZE(drivers));
}
module_exit(personality_test_exit);

MODULE_DESCRIPTION("Drivers for the selftests of the personality switch");
MODULE_LICENSE("GPL");
