// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch: unbind, and bind again.
 *
 * May touch: dev->driver, under device_lock; a driver_override that came with the driver
 * that is unbound. Any other is only read.
 */
#include <linux/cleanup.h>
#include <linux/string.h>

#include "internal.h"

/* The only driver that may be bound while one is being unbound: none has this name */
#define NO_DRIVER		"pci-personality:unbinding"

void pcore_override_drop(struct pci_dev *pdev, struct pcore_override *o, const char *name)
{
	char override[PERSONALITY_NAME_LEN];

	pcore_override_return(pdev, o);
	if (pcore_override_read(pdev, override) && !strcmp(override, name))
		device_set_driver_override(&pdev->dev, "");
}

bool pcore_override_read(struct pci_dev *pdev, char *name)
{
	guard(spinlock)(&pdev->dev.driver_override.lock);
	return strscpy(name, pdev->dev.driver_override.name ?: "", PERSONALITY_NAME_LEN) >= 0;
}

void pcore_override_ignore(struct pci_dev *pdev,
			   void (*fn)(struct pci_dev *pdev, void *data), void *data)
{
	guard(device)(&pdev->dev);
	WRITE_ONCE(pdev->override_ignored, true);
	fn(pdev, data);
	WRITE_ONCE(pdev->override_ignored, false);
}

int pcore_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
		     struct pcore_override *o)
{
	return pcore_override_steer(pdev, o, drv->name) ?: pcore_attach(pdev, drv);
}

bool pcore_was_forestalled(struct pcore_function *sf, struct pcore_override *o)
{
	guard(device)(&sf->pdev->dev);
	return !pcore_is_unbound(sf);
}

/*
 * One device_lock is held from @look to the end of the unbind. (Where devices depend on
 * this one by a device link, the driver core gives it up for as long as it unbinds those.)
 */
int pcore_unbind(struct pcore_function *sf, const struct device_driver *drv,
		 struct pcore_override *o, int (*look)(void *data), void *data)
{
	struct pci_dev *pdev = sf->pdev;
	int ret = pcore_driver_lock(pdev, drv);

	if (ret)
		return ret;
	if (look)
		ret = look(data);
	if (!ret) {
		/* What a VF's birth has set is not what the user has */
		pcore_birth_settle(sf);
		pcore_override_steer(pdev, o, NO_DRIVER);
		sf->taken = false;
		if (drv)
			device_release_driver_locked(&pdev->dev);
	}
	device_unlock(&pdev->dev);
	return ret;
}
