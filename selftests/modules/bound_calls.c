// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for the selftests, see bound.h: who is called.
 *
 * The parameter calls has a line for each call since it was last written to: the
 * function, the callback, and how the function was. A callback touches nothing, as it
 * may be called for a function that is not ours to touch.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "bound.h"

#define BOUND_MSIX	42

static char calls[4096];
static size_t calls_length;
static DEFINE_SPINLOCK(calls_lock);

static unsigned int idle_ms;
module_param(idle_ms, uint, 0644);
MODULE_PARM_DESC(idle_ms, "milliseconds that each callback runtime_idle takes");

/**
 * bound_called() - note a call
 * @pdev: for this function
 * @callback: of this callback
 */
void bound_called(struct pci_dev *pdev, const char *callback)
{
	const char *manner = bound_manner(pdev);

	/* For who can look at nothing but the log: after a shutdown */
	pci_info(pdev, "called: %s%s\n", callback, manner);
	guard(spinlock)(&calls_lock);
	calls_length += scnprintf(calls + calls_length,
				  sizeof(calls) - calls_length, "%s %s%s\n",
				  pci_name(pdev), callback, manner);
}

static int calls_set(const char *value, const struct kernel_param *kp)
{
	guard(spinlock)(&calls_lock);
	calls_length = 0;
	return 0;
}

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	guard(spinlock)(&calls_lock);
	return scnprintf(buffer, PAGE_SIZE, "%.*s", (int)calls_length, calls);
}

static const struct kernel_param_ops calls_ops = {
	.set = calls_set,
	.get = calls_get,
};
module_param_cb(calls, &calls_ops, NULL, 0644);
MODULE_PARM_DESC(calls, "what has been called; a write forgets it");

#define BOUND_PM_CALLBACK(callback)				\
static int bound_##callback(struct device *dev)			\
{								\
	bound_called(to_pci_dev(dev), #callback);		\
	return 0;						\
}

BOUND_PM_CALLBACK(suspend)
BOUND_PM_CALLBACK(resume)
BOUND_PM_CALLBACK(runtime_suspend)
BOUND_PM_CALLBACK(runtime_resume)

static int bound_runtime_idle(struct device *dev)
{
	bound_called(to_pci_dev(dev), "runtime_idle");
	if (!READ_ONCE(idle_ms))
		return 0;
	msleep(READ_ONCE(idle_ms));
	bound_called(to_pci_dev(dev), "runtime_idle_end");
	return 0;
}

/* The VFIO personality's, which has drvdata of its own */
int bound_vfio_runtime_idle(struct device *dev)
{
	if (!READ_ONCE(idle_ms))
		return 0;
	bound_called(to_pci_dev(dev), "vfio_idle");
	msleep(READ_ONCE(idle_ms));
	bound_called(to_pci_dev(dev), "vfio_idle_end");
	return 0;
}

const struct dev_pm_ops bound_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(bound_suspend, bound_resume)
	RUNTIME_PM_OPS(bound_runtime_suspend, bound_runtime_resume,
		       bound_runtime_idle)
};

int bound_legacy_suspend(struct pci_dev *pdev, pm_message_t state)
{
	bound_called(pdev, "suspend");
	return 0;
}

int bound_legacy_resume(struct pci_dev *pdev)
{
	bound_called(pdev, "resume");
	return 0;
}

void bound_shutdown(struct pci_dev *pdev)
{
	bound_called(pdev, "shutdown");
}

void bound_coredump(struct device *dev)
{
	bound_called(to_pci_dev(dev), "coredump");
}

void bound_sync_state(struct device *dev)
{
	bound_called(to_pci_dev(dev), "sync_state");
}

int bound_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	bound_called(pdev, "sriov_configure");
	return pci_sriov_configure_simple(pdev, num_vfs);
}

u32 bound_get_vf_total_msix(struct pci_dev *pf)
{
	bound_called(pf, "sriov_get_vf_total_msix");
	return BOUND_MSIX;
}

/* For a VF; the PF is who has the driver */
int bound_set_msix_vec_count(struct pci_dev *vf, int count)
{
	bound_called(pci_physfn(vf), "sriov_set_msix_vec_count");
	return 0;
}

static pci_ers_result_t bound_error_detected(struct pci_dev *pdev,
					     pci_channel_state_t state)
{
	bound_called(pdev, "error_detected");
	return PCI_ERS_RESULT_CAN_RECOVER;
}

static pci_ers_result_t bound_slot_reset(struct pci_dev *pdev)
{
	bound_called(pdev, "slot_reset");
	return PCI_ERS_RESULT_RECOVERED;
}

static void bound_error_resume(struct pci_dev *pdev)
{
	bound_called(pdev, "error_resume");
}

static void bound_reset_prepare(struct pci_dev *pdev)
{
	bound_called(pdev, "reset_prepare");
}

static void bound_reset_done(struct pci_dev *pdev)
{
	bound_called(pdev, "reset_done");
}

const struct pci_error_handlers bound_err_handler = {
	.error_detected	= bound_error_detected,
	.slot_reset	= bound_slot_reset,
	.resume		= bound_error_resume,
	.reset_prepare	= bound_reset_prepare,
	.reset_done	= bound_reset_done,
};
