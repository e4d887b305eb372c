// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: VFs that are reserved for VFIO, and enter it one by one.
 *
 * SR-IOV makes all VFs of a PF at once, and who writes sriov_numvfs owns how many there
 * are. What is reserved is an index, whether there is such a VF yet or not. A VF whose
 * index is reserved is held: no driver is bound to it, by its birth or by whatever is
 * loaded later, and driver_override reads pci-personality:reserved. From there it enters
 * VFIO, and there it goes back to; its native function never appears.
 *
 * May touch: which VFs are held. What a transition does is transition.c's.
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "personality.h"

DEFINE_FREE(personality_put, struct personality *, personality_put(_T))

/**
 * personality_vf_hold_reserved() - hold a new VF if it is reserved
 * @vf: the function
 *
 * Context: before the driver core looks for a driver; may sleep; device_lock of the PF
 * held, of the VF not.
 * Return: true if it is held.
 */
bool personality_vf_hold_reserved(struct personality *vf)
{
	struct personality *pf __free(personality_put) = NULL;
	int ret;

	if (!vf->pdev->is_virtfn)
		return false;
	pf = personality_get(pci_physfn(vf->pdev));
	if (!pf || !xa_load(&pf->reserved_vfs, pci_iov_vf_id(vf->pdev)))
		return false;
	ret = stock_hold(&vf->stock);
	if (ret)
		pci_warn(vf->pdev, "is reserved for VFIO, but begins as any other: %pe\n",
			 ERR_PTR(ret));
	return !ret;
}

/**
 * pci_personality_vf_get() - a VF by its index
 * @pf: the PF
 * @index: from 0 on
 *
 * Context: may sleep.
 * Return: the VF, to be given back with pci_dev_put(); or NULL if there is none.
 */
struct pci_dev *pci_personality_vf_get(struct pci_dev *pf, unsigned int index)
{
	struct pci_dev *vf = NULL;

	while ((vf = pci_get_device(pf->vendor, PCI_ANY_ID, vf)))
		if (vf->is_virtfn && pci_physfn(vf) == pf &&
		    pci_iov_vf_id(vf) == index)
			return vf;
	return NULL;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_get);

/* Neither native, nor in the hands of a user */
static bool is_free(struct personality *p)
{
	switch (personality_state(p)) {
	case PERSONALITY_UNBOUND:
		return true;
	case PERSONALITY_VFIO:
	case PERSONALITY_VFIO_REBOUND:
		return !stock_vfio_look(p->pdev).held;
	default:
		return false;
	}
}

/* One that is there must not be in use, and stays as it is */
static int hold_present(struct pci_dev *pf, unsigned int index)
{
	struct pci_dev *vf __free(pci_dev_put) = pci_personality_vf_get(pf, index);
	struct personality *p __free(personality_put) = vf ? personality_get(vf) : NULL;
	int ret;

	/* One that is just coming sees the reservation */
	if (!p)
		return 0;
	/* Its removal may be waiting for a user, with the lock that a hold takes */
	if (!is_free(p))
		return -EBUSY;
	ret = stock_hold(&p->stock);
	if (!ret && !is_free(p)) {
		stock_hold_end(&p->stock);
		ret = -EBUSY;
	}
	return ret;
}

/**
 * pci_personality_vf_reserve() - keep a VF, which need not be there yet, for VFIO
 * @pf: the PF
 * @index: of the VF
 *
 * Context: may sleep; no device_lock of a VF held. The caller owes
 * pci_personality_vf_unreserve().
 * Return: 0; -EINVAL if the PF cannot have it; -EEXIST if it is reserved; -EBUSY if there
 * is such a VF and it is bound natively, or a user has it open, or it has a driver_override;
 * -ENODEV if the PF is gone; -ENOMEM.
 */
int pci_personality_vf_reserve(struct pci_dev *pf, unsigned int index)
{
	struct personality *p __free(personality_put) = personality_get(pf);
	int ret;

	if (!p)
		return -ENODEV;
	if (index >= pci_sriov_get_totalvfs(pf))
		return -EINVAL;
	ret = xa_insert(&p->reserved_vfs, index, xa_mk_value(1), GFP_KERNEL);
	if (ret)
		return ret == -EBUSY ? -EEXIST : ret;
	ret = hold_present(pf, index);
	if (ret)
		xa_erase(&p->reserved_vfs, index);
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_reserve);

/**
 * pci_personality_vf_unreserve() - end of pci_personality_vf_reserve()
 * @pf: the PF, there or not
 * @index: of the VF
 *
 * A VF that is there stays in the state that it is in.
 *
 * Context: may sleep, a second at most; no device_lock of a VF held.
 */
void pci_personality_vf_unreserve(struct pci_dev *pf, unsigned int index)
{
	struct personality *p __free(personality_put) = personality_get(pf);
	struct personality *of_vf __free(personality_put) = NULL;
	struct pci_dev *vf __free(pci_dev_put) = NULL;

	if (!p)
		return;
	xa_erase(&p->reserved_vfs, index);
	vf = pci_personality_vf_get(pf, index);
	of_vf = vf ? personality_get(vf) : NULL;
	if (of_vf)
		stock_hold_end(&of_vf->stock);
}
EXPORT_SYMBOL_GPL(pci_personality_vf_unreserve);

