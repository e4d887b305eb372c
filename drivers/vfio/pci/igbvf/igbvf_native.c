// SPDX-License-Identifier: GPL-2.0
/*
 * igbvf that can let go of its hardware and take it again, with its netdev
 * registered throughout: name, addresses, MTU, ring sizes and VLANs stay.
 *
 * May touch: the netdev's presence, and the hardware by the functions of netdev.c.
 * A function that is stopped has no hw_addr; that is the only mark of it.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "igbvf_native.h"

/* In igbvf_adapter.state, beside enum igbvf_state_t */
#define IGBVF_DOWN_FOR_RESET	(BITS_PER_LONG - 1) /* a reset took the netdev down */
#define IGBVF_STAYS		(BITS_PER_LONG - 2) /* no migration, says the user */

/*
 * The one 82576 of which all state can be read, and written to another. On silicon a
 * guest would lose what the device has prefetched, and more.
 */
static const struct pci_device_id emulated_ids[] = {
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_INTEL, E1000_DEV_ID_82576_VF,
			 PCI_SUBVENDOR_ID_REDHAT_QUMRANET, PCI_SUBDEVICE_ID_QEMU) },
	{ }
};

/**
 * igbvf_native_migrates() - shall a vfio_device of the function offer migration?
 * @pdev: a function that igbvf is bound to; native, or not probed yet
 *
 * Context: device_lock held.
 * Return: true unless the device is silicon, or the user does not want it.
 */
bool igbvf_native_migrates(struct pci_dev *pdev)
{
	struct net_device *netdev = pci_get_drvdata(pdev);
	struct igbvf_adapter *adapter;

	if (!pci_match_id(emulated_ids, pdev))
		return false;
	/* A function that is born in VFIO has not been probed */
	if (!netdev)
		return true;
	adapter = netdev_priv(netdev);
	return !test_bit(IGBVF_STAYS, &adapter->state);
}
EXPORT_SYMBOL_GPL(igbvf_native_migrates);

/* The attribute is there in the native personality only: drvdata is ours */
static ssize_t migration_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%d\n", igbvf_native_migrates(to_pci_dev(dev)));
}

static ssize_t migration_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	struct igbvf_adapter *adapter = netdev_priv(dev_get_drvdata(dev));
	bool migrates;
	int ret = kstrtobool(buf, &migrates);

	if (ret)
		return ret;
	if (migrates && !pci_match_id(emulated_ids, to_pci_dev(dev)))
		return -EOPNOTSUPP;
	if (migrates)
		clear_bit(IGBVF_STAYS, &adapter->state);
	else
		set_bit(IGBVF_STAYS, &adapter->state);
	return count;
}
static DEVICE_ATTR_RW(migration);

static struct attribute *vfio_attrs[] = {
	&dev_attr_migration.attr,
	NULL
};

/* What the vfio_device will be, as with edu's vfio/revision */
static const struct attribute_group vfio_group = {
	.name = "vfio",
	.attrs = vfio_attrs,
};

const struct attribute_group *igbvf_native_groups[] = {
	&vfio_group,
	NULL
};

/**
 * igbvf_native_has_hw() - is the hardware the driver's?
 * @adapter: the function's
 *
 * Context: under RTNL, device_lock, or both, which those hold who change it.
 * Return: false while the function is stopped.
 */
bool igbvf_native_has_hw(const struct igbvf_adapter *adapter)
{
	return adapter->hw.hw_addr;
}

/**
 * igbvf_native_unmap() - give the function's BARs and its enable back
 * @adapter: the function's, quiet; if it is stopped already, nothing happens
 *
 * Context: device_lock held; may sleep.
 */
void igbvf_native_unmap(struct igbvf_adapter *adapter)
{
	struct pci_dev *pdev = adapter->pdev;

	if (!igbvf_native_has_hw(adapter))
		return;
	iounmap(adapter->hw.hw_addr);
	adapter->hw.hw_addr = NULL;
	pci_release_regions(pdev);
	pci_clear_master(pdev);
	pci_disable_device(pdev);
}

static int igbvf_native_map(struct igbvf_adapter *adapter)
{
	struct pci_dev *pdev = adapter->pdev;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	ret = pci_request_regions(pdev, igbvf_driver_name);
	if (ret)
		goto out_disable;
	adapter->hw.hw_addr = pci_ioremap_bar(pdev, 0);
	if (!adapter->hw.hw_addr) {
		ret = -EIO;
		goto out_release;
	}
	pci_set_master(pdev);
	return 0;

out_release:
	pci_release_regions(pdev);
out_disable:
	pci_disable_device(pdev);
	return ret;
}

/**
 * igbvf_native_settle() - wait until a reset that is under way is over
 * @adapter: the function's, whose netdev is about to be taken down
 *
 * One that is only planned does not come: it would wait for the NAPI of a netdev that
 * is down, and whoever waits for it then, with device_lock held, would do so for good.
 *
 * Context: may sleep; RTNL may be held.
 */
void igbvf_native_settle(struct igbvf_adapter *adapter)
{
	cancel_work_sync(&adapter->reset_task);
	while (test_bit(__IGBVF_RESETTING, &adapter->state))
		usleep_range(1000, 2000);
}

/**
 * igbvf_native_reset_prepare() - a PCI reset is about to come
 * @adapter: the function's, native
 *
 * The netdev may be up or down, and before igbvf_native_reset_done() somebody may
 * want to change that: detached, it cannot come up, and who takes it down waits in
 * igbvf_native_settle().
 *
 * Context: device_lock held, RTNL not; may sleep. igbvf_native_reset_done() is owed.
 */
