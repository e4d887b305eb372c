// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A driver that provides vfio_devices
 *
 * The native driver of an edu goes on with its work, and up to 16 vfio_devices share the
 * device with it: slices. It is the example of a provider, see linux/vfio_provider.h: the
 * native driver knows nothing of it but that it must not stop while slices use it
 * (edu_hw_get()).
 *
 * edu.ko adds an auxiliary device for each edu; this driver binds to that and registers the
 * PCI function as a provider. Whatever takes edu from the function (an unbind, an unplug)
 * ends the auxiliary device, hence the provider, hence the slices first.
 *
 * May touch: slices, before they are registered and after they have been unregistered.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "slice.h"

/**
 * struct edu_slices - an edu of which there are slices
 * @engine: what they share
 * @provider: VFIO's view
 */
struct edu_slices {
	struct edu_engine engine;
	struct vfio_provider *provider;
};

static const struct edu_slice_config slice_defaults = {
	.buffer_size = EDU_BUFFER_SIZE,
	.revision = EDU_SLICE_REVISION,
};

static const struct vfio_provider_attr slice_attrs[] = {
	VFIO_PROVIDER_ATTR_U32(struct edu_slice_config, buffer_size, EDU_SLICE_BUFFER_MIN,
			       EDU_BUFFER_SIZE, 8),
	VFIO_PROVIDER_ATTR_U32(struct edu_slice_config, revision, 0, 255, 1),
	{ }
};

static unsigned int slice_available(struct vfio_provider *provider)
{
	struct edu_engine *e = vfio_provider_priv(provider);

	return EDU_SLICES_MAX - atomic_read(&e->slices);
}

static struct vfio_device *slice_create(struct vfio_provider_dev *d)
{
	struct edu_engine *e = vfio_provider_priv(vfio_provider_dev_provider(d));
	struct edu_slice *s;
	int ret;

	if (!atomic_add_unless(&e->slices, 1, EDU_SLICES_MAX)) {
		vfio_provider_explain(d, "all %d slices are live; write 0 to the live of one",
				      EDU_SLICES_MAX);
		return ERR_PTR(-ENOSPC);
	}
	ret = edu_hw_get(e->edu);
	if (ret) {
		vfio_provider_explain(d, "the native function of edu is stopped");
		goto out_count;
	}
	s = vfio_alloc_device(edu_slice, vdev, vfio_provider_dev_device(d),
			      &edu_slice_device_ops);
	if (IS_ERR(s)) {
		ret = PTR_ERR(s);
		goto out_put;
	}
	s->engine = e;
	s->config = *(const struct edu_slice_config *)vfio_provider_dev_config(d);
	s->buffer = kzalloc(s->config.buffer_size, GFP_KERNEL);
	ret = s->buffer ? edu_slice_migration_init(s) : -ENOMEM;
	if (ret)
		goto out_free;
	return &s->vdev;

out_free:
	vfio_put_device(&s->vdev);
out_put:
	edu_hw_put(e->edu);
out_count:
	atomic_dec(&e->slices);
	return ERR_PTR(ret);
}

static void slice_destroy(struct vfio_provider_dev *d, struct vfio_device *vdev)
{
	struct edu_engine *e = vfio_provider_priv(vfio_provider_dev_provider(d));

	edu_hw_put(e->edu);
	atomic_dec(&e->slices);
}

static const struct vfio_provider_type slice_type = {
	.name		= "edu-slice",
	.description	= "an edu with a buffer of its own, which computes on a shared engine",
	.attrs		= slice_attrs,
	.config_size	= sizeof(struct edu_slice_config),
	.defaults	= &slice_defaults,
	.available	= slice_available,
	.create		= slice_create,
	.destroy	= slice_destroy,
};

static const struct vfio_provider_type *const slice_types[] = { &slice_type, NULL };

static const struct vfio_provider_ops slice_ops = {
	.types = slice_types,
};

static int slices_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct edu *edu = container_of(adev, struct edu, slices);
	struct edu_slices *slices;

	slices = kzalloc(sizeof(*slices), GFP_KERNEL);
	if (!slices)
		return -ENOMEM;
	edu_engine_setup(&slices->engine, edu);
	slices->provider = vfio_provider_register(adev->dev.parent, &slice_ops,
						  &slices->engine);
	if (IS_ERR(slices->provider)) {
		int ret = PTR_ERR(slices->provider);

		kfree(slices);
		return ret;
	}
	auxiliary_set_drvdata(adev, slices);
	return 0;
}

static void slices_remove(struct auxiliary_device *adev)
{
	struct edu_slices *slices = auxiliary_get_drvdata(adev);

	vfio_provider_unregister(slices->provider);
	flush_work(&slices->engine.work);
	kfree(slices);
}

static const struct auxiliary_device_id slices_ids[] = {
	{ .name = "edu.slices" },
	{ }
};
MODULE_DEVICE_TABLE(auxiliary, slices_ids);

static struct auxiliary_driver slices_driver = {
	.name = "slices",
	.probe = slices_probe,
	.remove = slices_remove,
	.id_table = slices_ids,
};

static int __init slice_module_init(void)
{
	int ret = edu_engine_init();

	if (ret)
		return ret;
	ret = auxiliary_driver_register(&slices_driver);
	if (ret)
		edu_engine_exit();
	return ret;
}

static void __exit slice_module_exit(void)
{
	auxiliary_driver_unregister(&slices_driver);
	edu_engine_exit();
}

module_init(slice_module_init);
module_exit(slice_module_exit);

MODULE_DESCRIPTION("Slices of QEMU's edu device, the example of a provider of vfio_devices");
MODULE_LICENSE("GPL");
