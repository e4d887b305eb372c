// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests: one that must not be unbound, and says so. It has no ids,
 * and binds where driver_override names it and somebody has the function probed.
 */
#include <linux/module.h>

#include "personality_test.h"

static int fixed_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static const struct pci_device_id fixed_ids[] = {
	{ }
};

struct pci_driver personality_test_fixed = {
	.name = "personality-test-fixed",
	.id_table = fixed_ids,
	.probe = fixed_probe,
	.driver.suppress_bind_attrs = true,
};
