// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests: a native driver. It has no ids, so that it binds
 * only where driver_override names it, and registers nothing. Its remove waits for
 * its users, as that of a sound card does: a parameter stands in for them.
 */
#include <linux/delay.h>
#include <linux/module.h>

#include "personality_test.h"

static int native_error;
module_param(native_error, int, 0644);
MODULE_PARM_DESC(native_error, "errno that the native driver's probe fails with");

static bool native_busy;
module_param(native_busy, bool, 0644);
MODULE_PARM_DESC(native_busy, "the native driver has a user, whom its remove waits for");

static int native_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return -READ_ONCE(native_error);
}

static void native_remove(struct pci_dev *pdev)
{
	while (READ_ONCE(native_busy))
		msleep(20);
}

static const struct pci_device_id native_ids[] = {
	{ }
};

struct pci_driver personality_test_native = {
	.name = "personality-test-native",
	.id_table = native_ids,
	.probe = native_probe,
	.remove = native_remove,
};
