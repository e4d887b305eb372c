// SPDX-License-Identifier: GPL-2.0
/*
 * The personality switch on stock kernels: the module loader.
 *
 * May touch: request_module(), which is never called under device_lock: modprobe
 * waits for drivers that bind. Whether a request helped is for others to see.
 *
 * A request costs a process, more than what the transition itself does. One that
 * was made is not repeated for some seconds, for whatever function, as long as no
 * module has gone, which could be the one that had come. What has been installed
 * since is found by the next write after that time. Who wants the same at the same
 * time waits for the one who asks.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "internal.h"

/* Quick flips pay once; nobody installs a package and tries it in less */
#define ASKED_FOR	(5 * HZ)

/**
 * struct request - a request for modules
 * @node: in @requests
 * @name: what is asked for
 * @lock: held while it is; protects the rest
 * @asked: it was asked for
 * @when: at that time, in jiffies
 * @forgotten: what @forgotten was then
 * @ret: what came of it
 */
struct request {
	struct list_head node;
	char name[MODULE_NAME_LEN];
	struct mutex lock;	/* one asks, others wait */
	bool asked;
	unsigned long when;
	int forgotten;
	int ret;
};

static LIST_HEAD(requests);
static DEFINE_MUTEX(requests_lock);

/* How often all that was asked for has been forgotten */
static atomic_t forgotten = ATOMIC_INIT(0);

void stock_load_forget(void)
{
	atomic_inc(&forgotten);
}

#define BACKEND "vfio_iommu_type1"

/* It is there, as far as is known */
static bool backend_loaded;

static int loader_module_notify(struct notifier_block *nb, unsigned long state,
				void *data)
{
	struct module *module = data;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_OK;
	stock_load_forget();
	if (!strcmp(module_name(module), BACKEND))
		WRITE_ONCE(backend_loaded, false);
	return NOTIFY_OK;
}

static struct notifier_block loader_module_nb = {
	.notifier_call = loader_module_notify,
};

/**
 * stock_loader_init() - begin to watch modules go
 *
 * Context: module init. stock_loader_exit() is owed.
 * Return: 0 or a negative errno.
 */
int stock_loader_init(void)
{
	return register_module_notifier(&loader_module_nb);
}

/**
 * stock_loader_exit() - end of stock_loader_init()
 *
 * Context: module exit.
 */
void stock_loader_exit(void)
{
	struct request *request, *next;

	unregister_module_notifier(&loader_module_nb);
	list_for_each_entry_safe(request, next, &requests, node) {
		mutex_destroy(&request->lock);
		kfree(request);
	}
}

/* There are as many as there are kinds of functions and drivers: few */
static struct request *request_get(const char *name)
{
	struct request *request;

	guard(mutex)(&requests_lock);
	list_for_each_entry(request, &requests, node)
		if (!strcmp(request->name, name))
			return request;

	request = kzalloc(sizeof(*request), GFP_KERNEL);
	if (!request)
		return NULL;
	strscpy(request->name, name);
	mutex_init(&request->lock);
	list_add(&request->node, &requests);
	return request;
}

/*
 * As request_module(), but not if that has been done lately; if it was @lasting, not if
 * it has been done at all since a module went.
 */
static __printf(2, 3) int request_unless_done(bool lasting, const char *fmt, ...)
{
	struct request *request;
	char name[MODULE_NAME_LEN];
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	if (ret >= sizeof(name))
		return -ENAMETOOLONG;

	request = request_get(name);
	if (!request)
		return request_module("%s", name);
	if (mutex_lock_killable(&request->lock))
		return -EINTR;
	if (!request->asked || request->forgotten != atomic_read(&forgotten) ||
	    (!lasting && time_after_eq(jiffies, request->when + ASKED_FOR))) {
		request->asked = true;
		request->forgotten = atomic_read(&forgotten);
		request->when = jiffies;
		request->ret = request_module("%s", name);
	}
	ret = request->ret;
	mutex_unlock(&request->lock);
	return ret;
}

#define request_lately(...) request_unless_done(false, __VA_ARGS__)