/**
 * pci_personality_vf_in_vfio() - is a VF in VFIO?
 * @vf: the VF
 *
 * Context: any process context; takes no lock that a driver could hold.
 * Return: true if it has a vfio_device.
 */
bool pci_personality_vf_in_vfio(struct pci_dev *vf)
{
	return device_is_registered(&vf->dev) && stock_vfio_look(vf).present;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_in_vfio);

/**
 * pci_personality_vf_is_free() - could a VF be brought into VFIO?
 * @vf: the VF
 *
 * Context: any process context.
 * Return: true if no driver is bound to it.
 */
bool pci_personality_vf_is_free(struct pci_dev *vf)
{
	struct personality *p __free(personality_put) = personality_get(vf);

	return p && personality_state(p) == PERSONALITY_UNBOUND;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_is_free);

static void explain(struct personality *p, char *why, size_t size, const char *otherwise)
{
	guard(spinlock)(&p->lock);
	strscpy(why, p->last_error[0] ? p->last_error : otherwise, size);
}

static bool wants_method(struct personality *p)
{
	guard(spinlock)(&p->lock);
	return personality_wants_method(p->vfio_driver);
}

static bool is_being_unbound(struct personality *p)
{
	guard(spinlock)(&p->lock);
	return p->unbinding;
}

/* 1 if that is not the way */
static int enter_by_method(struct personality *p)
{
	struct stock_group *group;
	int ret;

	if (!wants_method(p))
		return 1;
	group = stock_turn_begin(p->pdev);
	/* Of what is the matter a transition tells better */
	if (IS_ERR(group))
		return 1;
	scoped_guard(spinlock, &p->lock)
		p->last_error[0] = '\0';
	ret = personality_state(p) == PERSONALITY_UNBOUND ?
	      stock_birth_now(&p->stock, personality_vf_can_be_born_with) : 1;
	stock_turn_end(group);
	if (!ret && !stock_vfio_look(p->pdev).present)
		ret = -EIO;
	return ret > 0 ? ret : personality_user_error(ret);
}

/**
 * pci_personality_vf_enter() - bring a reserved VF into VFIO
 * @vf: the VF
 * @why: after an error, a sentence of it
 * @size: of @why
 *
 * As use_vfio does, but from no driver at all: one that the VF can be born with enters its
 * VFIO personality in the place of its probe; otherwise a VFIO driver is bound. The VF's
 * personality/vfio_driver says which, as ever.
 *
 * Context: may sleep as long as modules and probe take; no device_lock held. Never waits
 * for a user.
 * Return: 0 if it is in VFIO, by this call or before; otherwise it is as it was: -EBUSY: it
 * is bound natively; or as personality_switch().
 */
int pci_personality_vf_enter(struct pci_dev *vf, char *why, size_t size)
{
	struct personality *pf __free(personality_put) = personality_get(pci_physfn(vf));
	struct personality *p __free(personality_put) = personality_get(vf);
	int ret;

	if (!p || !pf) {
		strscpy(why, "the VF is being removed", size);
		return -ENODEV;
	}
	switch (personality_state(p)) {
	case PERSONALITY_VFIO:
	case PERSONALITY_VFIO_REBOUND:
		return 0;
	case PERSONALITY_UNBOUND:
		break;
	default:
		if (is_being_unbound(p)) {
			snprintf(why, size,
				 "%s is being unbound or removed, which takes until its user closes it",
				 pci_name(vf));
			return -EBUSY;
		}
		snprintf(why, size,
			 "%s has been bound to a native driver, which may be in use; unbind it first",
			 pci_name(vf));
		return -EBUSY;
	}
	ret = personality_vfs_load(pf, p);
	if (ret) {
		strscpy(why, "no modules were loaded: the VF is being removed, or a signal came",
			size);
		return ret;
	}
	ret = enter_by_method(p);
	if (ret > 0)
		ret = personality_switch(p, true);
	if (ret)
		explain(p, why, size, "its driver could not be bound; dmesg may say why");
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_enter);

/**
 * pci_personality_vf_leave() - take a VF out of VFIO, to no driver
 * @vf: the VF
 * @why: after an error, a sentence of it
 * @size: of @why
 *
 * Context: may sleep as long as remove takes; no device_lock held. Never waits for a user.
 * Return: 0; -EBUSY if a user holds it; or as personality_switch(). After an error it is
 * as it was.
 */
int pci_personality_vf_leave(struct pci_dev *vf, char *why, size_t size)
{
	struct personality *p __free(personality_put) = personality_get(vf);
	int ret;

	/* Removed, it is in nobody's hands any more */
	if (!p)
		return 0;
	ret = personality_release(p);
	if (ret)
		explain(p, why, size, "it could not be unbound; dmesg may say why");
	return ret;
}
EXPORT_SYMBOL_GPL(pci_personality_vf_leave);
