// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the functions and their state.
 *
 * May touch: the table of functions, the life of struct personality, and what
 * is known of the bound driver. Drives nothing.
 */
#include <linux/cleanup.h>
#include <linux/hashtable.h>
#include <linux/timekeeping.h>
#include <linux/slab.h>

#include "personality.h"

static DEFINE_HASHTABLE(functions, 8);
static DEFINE_SPINLOCK(functions_lock);
static bool functions_closed;

static void personality_free(struct kref *ref)
{
	struct personality *p = container_of(ref, struct personality, ref);

	stock_function_free(&p->stock);
	xa_destroy(&p->reserved_vfs);
	pci_dev_put(p->pdev);
	mutex_destroy(&p->attr_lock);
	kfree(p);
}

/**
 * personality_put() - drop a reference
 * @p: from personality_get(); NULL is fine
 *
 * Context: any.
 */
void personality_put(struct personality *p)
{
	if (p)
		kref_put(&p->ref, personality_free);
}

static struct personality *personality_find(struct pci_dev *pdev)
{
	struct personality *p;

	lockdep_assert_held(&functions_lock);

	hash_for_each_possible(functions, p, node, (unsigned long)pdev)
		if (p->pdev == pdev)
			return p;
	return NULL;
}

/**
 * personality_get() - look up a function
 * @pdev: the function
 *
 * Context: any; takes a spinlock.
 * Return: its struct personality, to be given back with personality_put(), or
 * NULL if it has none (a bridge, a function that is gone).
 */
struct personality *personality_get(struct pci_dev *pdev)
{
	struct personality *p;

	guard(spinlock)(&functions_lock);
	p = personality_find(pdev);
	if (p)
		kref_get(&p->ref);
	return p;
}

/* Add to the table unless the function is there already, or we are leaving */
static bool personality_insert(struct personality *p)
{
	guard(spinlock)(&functions_lock);
	if (functions_closed || personality_find(p->pdev))
		return false;
	hash_add(functions, &p->node, (unsigned long)p->pdev);
	kref_get(&p->ref);
	return true;
}

static void personality_erase(struct personality *p)
{
	scoped_guard(spinlock, &functions_lock) {
		if (!hash_hashed(&p->node))
			return;
		hash_del(&p->node);
	}
	personality_put(p);
}

/* Show the attributes, unless the function is being deleted already */
static bool personality_attach(struct personality *p)
{
	int ret;

	guard(mutex)(&p->attr_lock);
	if (p->removed)
		return false;
	ret = personality_attrs_add(p->pdev);
	if (ret)
		pci_warn(p->pdev, "no personality attributes: %pe\n",
			 ERR_PTR(ret));
	p->has_attrs = !ret;
	return p->has_attrs;
}

static void personality_detach(struct personality *p)
{
	scoped_guard(mutex, &p->attr_lock) {
		if (p->has_attrs)
			personality_attrs_remove(p->pdev);
		p->has_attrs = false;
		p->removed = true;
	}
	/* Its first bind, and the end of its last one, may not have been told */
	stock_function_end(&p->stock);
	personality_erase(p);
}

static int match_device_itself(struct device *dev, const void *data)
{
	return dev == data;
}

/*
 * A walk of the bus may still hand out a device that has left it. Once it is
 * in our table this tells whether its removal will yet be notified.
 */
static bool personality_on_bus(struct pci_dev *pdev)
{
	struct device *dev = bus_find_device(&pci_bus_type, NULL, &pdev->dev,
					     match_device_itself);

	put_device(dev);
	return !!dev;
}

/**
 * personality_function_add() - take a function under the switch
 * @pdev: a PCI device; anything but a type 0 function is passed over
 *
 * Adding a function twice does no harm.
 *
 * Context: may sleep. From the bus notifier (before the ADD uevent) or a walk
 * of the bus; takes device_lock briefly, so the caller must not hold it.
 * Return: 0 or -ENOMEM. A function whose attributes cannot be created is left
 * out with a warning and works as if the module were not there.
 */
int personality_function_add(struct pci_dev *pdev)
{
	struct personality *p;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return 0;

	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	kref_init(&p->ref);
	mutex_init(&p->attr_lock);
	xa_init(&p->reserved_vfs);
	spin_lock_init(&p->lock);
	strscpy(p->vfio_driver, "auto");
	p->pdev = pci_dev_get(pdev);
	stock_function_init(&p->stock, pdev);

	if (!personality_insert(p))
		goto out_put;
	if (!personality_on_bus(pdev))
		goto out_detach;

	device_lock(&pdev->dev);
	personality_note_bound(p, pdev->dev.driver);
	device_unlock(&pdev->dev);

	if (!personality_attach(p))
		goto out_detach;
	personality_vf_added(p);
	goto out_put;

out_detach:
	personality_detach(p);
out_put:
	personality_put(p);
	return 0;
}

/**
 * personality_function_leave() - a function is about to leave its IOMMU group
 * @pdev: the function; its driver is bound still
 *
 * Context: bus notifier; may sleep, waits for no driver and no user.
 */
void personality_function_leave(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);

	if (!p)
		return;
	WRITE_ONCE(p->leaving, true);
	stock_function_leave(&p->stock);
	personality_vfs_leave(p);
	personality_put(p);
}

/**
 * personality_function_remove() - let go of a function that is being deleted
 * @pdev: the function; its sysfs directory still exists
 *
 * A transition under way keeps its reference and finds out by itself.
 *
 * Context: bus notifier; may sleep, waits for readers of the attributes.
 */
