// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's edu device: its VFIO personality, edu-vfio.ko. Loaded when use_vfio is
 * written for a function that edu is bound to; until then nothing of VFIO is.
 *
 * May touch: the hardware through edu_hw_start() and edu_hw_stop(), and what the
 * device's attributes configured; a user's registers, to migrate them. All else is
 * vfio-pci-personality's work.
 */
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vfio_pci_migration.h>

#include <compat/vfio_device_ops.h>

#include "../personality/fail_step.h"
#include "edu.h"

/**
 * struct edu_vfio - edu's vfio_device
 * @m: what the helpers make of it; the revision in it is what the user sees
 * @loaded: the user has written to the device's buffer
 * @state: what moves. Of it are kept here the argument of the last factorial; the
 *	status, while it is silent; what is to be raised after a move
 */
struct edu_vfio {
	struct vfio_pci_migration m;
	bool loaded;
	struct edu_moved {
		u32 argument, status, raised, liveness, src, dst, count;
	} state;
};

/**
 * struct edu_plain - edu's vfio_device for a user who does not want migration
 * @core: nothing of it is trapped
 * @revision: what the user sees
 */
struct edu_plain {
	struct vfio_pci_core_device core;
	u8 revision;
};

/* The user's view of configuration space has the revision that was configured */
static ssize_t show_revision(u8 value, char __user *buf, loff_t start, ssize_t done)
{
	const loff_t revision = PCI_REVISION_ID +
		VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX);

	if (done > 0 && start <= revision && revision < start + done &&
	    put_user(value, (u8 __user *)buf + (revision - start)))
		return -EFAULT;
	return done;
}

static ssize_t edu_vfio_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	struct edu_vfio *v = container_of(vdev, struct edu_vfio, m.core.vdev);
	const loff_t start = *ppos;

	return show_revision(v->m.base.identity.revision, buf, start,
			     vfio_pci_migration_device_read(vdev, buf, count, ppos));
}

static ssize_t edu_plain_read(struct vfio_device *vdev, char __user *buf,
			      size_t count, loff_t *ppos)
{
	struct edu_plain *v = container_of(vdev, struct edu_plain, core.vdev);
	const loff_t start = *ppos;

	return show_revision(v->revision, buf, start,
			     vfio_pci_core_read(vdev, buf, count, ppos));
}

static const struct vfio_device_ops edu_plain_device_ops = {
	VFIO_PCI_PERSONALITY_DEVICE_OPS
	.open_device	= vfio_pci_personality_open_device,
	.close_device	= vfio_pci_core_close_device,
	.ioctl		= vfio_pci_core_ioctl,
	.device_feature	= vfio_pci_core_ioctl_feature,
	.read		= edu_plain_read,
	.write		= vfio_pci_core_write,
	.mmap		= vfio_pci_core_mmap,
	COMPAT_VFIO_PCI_DEVICE_IO
};

static const struct vfio_device_ops edu_vfio_device_ops = {
	VFIO_PCI_MIGRATION_DEVICE_OPS
	.read		= edu_vfio_read,
	.write		= vfio_pci_migration_device_write,
};

static struct edu_vfio *to_edu_vfio(struct vfio_migration *m)
{
	return container_of(m, struct edu_vfio, m.base);
}

static int edu_write(struct vfio_pci_migration *m, u32 reg, u32 value)
{
	struct edu_vfio *v = to_edu_vfio(&m->base);

	if (reg == EDU_FACTORIAL &&
	    !(vfio_pci_migration_read(m, EDU_STATUS) & EDU_STATUS_COMPUTING))
		v->state.argument = value;
	if (reg == EDU_DMA_CMD && value & EDU_DMA_RUN) {
		if (m->base.mig_state != VFIO_DEVICE_STATE_RUNNING)
			return -EBUSY;
		v->loaded |= !(value & EDU_DMA_TO_MEMORY);
	}
	vfio_pci_migration_write(m, reg, value);
	return 0;
}

static void edu_close(struct vfio_migration *m)
{
	to_edu_vfio(m)->loaded = false;
}

static int edu_quiesce(struct vfio_migration *m)
{
	struct vfio_pci_migration *p = to_vfio_pci_migration(m);
	struct edu_moved *s = &to_edu_vfio(m)->state;

	s->status = 0;
	s->raised = 0;
	return vfio_pci_migration_await(p, EDU_DMA_CMD, EDU_DMA_RUN);
}

static int edu_silence(struct vfio_migration *m)
{
	struct vfio_pci_migration *p = to_vfio_pci_migration(m);
	struct edu_moved *s = &to_edu_vfio(m)->state;

	s->status |= vfio_pci_migration_read(p, EDU_STATUS);
	vfio_pci_migration_write(p, EDU_STATUS, 0);
	return 0;
}

static void edu_resume(struct vfio_migration *m)
{
	struct vfio_pci_migration *p = to_vfio_pci_migration(m);
	struct edu_moved *s = &to_edu_vfio(m)->state;

	if (s->status)
		vfio_pci_migration_write(p, EDU_STATUS, s->status);
	/* Has it been computed in silence? */
	if (s->status == (EDU_STATUS_COMPUTING | EDU_STATUS_IRQ) &&
	    !(vfio_pci_migration_read(p, EDU_STATUS) & EDU_STATUS_COMPUTING))
		s->raised |= EDU_IRQ_FACTORIAL;
	if (s->raised)
		vfio_pci_migration_write(p, EDU_IRQ_RAISE, s->raised);
}

