// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: IOMMU groups.
 *
 * May touch: the DMA ownership of a group, and the list of groups in transition;
 * dev->driver, of a function that has no group yet.
 *
 * The functions of one group share the DMA ownership, so their transitions take
 * turns; those of different groups do not know of each other.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "personality.h"

/**
 * struct personality_group - an IOMMU group with a transition under way
 * @node: in @groups
 * @users: how many transitions run or wait
 * @iommu_group: the group; a reference is held
 * @lock: held by the transition that runs
 */
struct personality_group {
	struct list_head node;
	unsigned int users;
	struct iommu_group *iommu_group;
	struct mutex lock;	/* one transition at a time */
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock);

/*
 * Where the firmware tells function by function which IOMMU it has, as on arm64,
 * Linux before 6.15 does not ask until a driver is to be bound. For a function that
 * never had one, do what a probe begins with, and leave of it what a probe leaves
 * that fails. Whose driver manages DMA itself does not use the default domain.
 */
static struct iommu_group *find_group(struct device *dev)
{
	static struct pci_driver nobody = {
		.name = KBUILD_MODNAME,
		.driver.name = KBUILD_MODNAME,
		.driver_managed_dma = true,
	};

	scoped_guard(device, dev) {
		if (dev->driver || !device_is_registered(dev))
			break;
		dev->driver = &nobody.driver;
		dev->bus->dma_configure(dev);
		dev->driver = NULL;
		kfree(dev->dma_range_map);
		dev->dma_range_map = NULL;
	}
	return iommu_group_get(dev);
}

/**
 * personality_group_get() - the group of a function
 * @pdev: the function
 *
 * Context: may sleep; takes device_lock.
 * Return: the group, to be given back with personality_group_put();
 * -EOPNOTSUPP if the function is in none; -ENOMEM.
 */
struct personality_group *personality_group_get(struct pci_dev *pdev)
{
	struct iommu_group *iommu_group = iommu_group_get(&pdev->dev);
	struct personality_group *group;

	if (!iommu_group)
		iommu_group = find_group(&pdev->dev);
	if (!iommu_group)
		return ERR_PTR(-EOPNOTSUPP);

	guard(mutex)(&groups_lock);
	list_for_each_entry(group, &groups, node) {
		if (group->iommu_group == iommu_group) {
			group->users++;
			iommu_group_put(iommu_group);
			return group;
		}
	}

	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group) {
		iommu_group_put(iommu_group);
		return ERR_PTR(-ENOMEM);
	}
	group->users = 1;
	group->iommu_group = iommu_group;
	mutex_init(&group->lock);
	list_add(&group->node, &groups);
	return group;
}

/**
 * personality_group_put() - give back a group
 * @group: from personality_group_get(), unlocked and open
 *
 * Context: may sleep.
 */
void personality_group_put(struct personality_group *group)
{
	guard(mutex)(&groups_lock);
	if (--group->users)
		return;
	list_del(&group->node);
	iommu_group_put(group->iommu_group);
	mutex_destroy(&group->lock);
	kfree(group);
}

/**
 * personality_group_lock() - wait for the turn of a transition
 * @group: the group
 *
 * Context: may sleep, as long as another function of the group is in transition.
 * Return: 0, or -EINTR if a signal came first.
 */
int personality_group_lock(struct personality_group *group)
{
	return mutex_lock_interruptible(&group->lock);
}

/**
 * personality_group_unlock() - end of a transition's turn
 * @group: the group
 */
void personality_group_unlock(struct personality_group *group)
{
	mutex_unlock(&group->lock);
}

struct sibling_search {
	struct pci_dev *except;
	struct pci_dev *found;
};

