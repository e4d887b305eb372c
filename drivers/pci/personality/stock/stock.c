// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: the life of a function here.
 *
 * May touch: who is asked, struct stock_owner; the order in which the other files
 * begin and end.
 */
#include "internal.h"

static const struct stock_owner *owner;

/**
 * stock_get() - look up a function
 * @pdev: the function
 *
 * Context: any; takes a spinlock.
 * Return: what is known of it, to be given back with stock_put(), or NULL if the switch
 * does not know it.
 */
struct stock_function *stock_get(struct pci_dev *pdev)
{
	return owner->get(pdev);
}

/**
 * stock_put() - end of stock_get()
 * @sf: the function; NULL is fine
 *
 * Context: any.
 */
void stock_put(struct stock_function *sf)
{
	owner->put(sf);
}

/**
 * stock_uses_kernel_dma() - does a function's driver keep VFIO users off its group?
 * @sf: the function
 *
 * Context: any.
 * Return: true if it does.
 */
bool stock_uses_kernel_dma(struct stock_function *sf)
{
	return owner->uses_kernel_dma(sf);
}

/**
 * stock_note_broken() - say that a function does not work any more, or does again
 * @sf: the function
 * @broken: which of the two
 *
 * Context: any.
 */
void stock_note_broken(struct stock_function *sf, bool broken)
{
	owner->note_broken(sf, broken);
}

int stock_init(const struct stock_owner *o)
{
	owner = o;
	return stock_loader_init();
}

void stock_exit(void)
{
	stock_shadows_exit();
	stock_shims_free();
	stock_loader_exit();
}

void stock_function_init(struct stock_function *sf, struct pci_dev *pdev)
{
	sf->pdev = pdev;
	spin_lock_init(&sf->lock);
	mutex_init(&sf->group_lock);
}

void stock_function_free(struct stock_function *sf)
{
	stock_shadow_free(sf);
	mutex_destroy(&sf->group_lock);
}

void stock_function_leave(struct stock_function *sf)
{
	stock_group_leave(sf);
}

void stock_function_end(struct stock_function *sf)
{
	/* Its first bind may not have been told */
	if (IS_ENABLED(CONFIG_PCI_IOV) && READ_ONCE(sf->birth_override)) {
		device_lock(&sf->pdev->dev);
		stock_birth_settle(sf);
		device_unlock(&sf->pdev->dev);
	}
	/* Nor the end of its last one */
	stock_shadow_end(sf);
}

void stock_function_bound(struct stock_function *sf, bool bound)
{
	sf->taken |= bound;
	if (sf->unprobed)
		stock_shadow_bound(sf);
	else
		stock_shadow_end(sf);
	stock_birth_settle(sf);
}
