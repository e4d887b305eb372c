// SPDX-License-Identifier: GPL-2.0
/* Drivers for the selftests: the module. See personality_test.h. */
#include <linux/module.h>

#include "personality_test.h"

static int __init personality_test_init(void)
{
	int ret;

	ret = pci_register_driver(&personality_test_variant);
	if (ret)
		return ret;
	ret = pci_register_driver(&personality_test_native);
	if (ret)
		pci_unregister_driver(&personality_test_variant);
	return ret;
}
module_init(personality_test_init);

static void __exit personality_test_exit(void)
{
	pci_unregister_driver(&personality_test_native);
	pci_unregister_driver(&personality_test_variant);
}
module_exit(personality_test_exit);

MODULE_DESCRIPTION("Drivers for the selftests of the personality switch");
MODULE_LICENSE("GPL");