/* Under the IOMMU's group mutex, where no device_lock may be taken */
static int find_native(struct device *dev, void *data)
{
	struct sibling_search *search = data;
	struct personality *p;

	if (!dev_is_pci(dev) || to_pci_dev(dev) == search->except)
		return 0;
	p = personality_get(to_pci_dev(dev));
	if (!p)
		return 0;
	scoped_guard(spinlock, &p->lock) {
		if (p->bound[0] && !p->bound_manages_dma && !p->method.vfio)
			search->found = pci_dev_get(p->pdev);
	}
	personality_put(p);
	return search->found ? 1 : 0;
}

/**
 * personality_group_native_sibling() - find who else keeps VFIO users out
 * @group: the group
 * @pdev: the function to leave out, or NULL for none
 *
 * Context: may sleep.
 * Return: a function of the group whose bound driver uses the kernel's own DMA
 * domain, to be given back with pci_dev_put(), or NULL.
 */
struct pci_dev *personality_group_native_sibling(struct personality_group *group,
						 struct pci_dev *pdev)
{
	struct sibling_search search = { .except = pdev };

	iommu_group_for_each_dev(group->iommu_group, &search, find_native);
	return search.found;
}

static bool has_iommu(const struct pci_dev *pdev)
{
	const struct dev_iommu *iommu = pdev->dev.iommu;

	return iommu && iommu->iommu_dev;
}

/**
 * personality_group_shut() - keep new VFIO users out of a group
 * @group: the group
 * @p: the function in transition, of this group
 *
 * A VFIO user needs the DMA ownership of the group before it gets a device. The
 * switch claims it itself, by @group's address, for the time that a vfio_device
 * needs to go away, so that no user can come between the check and the unbind.
 *
 * The IOMMU core cannot claim a group that its last function has left, nor may that
 * leave a group that is claimed: see personality_group_leave(). Nor can it claim a
 * group that VFIO has made up for a function without an IOMMU
 * (enable_unsafe_noiommu_mode): there, and where native siblings keep users out until
 * they are unbound by somebody, a user can still come in the some microseconds between
 * the last look and the unbind, and is waited for then.
 *
 * Context: @group locked; may sleep. On success, personality_group_open() is
 * owed, before a native driver is bound.
 * Return: 0; -EBUSY if a user owns the group; -ENODEV if the function leaves it;
 * -ENOMEM.
 */
int personality_group_shut(struct personality_group *group,
			   struct personality *p)
{
	struct pci_dev *sibling;
	int ret;

	lockdep_assert_held(&group->lock);

	if (!has_iommu(p->pdev))
		return 0;
	scoped_guard(mutex, &p->attr_lock) {
		if (p->leaving)
			return -ENODEV;
		ret = iommu_group_claim_dma_owner(group->iommu_group, group);
		if (!ret) {
			p->shut = group;
			return 0;
		}
	}

	/* Owned: by native drivers, which keep users out too, or by a user */
	if (ret == -EPERM || ret == -EBUSY) {
		sibling = personality_group_native_sibling(group, NULL);
		if (!sibling)
			return -EBUSY;
		pci_dev_put(sibling);
	}
	/* Any other error but this means that nobody, users included, can own it */
	return ret == -ENOMEM ? ret : 0;
}

static void release(struct personality *p)
{
	lockdep_assert_held(&p->attr_lock);

	if (p->shut)
		iommu_group_release_dma_owner(p->shut->iommu_group);
	p->shut = NULL;
}

/**
 * personality_group_open() - end of personality_group_shut()
 * @group: the group; nothing happens if it is open
 * @p: the function in transition
 *
 * Context: @group locked; may sleep.
 */
void personality_group_open(struct personality_group *group,
			    struct personality *p)
{
	lockdep_assert_held(&group->lock);

	guard(mutex)(&p->attr_lock);
	release(p);
}

/**
 * personality_group_leave() - a function is about to leave its group
 * @p: the function
 *
 * Opens the group again if a transition of @p has shut it. A user that comes in
 * through that gap is asked to go, as at every removal.
 *
 * Context: bus notifier; may sleep, waits for no driver and no user.
 */
void personality_group_leave(struct personality *p)
{
	guard(mutex)(&p->attr_lock);
	p->leaving = true;
	release(p);
}