void igbvf_native_reset_prepare(struct igbvf_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;
	bool running;

	rtnl_lock();
	netif_device_detach(netdev);
	while (test_and_set_bit(__IGBVF_RESETTING, &adapter->state))
		usleep_range(1000, 2000);
	running = netif_running(netdev);
	rtnl_unlock();

	if (running) {
		set_bit(IGBVF_DOWN_FOR_RESET, &adapter->state);
		igbvf_down(adapter);
	}
}

/**
 * igbvf_native_reset_done() - end of igbvf_native_reset_prepare()
 * @adapter: the function's
 *
 * Context: device_lock held; may sleep.
 */
void igbvf_native_reset_done(struct igbvf_adapter *adapter)
{
	if (test_and_clear_bit(IGBVF_DOWN_FOR_RESET, &adapter->state)) {
		/* All that the PF knew of the function went with the reset */
		igbvf_reset(adapter);
		igbvf_up(adapter);
	}
	clear_bit(__IGBVF_RESETTING, &adapter->state);
	netif_device_attach(adapter->netdev);
}

/* A VLAN that left while there was no hardware told nobody */
static int note_vlan(struct net_device *vlan, int vid, void *active_vlans)
{
	set_bit(vid, active_vlans);
	return 0;
}

static void forget_old_vlans(struct igbvf_adapter *adapter)
{
	DECLARE_BITMAP(present, VLAN_N_VID) = {};

	/* VLAN 0 comes and goes with the netdev's being up, and has no netdev */
	set_bit(0, present);
	vlan_for_each(adapter->netdev, note_vlan, present);
	bitmap_and(adapter->active_vlans, adapter->active_vlans, present,
		   VLAN_N_VID);
}

/*
 * Have the PF forget the addresses that this function was to have beside its own. A
 * reset does not do that: it would go on to send their frames here, to whoever has the
 * function. The PF wants to see a valid address all the same, any.
 */
static void clear_filters(struct igbvf_adapter *adapter)
{
	struct e1000_hw *hw = &adapter->hw;

	spin_lock_bh(&hw->mbx_lock);
	/*
	 * A PF that is in reset does not answer, and would be waited for in a busy loop.
	 * Asked for the first time, it may tell of a reset that is over.
	 */
	if (hw->mbx.ops.check_for_rst(hw) || hw->mbx.ops.check_for_rst(hw))
		hw->mac.ops.set_uc_addr(hw, E1000_VF_MAC_FILTER_CLR, hw->mac.addr);
	spin_unlock_bh(&hw->mbx_lock);
}

static void enable_tasks(struct igbvf_adapter *adapter)
{
	enable_work(&adapter->reset_task);
	enable_work(&adapter->watchdog_task);
}

/* From here on nothing but the netdev's own operations reaches the hardware */
static void disable_tasks(struct igbvf_adapter *adapter)
{
	disable_work_sync(&adapter->watchdog_task);
	disable_work_sync(&adapter->reset_task);
}

/**
 * igbvf_native_stop() - let go of the hardware, the netdev stays
 * @pdev: a function that igbvf is bound to
 *
 * The netdev is detached: it cannot be configured, nor brought up. It can be
 * taken down, or unregistered with the driver's remove.
 *
 * Context: device_lock held; takes RTNL; sleeps.
 * Return: 0.
 */
int igbvf_native_stop(struct pci_dev *pdev)
{
	struct net_device *netdev = pci_get_drvdata(pdev);
	struct igbvf_adapter *adapter = netdev_priv(netdev);

	disable_tasks(adapter);
	rtnl_lock();
	netif_device_detach(netdev);
	clear_filters(adapter);
	if (netif_running(netdev))
		igbvf_close(netdev);
	/* The interrupt is gone now, which could have set it once more */
	timer_delete_sync(&adapter->watchdog_timer);
	igbvf_reset_interrupt_capability(adapter);
	igbvf_native_unmap(adapter);
	rtnl_unlock();
	return 0;
}
EXPORT_SYMBOL_GPL(igbvf_native_stop);

/* What probe does to the hardware, and what bringing the netdev up does */
static int start_hw(struct igbvf_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;
	struct e1000_hw *hw = &adapter->hw;
	int ret;

	igbvf_set_interrupt_capability(adapter);
	if (!adapter->msix_entries)
		return -ENOSPC;
	ew32(EIMC, ~0);
	igbvf_reset(adapter);
	clear_filters(adapter);
	memset(&adapter->stats, 0, sizeof(adapter->stats));
	igbvf_initialize_last_counter_stats(adapter);
	forget_old_vlans(adapter);

	if (!netif_running(netdev))
		return 0;
	ret = igbvf_open(netdev);
	if (ret)
		igbvf_reset_interrupt_capability(adapter);
	return ret;
}

/**
 * igbvf_native_start() - take the hardware again
 * @pdev: a function that igbvf_native_stop() has stopped, reset if it was used since
 *
 * The netdev is as it was, and up if nobody took it down meanwhile. Its link
 * comes when the PF answers, as after probe. The hardware's statistics begin
 * anew.
 *
 * Context: device_lock held; takes RTNL; sleeps.
 * Return: 0, or an error with the function stopped still.
 */
int igbvf_native_start(struct pci_dev *pdev)
{
	struct net_device *netdev = pci_get_drvdata(pdev);
	struct igbvf_adapter *adapter = netdev_priv(netdev);
	int ret;

	rtnl_lock();
	ret = igbvf_native_map(adapter);
	if (ret)
		goto out_unlock;
	enable_tasks(adapter);
	ret = start_hw(adapter);
	if (ret) {
		disable_tasks(adapter);
		igbvf_native_unmap(adapter);
	} else {
		netif_device_attach(netdev);
	}
out_unlock:
	rtnl_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(igbvf_native_start);
