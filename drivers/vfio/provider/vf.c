// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: VFs, as type "vf" of each PF, a module of its own. For users in
 * docs/ABI/configfs-vfio.
 *
 * Between the providers and the personality switch, neither of which depends on the
 * other: this module uses both. What is made reserves the index of a VF; live brings that
 * VF into VFIO, and out of it. How many VFs there are is the business of who writes
 * sriov_numvfs.
 *
 * May touch: the providers of PFs. VFs are touched by pci-personality.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/pci-personality.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio_provider.h>
#include <linux/workqueue.h>

#define INDEX_MAX	U16_MAX
#define INDEX_ANY	U32_MAX
#define WHY_LEN		200

/**
 * struct vf_parent - a PF
 * @node: in the list of all that are there
 * @pf: the function; a reference is held
 * @provider: what it is registered as; NULL before that, and if it could not be
 * @begin: it has come
 * @end: it has gone, and is in the list no more
 * @refresh: one of its VFs has lost its vfio_device
 */
struct vf_parent {
	struct list_head node;
	struct pci_dev *pf;
	struct vfio_provider *provider;
	struct work_struct begin, end, refresh;
};

struct vf_config {
	u32 index;
};

static DEFINE_MUTEX(parents_lock);	/* parents; nothing is taken inside but a workqueue's */
static LIST_HEAD(parents);

/*
 * PFs come and go here one after the other: who is plugged in again has the name of who has
 * just gone. Not in the bus's notifier, which is called with a lock of the bus's held: a
 * write to live that binds a VF takes that inside of the locks that the end of a provider
 * waits for.
 */
static struct workqueue_struct *in_turn;
static struct workqueue_struct *refreshing;	/* Waits for writes to live; nobody waits for it */

static struct pci_dev *pf_of(const struct vfio_provider *provider)
{
	return to_pci_dev(vfio_provider_parent(provider));
}

static struct pci_dev *pf_of_dev(const struct vfio_provider_dev *d)
{
	return pf_of(vfio_provider_dev_provider(d));
}

static u32 index_of(const struct vfio_provider_dev *d)
{
	const struct vf_config *config = vfio_provider_dev_config(d);

	return config->index;
}

static unsigned int vf_available(struct vfio_provider *provider)
{
	struct pci_dev *pf = pf_of(provider);
	struct pci_dev *vf = NULL;
	unsigned int n = 0;

	while ((vf = pci_get_device(pf->vendor, PCI_ANY_ID, vf)))
		n += vf->is_virtfn && pci_physfn(vf) == pf && pci_personality_vf_is_free(vf);
	return n;
}

/* One that is there and free, before one that is not there yet */
static int reserve_any(struct pci_dev *pf, u32 *index)
{
	int total = pci_sriov_get_totalvfs(pf);
	int there, i;

	for (there = 1; there >= 0; there--) {
		for (i = 0; i < total; i++) {
			struct pci_dev *vf __free(pci_dev_put) =
				pci_personality_vf_get(pf, i);
			int ret;

			if (!!vf != there)
				continue;
			ret = pci_personality_vf_reserve(pf, i);
			if (!ret)
				*index = i;
			if (ret != -EBUSY && ret != -EEXIST)
				return ret;
		}
	}
	return -ENOSPC;
}

static int vf_prepare(struct vfio_provider_dev *d, void *config)
{
	struct vf_config *c = config;

	if (c->index == INDEX_ANY)
		return reserve_any(pf_of_dev(d), &c->index);
	return pci_personality_vf_reserve(pf_of_dev(d), c->index);
}

static void vf_discard(struct vfio_provider_dev *d)
{
	pci_personality_vf_unreserve(pf_of_dev(d), index_of(d));
}

static int vf_configure(struct vfio_provider_dev *d, const void *config)
{
	const struct vf_config *c = config;
	struct pci_dev *pf = pf_of_dev(d);
	int ret;

	if (c->index == index_of(d))
		return 0;
	ret = pci_personality_vf_reserve(pf, c->index);
	switch (ret) {
	case 0:
		pci_personality_vf_unreserve(pf, index_of(d));
		break;
	case -ENODEV:
		vfio_provider_explain(d, "%s has gone", pci_name(pf));
		break;
	case -EINVAL:
		vfio_provider_explain(d, "%s has VFs 0 to %d", pci_name(pf),
				      pci_sriov_get_totalvfs(pf) - 1);
		break;
	case -EEXIST:
		ret = -EBUSY;
		vfio_provider_explain(d, "VF %u is reserved by another directory here",
				      c->index);
		break;
	case -EBUSY:
		vfio_provider_explain(d, "VF %u has a native driver, a user or a driver_override",
				      c->index);
		break;
	default:
		vfio_provider_explain(d, "VF %u could not be reserved", c->index);
	}
	return ret;
}

static struct device *vf_begin(struct vfio_provider_dev *d)
{
	struct pci_dev *pf = pf_of_dev(d);
	struct pci_dev *vf = pci_personality_vf_get(pf, index_of(d));
	char why[WHY_LEN];
	int ret;

	if (!vf) {
		vfio_provider_explain(d,
				      "there is no VF %u; write %u or more to sriov_numvfs of %s (now %d)",
				      index_of(d), index_of(d) + 1, pci_name(pf),
				      pci_num_vf(pf));
		return ERR_PTR(-ENODEV);
	}
	ret = pci_personality_vf_enter(vf, why, sizeof(why));
	if (!ret)
		return &vf->dev;
	vfio_provider_explain(d, "%s", why);
	pci_dev_put(vf);
	return ERR_PTR(ret);
}

