// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the probe that a driver owes to a function which was
 * born in another personality.
 *
 * May touch: a bound driver's probe. Until it is made up for, the driver has never
 * seen the function, and its remove shall not.
 */
#include <linux/pci-personality.h>

#include "personality.h"

/**
 * pci_personality_unprobed() - has the driver never seen this function?
 * @pdev: the function, a driver bound
 *
 * For a class of personality: there is no native function to be stopped, and
 * pci_personality_probe() starts it.
 *
 * Context: device_lock held.
 * Return: true if it was born in its present personality.
 */
bool pci_personality_unprobed(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);
	bool unprobed;

	pci_personality_assert_locked(pdev);
	if (!p)
		return false;
	unprobed = p->stock.unprobed;
	personality_put(p);
	return unprobed;
}
EXPORT_SYMBOL_GPL(pci_personality_unprobed);

/* As the driver core does: what a probe took that failed is given back */
static int probe(struct pci_dev *pdev)
{
	struct pci_driver *driver = to_pci_driver(pdev->dev.driver);
	const struct pci_device_id *id = pci_match_id(driver->id_table, pdev);
	struct device *dev = &pdev->dev;
	void *group;
	int ret;

	/* Who changed the ids since? */
	if (!id)
		return -ENODEV;
	group = devres_open_group(dev, NULL, GFP_KERNEL);
	if (!group)
		return -ENOMEM;
	ret = driver->probe(pdev, id);
	if (ret < 0) {
		devres_release_group(dev, group);
		pci_set_drvdata(pdev, NULL);
		return ret;
	}
	devres_remove_group(dev, group);
	return 0;
}

/**
 * pci_personality_probe() - have the driver make up for the probe left out
 * @pdev: the function, of which pci_personality_unprobed() is true, its shadow
 *	not in place
 *
 * Context: device_lock held; sleeps as long as the probe does.
 * Return: 0, or the error of the probe, with the function unprobed still.
 */
int pci_personality_probe(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);
	int ret = -ENODEV;

	pci_personality_assert_locked(pdev);
	if (p)
		ret = probe(pdev);
	if (!ret)
		p->stock.unprobed = false;
	personality_put(p);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_probe);
