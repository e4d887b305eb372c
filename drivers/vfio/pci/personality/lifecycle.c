// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-pci-personality: into VFIO and back, with the driver bound throughout.
 *
 * May touch: the order of things. What each step guards against is listed in
 * personality.h.
 */
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/vfio_pci_personality.h>

#include <compat/vfio_pci_pm.h>

#include "fail_step.h"
#include "personality.h"

/* Others hold a bridge as long as a reset takes: 100 ms, and what the function needs */
#define BRIDGE_POLL_US		(10 * USEC_PER_MSEC)
#define BRIDGE_TIMEOUT_US	(2 * USEC_PER_SEC)

/**
 * struct vfio_personality - a function that is, or is about to be, in VFIO
 * @ops: the driver's part
 * @shadow_ops: @ops', as the shadow wants them
 * @vdev: what is registered
 * @config: configuration space as the driver left it
 * @runtime_auto: power/control read "auto" before
 * @used: a user had the function, and it has not been reset since
 * @was_broken: the function was stopped and in no personality before
 * @was_saved: configuration space had been saved, for error recovery to restore, or may
 *	have been
 */
struct vfio_personality {
	const struct vfio_pci_personality_ops *ops;
	struct pci_personality_shadow_ops shadow_ops;
	struct vfio_pci_core_device *vdev;
	struct pci_saved_state *config;
	bool runtime_auto;
	bool used;
	bool was_broken;
	bool was_saved;
};

static int register_device(void *data)
{
	return STEP("register", vfio_pci_core_register_device(data));
}

/* A driver that has never seen the function has nothing running on it */
static int stop(struct pci_dev *pdev, struct vfio_personality *v)
{
	bool stopped = v->was_broken && !v->ops->leave;

	return pci_personality_unprobed(pdev) || stopped ? 0 : v->ops->stop(pdev);
}

static int start(struct pci_dev *pdev, struct vfio_personality *v)
{
	int ret = pci_personality_unprobed(pdev) ? pci_personality_probe(pdev) :
						   v->ops->start(pdev);

	/* What probe once saved, and start perhaps has not, was used up by a restore */
	if (!ret && v->was_saved && !pdev->state_saved)
		pci_save_state(pdev);
	return ret;
}

/* From stopped to VFIO, but for the DMA domain. An error leaves it stopped */
static int create_device(struct pci_dev *pdev, struct vfio_personality *v)
{
	struct vfio_pci_core_device *vdev;
	int ret;

	vdev = v->ops->create(pdev);
	if (!vdev) {
		pci_err(pdev, "the driver's create returned neither a device nor an error\n");
		return -EINVAL;
	}
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);

	pci_personality_shadow_enter(pdev, vdev);
	ret = pci_personality_shadow_register(pdev, register_device, vdev);
	if (ret) {
		pci_personality_shadow_exit(pdev);
		vfio_put_device(&vdev->vdev);
		return ret;
	}
	v->vdev = vdev;
	return 0;
}

/*
 * As the PCI core does before a reset: nobody reads or writes configuration space
 * meanwhile, and the bridge above, which some functions are reset by, is not reset or
 * recovered at the same time. Who does that holds the bridge and wants us: it must not
 * be waited for.
 */
static int lock_for_reset(struct pci_dev *pdev, struct pci_dev *bridge)
{
	bool locked = true;

	if (bridge)
		read_poll_timeout(pci_dev_trylock, locked, locked,
				  BRIDGE_POLL_US, BRIDGE_TIMEOUT_US, false, bridge);
	if (!locked)
		return -EBUSY;
	pci_cfg_access_lock(pdev);
	return 0;
}

static void unlock_after_reset(struct pci_dev *pdev, struct pci_dev *bridge)
{
	pci_cfg_access_unlock(pdev);
	if (bridge)
		pci_dev_unlock(bridge);
}

static int reset_locked(struct pci_dev *pdev)
{
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int ret = lock_for_reset(pdev, bridge);

	if (ret)
		return ret;
	ret = __pci_reset_function_locked(pdev);
	unlock_after_reset(pdev, bridge);
	return ret == -ENOTTY ? 0 : ret;
}

/*
 * VFIO resets a function when a user closes it, but only if it gets device_lock,
 * which a writer of use_vfio may have had; and nobody restores configuration
 * space after a fatal error that reset the link while no user had the function
 * open. The driver shall meet neither. Nor shall it wait for a second reset, which
 * takes 100 ms: that is done only if VFIO owes one.
 */
static int reset_function(struct pci_dev *pdev, struct vfio_personality *v)
{
	int ret = 0;

	/* A reset of what has been pulled out would wait for its answer */
	if (!pci_device_is_present(pdev))
		return 0;

	if (v->used)
		ret = STEP("reset", reset_locked(pdev));
	pci_load_saved_state(pdev, v->config);
	pci_restore_state(pdev);
	if (ret)
		pci_warn(pdev, "cannot be reset: %pe\n", ERR_PTR(ret));
	else
		v->used = false;
	return ret;
}

