// SPDX-License-Identifier: GPL-2.0
/*
 * PCI personality switch: the module loader.
 *
 * May touch: request_module(), which is never called under device_lock: modprobe
 * waits for drivers that bind. Whether a request helped is for others to see.
 *
 * A request costs a process, more than what the transition itself does. One that
 * was made for a function is not repeated for some seconds, as long as no module
 * has gone, which could be the one that had come. What has been installed since
 * is found by the next write after that time.
 */
#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "personality.h"

/* Quick flips pay once; nobody installs a package and tries it in less */
#define ASKED_FOR	(5 * HZ)

/* Counts the modules that went */
static atomic_t modules_gone = ATOMIC_INIT(0);

static int loader_module_notify(struct notifier_block *nb, unsigned long state,
				void *data)
{
	if (state == MODULE_STATE_GOING)
		atomic_inc(&modules_gone);
	return NOTIFY_OK;
}

static struct notifier_block loader_module_nb = {
	.notifier_call = loader_module_notify,
};

/**
 * personality_loader_init() - begin to watch modules go
 *
 * Context: module init. personality_loader_exit() is owed.
 * Return: 0 or a negative errno.
 */
int personality_loader_init(void)
{
	return register_module_notifier(&loader_module_nb);
}

/**
 * personality_loader_exit() - end of personality_loader_init()
 *
 * Context: module exit.
 */
void personality_loader_exit(void)
{
	unregister_module_notifier(&loader_module_nb);
}

static bool must_ask(struct personality *p, struct personality_asked *asked)
{
	int gone = atomic_read(&modules_gone);

	guard(spinlock)(&p->lock);
	if (asked->asked && asked->modules_gone == gone &&
	    time_before(jiffies, asked->when + ASKED_FOR))
		return false;
	asked->asked = true;
	asked->modules_gone = gone;
	asked->when = jiffies;
	return true;
}

/**
 * personality_load_forget() - ask anew next time
 * @p: the function
 *
 * Context: any.
 */
void personality_load_forget(struct personality *p)
{
	guard(spinlock)(&p->lock);
	p->asked_vfio.asked = false;
	p->asked_method.asked = false;
}

/**
 * personality_load_vfio_ids() - load the VFIO drivers for some ids
 * @id: vendor, device, subvendor, subdevice and class of a function
 *
 * The whole modalias (see scripts/mod/file2alias.c, do_pci_entry()) is longer
 * than a module request may be. An id in a driver's table hardly ever fixes
 * both the subsystem and the subclass, so two requests cover it, each with the
 * fields left empty that the other has.
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_vfio_ids(const struct pci_device_id *id)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;

	request_module("vfio_pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsci", id->vendor,
		       id->device, id->subvendor, id->subdevice, base);
	request_module("vfio_pci:v%08Xd%08Xsvsdbc%02Xsc%02Xi%02X", id->vendor,
		       id->device, base, sub, prog);
}

/**
 * personality_load_vfio() - load the VFIO drivers for a function
 * @p: the function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_vfio(struct personality *p)
{
	struct pci_device_id id = personality_ids(p->pdev);

	if (must_ask(p, &p->asked_vfio))
		personality_load_vfio_ids(&id);
}

/**
 * personality_load_method() - load what brings a driver's operations
 * @p: a function of the driver
 * @drv: the driver, pinned
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_method(struct personality *p,
			     const struct device_driver *drv)
{
	/* Another driver than last time? The group's lock protects this */
	if (p->asked_driver != drv)
		personality_load_forget(p);
	p->asked_driver = drv;
	if (must_ask(p, &p->asked_method))
		personality_load_method_of(drv);
}

/**
 * personality_load_method_of() - load what brings a driver's operations
 * @drv: the driver, pinned
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_method_of(const struct device_driver *drv)
{
	request_module("pci-personality-vfio:%s", drv->name);
}

/**
 * personality_load_native_ids() - load the native driver for some ids
 * @id: vendor, device, subvendor, subdevice and class of a function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_native_ids(const struct pci_device_id *id)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;

	request_module("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		       id->vendor, id->device, id->subvendor, id->subdevice,
		       base, sub, prog);
}

/**
 * personality_load_native() - load the native driver of a function
 * @pdev: the function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_native(struct pci_dev *pdev)
{
	struct pci_device_id id = personality_ids(pdev);

	personality_load_native_ids(&id);
}

/**
 * personality_load_named() - load a module by name
 * @name: of the module or, as is usual, of the driver in it
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void personality_load_named(const char *name)
{
	request_module("%s", name);
}