void personality_function_remove(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);

	if (!p)
		return;
	personality_detach(p);
	personality_put(p);
}

static struct personality *personality_get_any(void)
{
	struct personality *p;
	int bucket;

	guard(spinlock)(&functions_lock);
	functions_closed = true;
	hash_for_each(functions, bucket, p, node) {
		kref_get(&p->ref);
		return p;
	}
	return NULL;
}

/**
 * personality_function_remove_all() - let go of every function, for good
 *
 * Each stays in the personality it is in. No function can be added afterwards.
 *
 * Context: module exit, bus notifier still registered; may sleep.
 */
void personality_function_remove_all(void)
{
	struct personality *p;

	while ((p = personality_get_any())) {
		personality_detach(p);
		personality_put(p);
	}
}

/**
 * personality_note_bound() - remember the driver that was bound or unbound
 * @p: the function
 * @drv: the driver; NULL after an unbind, or after a probe that was undone
 *
 * A bind or unbind by someone else than a transition makes what the last
 * transition remembered void.
 *
 * Context: device_lock held.
 */
void personality_note_bound(struct personality *p,
			    const struct device_driver *drv)
{
	struct personality_method method = { };

	device_lock_assert(&p->pdev->dev);

	scoped_guard(spinlock, &p->lock) {
		strscpy(p->bound, drv ? drv->name : "");
		p->bound_manages_dma = drv &&
				       to_pci_driver(drv)->driver_managed_dma;
		if (drv)
			p->broken = false;
		if (!p->switching)
			p->origin.known = false;
		p->unbinding = 0;
		/* A probe that was undone had left its function unprobed for nothing */
		if (!drv)
			p->stock.unprobed = false;
		/* One that was left unprobed is in VFIO already */
		if (!p->stock.unprobed)
			swap(p->method, method);
	}
	/* An unbind in the driver's own VFIO personality has ended that */
	stock_function_bound(&p->stock, drv);
	personality_method_put(&method);
}

/**
 * personality_note_unbinding() - remember that a driver is about to be unbound
 * @p: the function
 *
 * Context: device_lock held.
 */
void personality_note_unbinding(struct personality *p)
{
	guard(spinlock)(&p->lock);
	p->unbinding = ktime_get_boottime_seconds();
}

/**
 * personality_unbinding() - for how long has a driver been being unbound?
 * @p: the function
 * @seconds: set to that time
 *
 * Some drivers' remove waits for who uses the function, and nothing can end that
 * but the user. This takes no lock that it could hold.
 *
 * Context: any.
 * Return: true if it has taken a second or longer, whoever unbinds it.
 */
bool personality_unbinding(struct personality *p, u64 *seconds)
{
	guard(spinlock)(&p->lock);
	if (!p->unbinding)
		return false;
	*seconds = ktime_get_boottime_seconds() - p->unbinding;
	return *seconds;
}

/**
 * personality_state() - the state a function is in
 * @p: the function
 *
 * Context: any process context; never waits for a driver.
 * Return: the state, a snapshot unless the group's lock is held.
 */
enum personality_state personality_state(struct personality *p)
{
	bool vfio = stock_vfio_look(p->pdev).present;

	guard(spinlock)(&p->lock);
	if (vfio)
		return p->method.vfio ? PERSONALITY_VFIO :
					PERSONALITY_VFIO_REBOUND;
	if (p->broken)
		return PERSONALITY_BROKEN;
	return p->bound[0] ? PERSONALITY_NATIVE : PERSONALITY_UNBOUND;
}

/**
 * personality_note_broken() - remember that a function does not work any more
 * @p: the function
 * @broken: false if it is worth a try again
 *
 * Binding a driver ends it.
 *
 * Context: any.
 */
void personality_note_broken(struct personality *p, bool broken)
{
	guard(spinlock)(&p->lock);
	p->broken = broken;
}

static struct stock_function *stock_owner_get(struct pci_dev *pdev)
{
	struct personality *p = personality_get(pdev);

	return p ? &p->stock : NULL;
}

static struct personality *owner_of(struct stock_function *sf)
{
	return container_of(sf, struct personality, stock);
}

static void stock_owner_put(struct stock_function *sf)
{
	if (sf)
		personality_put(owner_of(sf));
}

static bool uses_kernel_dma(struct stock_function *sf)
{
	struct personality *p = owner_of(sf);

	guard(spinlock)(&p->lock);
	return p->bound[0] && !p->bound_manages_dma && !p->method.vfio;
}

static void note_broken(struct stock_function *sf, bool broken)
{
	personality_note_broken(owner_of(sf), broken);
}

/* What the stand-ins for the PCI core ask */
const struct stock_owner personality_stock_owner = {
	.get			= stock_owner_get,
	.put			= stock_owner_put,
	.uses_kernel_dma	= uses_kernel_dma,
	.note_broken		= note_broken,
};

/**
 * personality_state_name() - a state's name in sysfs, uevents and traces
 * @state: the state
 *
 * Return: a constant string.
 */
const char *personality_state_name(enum personality_state state)
{
	static const char * const names[] = {
		[PERSONALITY_UNBOUND] = "unbound",
		[PERSONALITY_NATIVE] = "native",
		[PERSONALITY_VFIO] = "vfio",
		[PERSONALITY_VFIO_REBOUND] = "vfio-rebound",
		[PERSONALITY_BROKEN] = "broken",
	};

	return names[state];
}
