/* SPDX-License-Identifier: GPL-2.0 */
/*
 * driver_override: a field of struct pci_dev under device_lock in 6.12, of
 * struct device under a lock of its own since (and in later 6.12.y).
 *
 * Upstream this becomes a helper beside device_set_driver_override().
 */
#ifndef _COMPAT_DRIVER_OVERRIDE_H
#define _COMPAT_DRIVER_OVERRIDE_H

#include <linux/pci.h>
#include <linux/string.h>

#include <generated/compat-probes.h>

/*
 * Unlike device_set_driver_override(), these allocate nothing and cannot fail.
 * Strings come from kmalloc, NULL stands for none. device_lock is held.
 */

/**
 * compat_driver_override_cmpxchg() - exchange the string if it is a certain one
 * @pdev: the function
 * @expected: the very string that must be set
 * @name: the string to set
 *
 * Context: device_lock held.
 * Return: true if done: @name belongs to the driver core, @expected to the
 * caller. False if another string was set: nothing changed, and @expected has
 * been freed by whoever replaced it.
 */
static inline bool compat_driver_override_cmpxchg(struct pci_dev *pdev,
						  const char *expected,
						  const char *name)
{
	bool done;

#ifdef PERSONALITY_HAVE_DEVICE_DRIVER_OVERRIDE
	spin_lock(&pdev->dev.driver_override.lock);
	done = pdev->dev.driver_override.name == expected;
	if (done)
		pdev->dev.driver_override.name = name;
	spin_unlock(&pdev->dev.driver_override.lock);
#else
	done = pdev->driver_override == expected;
	if (done)
		pdev->driver_override = name;
#endif
	return done;
}

/**
 * compat_driver_override_swap() - put another string in, hand out the old
 * @pdev: the function
 * @name: the string to set, the driver core's from now on
 *
 * Context: device_lock held.
 * Return: the string that was set, the caller's from now on.
 */
static inline const char *compat_driver_override_swap(struct pci_dev *pdev,
						      const char *name)
{
	const char *old;

#ifdef PERSONALITY_HAVE_DEVICE_DRIVER_OVERRIDE
	spin_lock(&pdev->dev.driver_override.lock);
	old = pdev->dev.driver_override.name;
	pdev->dev.driver_override.name = name;
	spin_unlock(&pdev->dev.driver_override.lock);
#else
	old = pdev->driver_override;
	pdev->driver_override = name;
#endif
	return old;
}

/**
 * compat_driver_override_copy() - read the string
 * @pdev: the function
 * @name: where it goes, cut off if it is too long; empty if there is none
 * @size: of @name
 *
 * Context: device_lock held.
 * Return: true if it has not been cut off.
 */
static inline bool compat_driver_override_copy(struct pci_dev *pdev, char *name,
					       size_t size)
{
	ssize_t len;

#ifdef PERSONALITY_HAVE_DEVICE_DRIVER_OVERRIDE
	spin_lock(&pdev->dev.driver_override.lock);
	len = strscpy(name, pdev->dev.driver_override.name ?: "", size);
	spin_unlock(&pdev->dev.driver_override.lock);
#else
	len = strscpy(name, pdev->driver_override ?: "", size);
#endif
	return len >= 0;
}

#endif /* _COMPAT_DRIVER_OVERRIDE_H */