static int save_config(struct pci_dev *pdev, struct vfio_personality *v)
{
	int ret = pci_save_state(pdev);

	if (ret)
		return ret;
	v->config = pci_store_saved_state(pdev);
	return v->config ? 0 : -ENOMEM;
}

/*
 * From VFIO to stopped; waits for users, where there may be some. Cannot fail, but the
 * function may be as a user has left it then.
 */
static int destroy_device(struct pci_dev *pdev, struct vfio_personality *v)
{
	vfio_pci_core_unregister_device(v->vdev);
	v->used |= v->vdev->needs_reset;
	pci_personality_shadow_exit(pdev);
	vfio_put_device(&v->vdev->vdev);
	v->vdev = NULL;
	return reset_function(pdev, v);
}

static void release_runtime_pm(struct pci_dev *pdev, struct vfio_personality *v)
{
	/* VFIO forbids it when it leaves, whatever it was */
	if (v->runtime_auto)
		pm_runtime_allow(&pdev->dev);
	else
		pm_runtime_forbid(&pdev->dev);
	pm_runtime_put(&pdev->dev);
}

static void free_personality(struct vfio_personality *v)
{
	kfree(v->config);
	kfree(v);
}

/* A driver that knows nothing of VFIO removes what it has once probed */
static void hand_back(struct pci_dev *pdev, struct vfio_personality *v)
{
	if (v->ops->leave && !pci_personality_unprobed(pdev))
		v->ops->leave(pdev);
}

static int leave(struct pci_dev *pdev)
{
	struct vfio_personality *v = pci_personality_shadow_priv(pdev);
	int ret;

	destroy_device(pdev, v);
	hand_back(pdev, v);
	ret = vfio_personality_dma_take(pdev);
	release_runtime_pm(pdev, v);
	free_personality(v);
	return ret;
}

static void give_up(struct pci_dev *pdev, struct vfio_personality *v)
{
	pci_err(pdev, "does not work in either personality now; unbind and bind its driver\n");
	hand_back(pdev, v);
	pci_personality_set_broken(pdev);
	release_runtime_pm(pdev, v);
	free_personality(v);
}

/**
 * vfio_pci_personality_enable() - a driver's enable_vfio
 * @pdev: the function, native
 * @ops: the driver's part; const
 *
 * Stops the native function, creates and registers the vfio_device, and leaves
 * the DMA domain to VFIO's users. Any error is rolled back; if @ops' start fails
 * then, the function is marked as broken. A function that is born in VFIO is
 * neither stopped nor started, one that is broken not stopped.
 *
 * Context: device_lock held, as it is in enable_vfio; may sleep.
 * Return: 0; -EBUSY if the function is in a personality already; -EINVAL if
 * @ops' stop left something behind or create returned NULL; -EOPNOTSUPP if the driver
 * cannot be kept off a function, see pci_personality_shadow_prepare(), or manages DMA by
 * itself; -ENODEV, -ENOMEM; the error of a callback, of runtime PM or of
 * vfio_pci_core_register_device().
 */
int vfio_pci_personality_enable(struct pci_dev *pdev,
				const struct vfio_pci_personality_ops *ops)
{
	struct device *dev = &pdev->dev;
	bool born = pci_personality_unprobed(pdev);
	struct vfio_personality *v;
	int ret;

	pci_personality_assert_locked(pdev);
	/* Its DMA would not keep a user out, and VFIO could not be told so */
	if (to_pci_driver(dev->driver)->driver_managed_dma) {
		pci_err(pdev, "driver %s manages DMA by itself, which a native driver must not\n",
			dev->driver->name);
		return -EOPNOTSUPP;
	}

	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	v->ops = ops;
	v->shadow_ops.leave = leave;
	v->shadow_ops.err_handler = ops->err_handler ?:
				    &vfio_pci_core_err_handlers;
	v->shadow_ops.sriov_configure = ops->sriov_configure;
	v->shadow_ops.pm = COMPAT_VFIO_PCI_PM;

	v->was_broken = pci_personality_is_broken(pdev);
	/* What broke it may have used up what was saved: to save once too often does no harm */
	v->was_saved = pdev->state_saved || v->was_broken;
	v->runtime_auto = dev->power.runtime_auto;
	ret = STEP("resume", pm_runtime_resume_and_get(dev));
	if (ret)
		goto out_free;
	/* A look whether the function is idle, by the native driver, may be under way */
	pm_runtime_barrier(dev);
	ret = STEP("prepare",
		   pci_personality_shadow_prepare(pdev, &v->shadow_ops, v));
	if (ret)
		goto out_pm;
	ret = stop(pdev, v);
	if (ret)
		goto out_shadow;
	ret = vfio_personality_quiesced(pdev);
	if (ret)
		goto out_start;
	ret = STEP("save", save_config(pdev, v));
	if (ret)
		goto out_start;
	ret = create_device(pdev, v);
	if (ret)
		goto out_start;
	vfio_personality_dma_give(pdev);
	return 0;

out_start:
	/* The probe that is under way fails then, but not one that did long ago */
	if (born ? v->was_broken : start(pdev, v)) {
		give_up(pdev, v);
		return ret;
	}
out_shadow:
	if (STEP("finish", pci_personality_shadow_finish(pdev))) {
		pci_warn(pdev, "the driver's attributes are lost until it is bound again\n");
		pci_personality_shadow_abandon(pdev);
	}
out_pm:
	release_runtime_pm(pdev, v);
out_free:
	free_personality(v);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_personality_enable);