static int vf_end(struct vfio_provider_dev *d)
{
	struct pci_dev *vf = to_pci_dev(vfio_provider_dev_device(d));
	char why[WHY_LEN];
	int ret = pci_personality_vf_leave(vf, why, sizeof(why));

	if (ret)
		vfio_provider_explain(d, "%s", why);
	return ret;
}

static bool vf_present(struct device *dev)
{
	return pci_personality_vf_in_vfio(to_pci_dev(dev));
}

static const struct vfio_provider_attr vf_attrs[] = {
	VFIO_PROVIDER_ATTR_U32(struct vf_config, index, 0, INDEX_MAX, 1),
	{ }
};

static const struct vf_config vf_defaults = { .index = INDEX_ANY };

static const struct vfio_provider_type vf_type = {
	.name		= "vf",
	.description	= "a VF, reserved for VFIO: no native driver is bound to it",
	.attrs		= vf_attrs,
	.config_size	= sizeof(struct vf_config),
	.defaults	= &vf_defaults,
	.available	= vf_available,
	.prepare	= vf_prepare,
	.discard	= vf_discard,
	.configure	= vf_configure,
	.begin		= vf_begin,
	.end		= vf_end,
	.present	= vf_present,
};

static const struct vfio_provider_type *const vf_types[] = { &vf_type, NULL };

static const struct vfio_provider_ops vf_ops = { .types = vf_types };

static void refresh(struct work_struct *work)
{
	struct vf_parent *parent = container_of(work, struct vf_parent, refresh);
	/* Pairs with begin() */
	struct vfio_provider *provider = smp_load_acquire(&parent->provider);

	if (provider)
		vfio_provider_refresh(provider);
}

static void begin(struct work_struct *work)
{
	struct vf_parent *parent = container_of(work, struct vf_parent, begin);
	struct vfio_provider *provider;

	provider = vfio_provider_register(&parent->pf->dev, &vf_ops, parent);
	if (!IS_ERR(provider))
		/* Pairs with refresh() */
		smp_store_release(&parent->provider, provider);
	else if (PTR_ERR(provider) != -EEXIST)
		pci_warn(parent->pf, "its VFs cannot be had in configfs: %pe\n", provider);
	/* Otherwise its driver is a provider itself */
}

static void free_parent(struct vf_parent *parent)
{
	cancel_work_sync(&parent->refresh);
	if (parent->provider)
		vfio_provider_unregister(parent->provider);
	pci_dev_put(parent->pf);
	kfree(parent);
}

static void end(struct work_struct *work)
{
	free_parent(container_of(work, struct vf_parent, end));
}

static struct vf_parent *find_parent(const struct pci_dev *pf)
{
	struct vf_parent *parent;

	lockdep_assert_held(&parents_lock);
	list_for_each_entry(parent, &parents, node)
		if (parent->pf == pf)
			return parent;
	return NULL;
}

static int add(struct pci_dev *pf)
{
	struct vf_parent *parent;

	if (!pf->is_physfn)
		return 0;
	guard(mutex)(&parents_lock);
	/* Who is plugged in while the module comes is met twice */
	if (find_parent(pf))
		return 0;
	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;
	INIT_WORK(&parent->begin, begin);
	INIT_WORK(&parent->end, end);
	INIT_WORK(&parent->refresh, refresh);
	parent->pf = pci_dev_get(pf);
	list_add_tail(&parent->node, &parents);
	queue_work(in_turn, &parent->begin);
	return 0;
}

static void remove(const struct pci_dev *pf)
{
	struct vf_parent *parent;

	guard(mutex)(&parents_lock);
	parent = find_parent(pf);
	if (!parent)
		return;
	list_del(&parent->node);
	queue_work(in_turn, &parent->end);
}

static void lost(struct pci_dev *vf)
{
	struct vf_parent *parent;

	if (!vf->is_virtfn)
		return;
	guard(mutex)(&parents_lock);
	parent = find_parent(pci_physfn(vf));
	if (parent)
		queue_work(refreshing, &parent->refresh);
}

static int notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		if (add(pdev))
			pci_warn(pdev, "its VFs cannot be had in configfs: no memory\n");
		return NOTIFY_OK;
	case BUS_NOTIFY_REMOVED_DEVICE:
		remove(pdev);
		fallthrough;
	case BUS_NOTIFY_UNBOUND_DRIVER:
		lost(pdev);
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static struct notifier_block notifier = { .notifier_call = notify };

static int add_present(struct device *dev, void *data)
{
	return add(to_pci_dev(dev));
}

static void leave(void)
{
	struct vf_parent *parent, *next;

	bus_unregister_notifier(&pci_bus_type, &notifier);
	destroy_workqueue(in_turn);
	/* Nobody else knows the list any more */
	list_for_each_entry_safe(parent, next, &parents, node)
		free_parent(parent);
	destroy_workqueue(refreshing);
}

static int __init vf_init(void)
{
	int ret = -ENOMEM;

	in_turn = alloc_ordered_workqueue("vfio-provider-vf", 0);
	if (!in_turn)
		return ret;
	refreshing = alloc_workqueue("vfio-provider-lost", WQ_UNBOUND, 0);
	if (!refreshing)
		goto out_in_turn;
	ret = bus_register_notifier(&pci_bus_type, &notifier);
	if (ret)
		goto out_refreshing;
	ret = bus_for_each_dev(&pci_bus_type, NULL, NULL, add_present);
	if (ret)
		leave();
	else
		flush_workqueue(in_turn);
	return ret;

out_refreshing:
	destroy_workqueue(refreshing);
out_in_turn:
	destroy_workqueue(in_turn);
	return ret;
}

static void __exit vf_exit(void)
{
	leave();
}

module_init(vf_init);
module_exit(vf_exit);

MODULE_DESCRIPTION("VFs on demand in VFIO, by configfs");
MODULE_LICENSE("GPL");
