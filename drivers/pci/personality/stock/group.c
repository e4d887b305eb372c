// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: IOMMU groups.
 *
 * May touch: the DMA ownership of a group, and the list of groups in transition.
 *
 * The functions of one group share the DMA ownership, so their transitions take
 * turns; those of different groups do not know of each other.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct stock_group - an IOMMU group with a transition under way
 * @node: in @groups
 * @users: how many transitions run or wait
 * @iommu_group: the group; a reference is held
 * @lock: held by the transition that runs
 */
struct stock_group {
	struct list_head node;
	unsigned int users;
	struct iommu_group *iommu_group;
	struct mutex lock;	/* one transition at a time */
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock);

static struct stock_group *group_get(struct pci_dev *pdev)
{
	struct iommu_group *iommu_group = iommu_group_get(&pdev->dev);
	struct stock_group *group;

	if (!iommu_group)
		iommu_group = stock_iommu_group_ask(pdev);
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

static void group_put(struct stock_group *group)
{
	guard(mutex)(&groups_lock);
	if (--group->users)
		return;
	list_del(&group->node);
	iommu_group_put(group->iommu_group);
	mutex_destroy(&group->lock);
	kfree(group);
}

struct stock_group *stock_turn_begin(struct pci_dev *pdev)
{
	struct stock_group *group = group_get(pdev);

	if (IS_ERR(group))
		return group;
	if (mutex_lock_interruptible(&group->lock)) {
		group_put(group);
		return ERR_PTR(-EINTR);
	}
	return group;
}

void stock_turn_end(struct stock_group *group)
{
	mutex_unlock(&group->lock);
	group_put(group);
}

struct sibling_search {
	struct pci_dev *except;
	struct pci_dev *found;
};

/* Under the IOMMU's group mutex, where no device_lock may be taken */
static int find_native(struct device *dev, void *data)
{
	struct sibling_search *search = data;
	struct stock_function *sf;

	if (!dev_is_pci(dev) || to_pci_dev(dev) == search->except)
		return 0;
	sf = stock_get(to_pci_dev(dev));
	if (!sf)
		return 0;
	if (stock_uses_kernel_dma(sf))
		search->found = pci_dev_get(sf->pdev);
	stock_put(sf);
	return search->found ? 1 : 0;
}

struct pci_dev *stock_native_sibling(struct stock_group *group,
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
 * stock_group_shut() - keep new VFIO users out of a group
 * @group: the group
 * @sf: the function in transition, of this group
 *
 * A VFIO user needs the DMA ownership of the group before it gets a device. The
 * switch claims it itself, by @group's address, for the time that a vfio_device
 * needs to go away, so that no user can come between the check and the unbind.
 *
 * The IOMMU core cannot claim a group that its last function has left, nor may that
 * leave a group that is claimed: see stock_group_leave(). Nor can it claim a
 * group that VFIO has made up for a function without an IOMMU
 * (enable_unsafe_noiommu_mode): there, and where native siblings keep users out until
 * they are unbound by somebody, a user can still come in the some microseconds between
 * the last look and the unbind, and is waited for then.
 *
 * Context: @group locked; may sleep. On success, stock_group_open() is
 * owed, before a native driver is bound.
 * Return: 0; -EBUSY if a user owns the group; -ENODEV if the function leaves it;
 * -ENOMEM.
 */
int stock_group_shut(struct stock_group *group,
		     struct stock_function *sf)
{
	struct pci_dev *sibling;
	int ret;

	lockdep_assert_held(&group->lock);

	if (!has_iommu(sf->pdev))
		return 0;
	scoped_guard(mutex, &sf->group_lock) {
		if (sf->leaving)
			return -ENODEV;
		ret = iommu_group_claim_dma_owner(group->iommu_group, group);
		if (!ret) {
			sf->shut = group;
			return 0;
		}
	}

	/* Owned: by native drivers, which keep users out too, or by a user */
	if (ret == -EPERM || ret == -EBUSY) {
		sibling = stock_native_sibling(group, NULL);
		if (!sibling)
			return -EBUSY;
		pci_dev_put(sibling);
	}
	/* Any other error but this means that nobody, users included, can own it */
	return ret == -ENOMEM ? ret : 0;
}

static void release(struct stock_function *sf)
{
	lockdep_assert_held(&sf->group_lock);

	if (sf->shut)
		iommu_group_release_dma_owner(sf->shut->iommu_group);
	sf->shut = NULL;
}

/**
 * stock_group_open() - end of stock_group_shut()
 * @group: the group; nothing happens if it is open
 * @sf: the function in transition
 *
 * Context: @group locked; may sleep.
 */
void stock_group_open(struct stock_group *group,
		      struct stock_function *sf)
{
	lockdep_assert_held(&group->lock);

	guard(mutex)(&sf->group_lock);
	release(sf);
}

/**
 * stock_group_leave() - a function is about to leave its group
 * @sf: the function
 *
 * Opens the group again if a transition of @sf has shut it. A user that comes in
 * through that gap is asked to go, as at every removal.
 *
 * Context: bus notifier; may sleep, waits for no driver and no user.
 */
void stock_group_leave(struct stock_function *sf)
{
	guard(mutex)(&sf->group_lock);
	sf->leaving = true;
	release(sf);
}