static int start_native(struct pci_dev *pdev, struct vfio_personality *v)
{
	int ret = start(pdev, v);

	if (ret)
		return ret;
	ret = STEP("finish", pci_personality_shadow_finish(pdev));
	if (ret && v->ops->stop(pdev)) {
		/* It runs and will not stop: better without its attributes */
		pci_personality_shadow_abandon(pdev);
		ret = 0;
	}
	return ret;
}

/**
 * vfio_pci_personality_disable() - a driver's disable_vfio
 * @pdev: the function, brought into VFIO by vfio_pci_personality_enable()
 *
 * Keeps new users out, destroys the vfio_device, resets the function if a user
 * had it and VFIO could not, and starts its native personality, by the driver's
 * probe if the function was born in VFIO. If that fails, or the function cannot be
 * reset, VFIO has it again; if not even that, it is marked as broken.
 *
 * Context: device_lock held, as it is in disable_vfio; may sleep. Does not wait
 * for users.
 * Return: 0; -EBUSY if a user holds the function or owns its group; -ENODEV if
 * it is not in VFIO; the error of a callback.
 */
int vfio_pci_personality_disable(struct pci_dev *pdev)
{
	struct vfio_personality *v = pci_personality_shadow_priv(pdev);
	int ret;

	pci_personality_assert_locked(pdev);
	if (!v)
		return -ENODEV;

	ret = vfio_personality_dma_take(pdev);
	if (ret)
		return ret;
	/* A device file that is open but not bound to an iommufd owns no DMA */
	ret = pci_personality_exclude_users(pdev);
	if (ret) {
		vfio_personality_dma_give(pdev);
		return ret;
	}

	ret = destroy_device(pdev, v) ?: start_native(pdev, v);
	if (ret)
		goto out_vfio;
	release_runtime_pm(pdev, v);
	free_personality(v);
	return 0;

out_vfio:
	if (create_device(pdev, v))
		give_up(pdev, v);
	else
		vfio_personality_dma_give(pdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_personality_disable);

/**
 * vfio_personality_device() - what a function has registered
 * @pdev: the function, brought into VFIO by vfio_pci_personality_enable()
 *
 * Its drvdata need not be this: that is the driver's, where vfio_pci_core does without.
 *
 * Context: device_lock held.
 * Return: the vfio_pci_core_device.
 */
struct vfio_pci_core_device *vfio_personality_device(struct pci_dev *pdev)
{
	struct vfio_personality *v = pci_personality_shadow_priv(pdev);

	return v->vdev;
}

/**
 * vfio_pci_personality_sriov_configure() - sriov_configure while in VFIO
 * @pdev: the PF, brought into VFIO by vfio_pci_personality_enable()
 * @num_vfs: how many VFs there shall be
 *
 * For a driver whose PF may have VFs while a user owns it. They get the name in
 * the vfio_device_ops as driver_override, and a user has to know the PF's token
 * to open one. They keep the PF in VFIO; unbinding the PF removes them.
 *
 * Context: device_lock held; may sleep.
 * Return: as vfio_pci_core_sriov_configure().
 */
int vfio_pci_personality_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	return vfio_pci_core_sriov_configure(vfio_personality_device(pdev), num_vfs);
}
EXPORT_SYMBOL_GPL(vfio_pci_personality_sriov_configure);

/**
 * vfio_pci_personality_open_device() - a vfio_device's open_device
 * @core_vdev: the vfio_device in a vfio_pci_core_device
 *
 * For a driver that adds nothing to it.
 *
 * Context: dev_set lock held by VFIO; may sleep.
 * Return: 0 or the error of vfio_pci_core_enable().
 */
int vfio_pci_personality_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret = vfio_pci_core_enable(vdev);

	if (!ret)
		vfio_pci_core_finish_enable(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_personality_open_device);

MODULE_DESCRIPTION("Helpers for a PCI driver's own VFIO personality");
MODULE_LICENSE("GPL");