static ssize_t edu_save(struct vfio_migration *m, void *to)
{
	struct vfio_pci_migration *p = to_vfio_pci_migration(m);
	struct edu_vfio *v = to_edu_vfio(m);
	struct edu_moved *s = to;

	/* What only DMA reaches, to memory of the user's, cannot be carried */
	if (v->loaded)
		return -EOPNOTSUPP;
	*s = v->state;
	s->raised = vfio_pci_migration_read(p, EDU_IRQ_STATUS);
	s->liveness = ~vfio_pci_migration_read(p, EDU_LIVENESS);
	s->src = vfio_pci_migration_read(p, EDU_DMA_SRC);
	s->dst = vfio_pci_migration_read(p, EDU_DMA_DST);
	s->count = vfio_pci_migration_read(p, EDU_DMA_COUNT);
	return ~vfio_pci_migration_read(p, EDU_ID) ? sizeof(*s) : -ENODEV;
}

/* A result cannot be written: it is computed again. 34! and beyond are 0 in 32 bits */
static int edu_load(struct vfio_migration *m, const void *from, size_t size)
{
	struct vfio_pci_migration *p = to_vfio_pci_migration(m);
	const struct edu_moved *s = from;
	bool computing = s->status & EDU_STATUS_COMPUTING;

	if (vfio_pci_migration_await(p, EDU_STATUS, EDU_STATUS_COMPUTING))
		return -ETIMEDOUT;
	to_edu_vfio(m)->state = *s;
	vfio_pci_migration_write(p, EDU_IRQ_ACK, ~0);
	vfio_pci_migration_write(p, EDU_LIVENESS, s->liveness);
	vfio_pci_migration_write(p, EDU_DMA_SRC, s->src);
	vfio_pci_migration_write(p, EDU_DMA_DST, s->dst);
	vfio_pci_migration_write(p, EDU_DMA_COUNT, s->count);
	vfio_pci_migration_write(p, EDU_FACTORIAL,
				 computing ? s->argument : min(s->argument, 34U));
	return computing ? 0 : vfio_pci_migration_await(p, EDU_STATUS,
							EDU_STATUS_COMPUTING);
}

static const struct vfio_pci_migration_ops edu_migration_ops = {
	.base = {
		VFIO_PCI_MIGRATION_DRIVER_OPS
		.owner		= THIS_MODULE,
		.data_version	= 1,
		.size		= sizeof(struct edu_moved),
		.close		= edu_close,
		.quiesce	= edu_quiesce,
		.silence	= edu_silence,
		.save		= edu_save,
		.load		= edu_load,
		.resume		= edu_resume,
	},
	.trapped	= SZ_1M,
	.write		= edu_write,
};

static int edu_vfio_stop(struct pci_dev *pdev)
{
	return STEP("stop", edu_hw_stop(pci_get_drvdata(pdev)));
}

static int edu_vfio_start(struct pci_dev *pdev)
{
	return STEP("start", edu_hw_start(pci_get_drvdata(pdev)));
}

static struct vfio_pci_core_device *edu_vfio_create(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);
	struct edu_vfio *v;

	if (shall_fail("create"))
		return ERR_PTR(-EIO);
	v = vfio_alloc_device(edu_vfio, m.core.vdev, &pdev->dev,
			      &edu_vfio_device_ops);
	if (IS_ERR(v))
		return ERR_CAST(v);
	return vfio_pci_migration_init(&v->m, &edu_migration_ops,
				       READ_ONCE(edu->vfio_revision));
}

static const struct vfio_pci_personality_ops edu_vfio_ops = {
	.stop	= edu_vfio_stop,
	.start	= edu_vfio_start,
	.create	= edu_vfio_create,
	.err_handler = &vfio_pci_migration_err_handlers,
};

static struct vfio_pci_core_device *edu_plain_create(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);
	struct edu_plain *v;

	if (shall_fail("create"))
		return ERR_PTR(-EIO);
	v = vfio_alloc_device(edu_plain, core.vdev, &pdev->dev, &edu_plain_device_ops);
	if (IS_ERR(v))
		return ERR_CAST(v);
	v->revision = READ_ONCE(edu->vfio_revision);
	return &v->core;
}

static const struct vfio_pci_personality_ops edu_plain_ops = {
	.stop	= edu_vfio_stop,
	.start	= edu_vfio_start,
	.create	= edu_plain_create,
};

static int edu_enable_vfio(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	return vfio_pci_personality_enable(pdev, READ_ONCE(edu->vfio_migration) ?
						 &edu_vfio_ops : &edu_plain_ops);
}

static int edu_disable_vfio(struct pci_dev *pdev)
{
	return vfio_pci_personality_disable(pdev);
}

static const struct pci_vfio_ops edu_pci_vfio_ops = {
	.enable_vfio	= edu_enable_vfio,
	.disable_vfio	= edu_disable_vfio,
};

static const struct pci_personality_ops edu_personality_ops = {
	.vfio = &edu_pci_vfio_ops,
};

static int __init edu_vfio_init(void)
{
	return pci_personality_register_ops("edu", &edu_personality_ops);
}

static void __exit edu_vfio_exit(void)
{
	pci_personality_unregister_ops("edu", &edu_personality_ops);
}

module_init(edu_vfio_init);
module_exit(edu_vfio_exit);

MODULE_ALIAS_PCI_PERSONALITY_VFIO("edu");
MODULE_DESCRIPTION("VFIO personality of QEMU's edu device");
MODULE_LICENSE("GPL");
