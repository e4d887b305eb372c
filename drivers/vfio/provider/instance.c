// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: the vfio_device of one, and the auxiliary device under it.
 *
 * A type with begin has neither: its vfio_devices are others' work.
 *
 * May touch: auxiliary devices of its own, and what their driver's probe registers. In which
 * state that leaves whom it is for is device.c's.
 */
#include <linux/cleanup.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "provider.h"

/**
 * struct provider_aux - the device under a vfio_device
 * @adev: the device
 * @d: for whom it was made; a reference is held
 */
struct provider_aux {
	struct auxiliary_device adev;
	struct vfio_provider_dev *d;
};

static DEFINE_IDA(aux_ids);

/**
 * vfio_provider_instance_create() - create and register a vfio_device
 * @d: whom it is for
 * @dev: the device that is to be under it
 *
 * Context: the probe of @dev, whose remove owes vfio_provider_instance_destroy(); who has it
 * probed holds @d's lock.
 * Return: 0, with @d's dev and vdev set; or a negative errno, with nothing left.
 */
int vfio_provider_instance_create(struct vfio_provider_dev *d, struct device *dev)
{
	struct vfio_device *vdev;
	int ret;

	d->dev = dev;
	d->closing = false;
	/* vfio_provider_open() wants it as soon as it is registered */
	dev_set_drvdata(dev, d);
	vdev = d->type->create(d);
	if (IS_ERR(vdev)) {
		ret = PTR_ERR(vdev);
		goto out_clear;
	}
	/* Registering would do that by itself, and not look whether there was memory for it */
	ret = vfio_assign_device_set(vdev, vdev);
	if (!ret)
		ret = vfio_register_emulated_iommu_dev(vdev);
	if (ret)
		goto out_destroy;
	d->vdev = vdev;
	return 0;

out_destroy:
	if (d->type->destroy)
		d->type->destroy(d, vdev);
	vfio_put_device(vdev);
out_clear:
	dev_set_drvdata(dev, NULL);
	d->dev = NULL;
	return ret;
}

/**
 * vfio_provider_instance_destroy() - end of vfio_provider_instance_create()
 * @d: whom it was for
 *
 * Context: the remove of the device that is under it; may sleep, waits for its user.
 */
void vfio_provider_instance_destroy(struct vfio_provider_dev *d)
{
	struct vfio_device *vdev = d->vdev;

	vfio_unregister_group_dev(vdev);
	if (d->type->destroy)
		d->type->destroy(d, vdev);
	vfio_put_device(vdev);
}

static int aux_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct vfio_provider_dev *d = container_of(adev, struct provider_aux, adev)->d;
	int ret;

	d->why[0] = '\0';
	ret = vfio_provider_instance_create(d, &adev->dev);
	d->error = ret;
	/* Who wrote is told; the driver core shall neither complain nor try again */
	return ret ? -ENODEV : 0;
}

static void aux_remove(struct auxiliary_device *adev)
{
	vfio_provider_instance_destroy(container_of(adev, struct provider_aux, adev)->d);
}

static const struct auxiliary_device_id aux_ids_table[] = {
	{ .name = KBUILD_MODNAME ".instance" },
	{ }
};

static struct auxiliary_driver aux_driver = {
	.name = "instance",
	.probe = aux_probe,
	.remove = aux_remove,
	.id_table = aux_ids_table,
	.driver = {
		/* What binds and unbinds is the life of the device */
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static void aux_release(struct device *dev)
{
	struct provider_aux *aux = container_of(dev, struct provider_aux, adev.dev);

	ida_free(&aux_ids, aux->adev.id);
	vfio_provider_dev_put(aux->d);
	kfree(aux);
}

/**
 * vfio_provider_instance_add() - have a vfio_device, on a device of our own
 * @d: whom it is for
 *
 * Context: may sleep; @d's lock held. vfio_provider_instance_delete() is owed.
 * Return: 0, with @d's dev and vdev set; or a negative errno, with nothing left. What the
 * driver had to say is in @d's why.
 */
int vfio_provider_instance_add(struct vfio_provider_dev *d)
{
	struct provider_aux *aux;
	int id, ret;

	aux = kzalloc(sizeof(*aux), GFP_KERNEL);
	if (!aux)
		return -ENOMEM;
	id = ida_alloc(&aux_ids, GFP_KERNEL);
	if (id < 0) {
		kfree(aux);
		return id;
	}
	kref_get(&d->ref);
	aux->d = d;
	aux->adev.id = id;
	aux->adev.name = "instance";
	aux->adev.dev.parent = d->provider->dev;
	aux->adev.dev.release = aux_release;
	ret = auxiliary_device_init(&aux->adev);
	if (ret) {
		ida_free(&aux_ids, id);
		kfree(aux);
		vfio_provider_dev_put(d);
		return ret;
	}

	/* Of the probe adding does not tell; it may not come to one */
	d->error = -EAGAIN;
	vfio_provider_explain(d,
			      "its device was not probed; write 1 to /sys/bus/auxiliary/drivers_autoprobe");
	ret = auxiliary_device_add(&aux->adev);
	if (ret) {
		d->why[0] = '\0';
		goto out_uninit;
	}
	ret = d->error;
	if (ret)
		goto out_delete;
	return 0;

out_delete:
	auxiliary_device_delete(&aux->adev);
out_uninit:
	auxiliary_device_uninit(&aux->adev);
	return ret;
}

/**
 * vfio_provider_instance_delete() - end of vfio_provider_instance_add()
 * @dev: what that has set
 *
 * Context: may sleep; waits for its user, if it may still have one.
 */
void vfio_provider_instance_delete(struct device *dev)
{
	struct auxiliary_device *adev = to_auxiliary_dev(dev);

	auxiliary_device_delete(adev);
	auxiliary_device_uninit(adev);
}

/**
 * vfio_provider_instance_init() - be ready to make devices
 *
 * Context: may sleep. The caller owes vfio_provider_instance_exit().
 * Return: 0 or a negative errno.
 */
int vfio_provider_instance_init(void)
{
	return auxiliary_driver_register(&aux_driver);
}

/**
 * vfio_provider_instance_exit() - end of vfio_provider_instance_init()
 *
 * Context: may sleep; nothing is live.
 */
void vfio_provider_instance_exit(void)
{
	auxiliary_driver_unregister(&aux_driver);
	ida_destroy(&aux_ids);
}