/**
 * stock_load_vfio_ids() - load the VFIO drivers for some ids
 * @id: vendor, device, subvendor, subdevice and class of a function
 *
 * The whole modalias (see scripts/mod/file2alias.c, do_pci_entry()) is longer
 * than a module request may be. An id in a driver's table hardly ever fixes
 * both the subsystem and the subclass, so two requests cover it, each with the
 * fields left empty that the other has.
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_load_vfio_ids(const struct pci_device_id *id)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;

	request_lately("vfio_pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsci", id->vendor,
		       id->device, id->subvendor, id->subdevice, base);
	request_lately("vfio_pci:v%08Xd%08Xsvsdbc%02Xsc%02Xi%02X", id->vendor,
		       id->device, base, sub, prog);
}

/**
 * stock_load_vfio() - load the VFIO drivers for a function
 * @pdev: the function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_load_vfio(struct pci_dev *pdev)
{
	struct pci_device_id id = stock_ids(pdev);

	stock_load_vfio_ids(&id);
}

#define METHOD PCI_PERSONALITY_VFIO_ALIAS "%s"

/*
 * The whole alias is longer than a module request may be. One request has the device
 * and the subsystem, the other the vendor and the class; an id that says more of both
 * has an alias that says less. Where a driver's name leaves no room for that, the
 * first has the device alone, or it is all of the driver's that are asked for.
 */
void stock_load_method(const struct device_driver *drv,
		       const struct pci_device_id *id, bool found)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;
	int ret;

	ret = request_unless_done(found, METHOD ":v%04Xd%04Xsv%04Xsd%04X", drv->name,
				  id->vendor, id->device, id->subvendor, id->subdevice);
	if (ret == -ENAMETOOLONG)
		ret = request_unless_done(found, METHOD ":v%04Xd%04X", drv->name,
					  id->vendor, id->device);
	if (ret != -ENAMETOOLONG)
		ret = request_unless_done(found, METHOD ":v%04Xdsvsdbc%02Xsc%02Xi%02X",
					  drv->name, id->vendor, base, sub, prog);
	if (ret == -ENAMETOOLONG)
		request_unless_done(found, METHOD ":", drv->name);
}

/**
 * stock_load_native_ids() - load the native driver for some ids
 * @id: vendor, device, subvendor, subdevice and class of a function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_load_native_ids(const struct pci_device_id *id)
{
	u8 base = id->class >> 16, sub = id->class >> 8, prog = id->class;

	request_module("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		       id->vendor, id->device, id->subvendor, id->subdevice,
		       base, sub, prog);
}

/**
 * stock_load_native() - load the native driver of a function
 * @pdev: the function
 *
 * Context: sleeps until modprobe is done; device_lock must not be held.
 */
void stock_load_native(struct pci_dev *pdev)
{
	struct pci_device_id id = stock_ids(pdev);

	stock_load_native_ids(&id);
}

bool stock_load_backend(void)
{
	if (!IS_MODULE(CONFIG_VFIO_IOMMU_TYPE1) || READ_ONCE(backend_loaded))
		return true;
	if (request_lately(BACKEND))
		return IS_ENABLED(CONFIG_VFIO_DEVICE_CDEV);
	WRITE_ONCE(backend_loaded, true);
	return true;
}

/**
 * stock_may_load_named() - may the writer load any module that there is?
 *
 * The kernel lets who lacks CAP_SYS_MODULE load modules by what is theirs, an alias
 * that names a function or a driver's personality, and not by a name of his choice.
 *
 * Context: the writer's process.
 * Return: true if he may.
 */
bool stock_may_load_named(void)
{
	return capable(CAP_SYS_MODULE);
}

/**
 * stock_load_named() - load a module by name
 * @name: of the module or, as is usual, of the driver in it
 *
 * Does nothing unless stock_may_load_named().
 *
 * Context: the writer's process; sleeps until modprobe is done; device_lock must not be
 * held.
 */
void stock_load_named(const char *name)
{
	if (stock_may_load_named())
		request_module("%s", name);
}
