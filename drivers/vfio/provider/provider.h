/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio_devices on demand: what the files share.
 *
 * main.c      the module
 * provider.c  providers, and front ends, which are told of them
 * device.c    what one has made, from its making to its end: the states
 * instance.c  its vfio_device, and the auxiliary device under that
 * users.c     keeps new users off one that is to go
 * attr.c      typed attributes
 * report.c    last_error, uevents, trace events
 * configfs.c  the front end; mdev.c is another, a module of its own
 *
 * The states of a struct vfio_provider_dev, and what may happen in each:
 *
 *   state        vfio_device  live=1    live=0             attribute  rmdir  parent's driver goes
 *   configured   no           create    nothing to do      checked    freed  gone
 *   live         yes          nothing   destroy, or EBUSY  EBUSY      EBUSY  leaving
 *                             to do     if held
 *   leaving      until its    ENODEV    ENODEV             EBUSY      EBUSY  -
 *                user closes
 *   gone         no           ENODEV    nothing to do      checked    freed  -
 *
 * Writes end in the state that was asked for or in the one that they began in. Leaving is
 * what an unbind, an unplug or a rmmod of the parent's driver does: like that of any
 * VFIO driver it asks the user to close, and waits; then the state is gone. When the
 * parent has a provider of the same module again, gone becomes configured: names and
 * configuration outlast the device.
 *
 * A type with begin has vfio_devices on devices that are there by themselves: these may be
 * taken away by other hands, and live becomes configured then (vfio_provider_refresh()).
 *
 * Each creation of any other type adds a new auxiliary device, a child of the parent, whose
 * probe registers the vfio_device: a deleted device is never added again, VFIO wants a driver
 * bound to what is under a vfio_device, and that must not be in an IOMMU group.
 *
 * Lock order, outermost first. The parent's device_lock may be held by who registers and
 * unregisters a provider, and is taken by nothing here. A bus's notifiers are called with a
 * lock of the bus's held, which is inside of provider.sem: to bind is to call them. So no
 * notifier may register or unregister a provider, or wait for who does:
 *
 *   fronts_sem        for reading, while a provider is told to the front ends, or taken from
 *                     them; for writing, while a front end comes or goes
 *   tree_lock         configfs.c's: the directories of parents and types
 *   inode locks       configfs's, of a directory whose entries change
 *   frag_sem          configfs's, for reading, around the reads and writes of attributes
 *   su_mutex          configfs's: items coming and going. Nothing of a driver is called
 *   dev.lock          the state of one; held while it is created and destroyed, not while a
 *                     user is waited for
 *   provider.sem      for reading around a creation; for writing, for a moment, by who ends
 *                     the provider: nothing is created from then on
 *   device_lock       of the auxiliary device, by the driver core. Probe and remove
 *   dev_set.lock      VFIO's, around the look for users
 *   providers_lock    the list of providers; nothing is taken inside
 *   provider.devs_lock  a spinlock: the list of what has been made; nothing is taken inside
 *
 * What holds one of these does so for as long as a driver's create and destroy take, and
 * never waits for a user. Only the end of a provider does, which holds none meanwhile but
 * fronts_sem for reading.
 */
#ifndef _VFIO_PROVIDER_H
#define _VFIO_PROVIDER_H

#include <linux/auxiliary_bus.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/vfio_provider.h>

#define VFIO_PROVIDER_NAME_LEN	64
#define VFIO_PROVIDER_ERROR_LEN	240

enum vfio_provider_state {
	VFIO_PROVIDER_CONFIGURED,
	VFIO_PROVIDER_LIVE,
	VFIO_PROVIDER_LEAVING,
	VFIO_PROVIDER_GONE,
};

/**
 * struct vfio_provider - a device with a driver that provides
 * @ref: the registration's, and one for each struct vfio_provider_dev
 * @dev: the parent; a reference is held
 * @ops: the driver's operations
 * @priv: the driver's
 * @owner: the driver's module
 * @node: in the list of providers
 * @sem: see the lock order
 * @dying: under @sem: nothing is made or created any more
 * @devs_lock: protects @devs
 * @devs: what has been made of it
 */
struct vfio_provider {
	struct kref ref;
	struct device *dev;
	const struct vfio_provider_ops *ops;
	void *priv;
	struct module *owner;
	struct list_head node;

	struct rw_semaphore sem;	/* dying */
	bool dying;

	spinlock_t devs_lock;	/* devs */
	struct list_head devs;
};

/**
 * struct vfio_provider_front - a front end
 * @name: for messages
 * @node: in the list of front ends
 * @own_devices: it has the device under the vfio_device by other means, and ends it by
 *	@detach
 * @attach: a provider has come. 0, or a negative errno with nothing done
 * @detach: it goes; all that was made of it is gone already, but for @own_devices
 * @pin: what was made shall stay for now, since it becomes live; 0, or -ENOENT if it is
 *	about to go. Or NULL
 * @unpin: the reverse
 */
struct vfio_provider_front {
	const char *name;
	struct list_head node;
	bool own_devices;
	int (*attach)(struct vfio_provider *provider);
	void (*detach)(struct vfio_provider *provider);
	int (*pin)(struct vfio_provider_dev *d);
	void (*unpin)(struct vfio_provider_dev *d);
};

/**
 * struct vfio_provider_dev - a vfio_device, before, while and after it is there
 * @ref: the front end's, and one for each device that was made for it
 * @name: the user's
 * @type: of which type it is
 * @owner: the module of @type, pinned
 * @front: the front end that made it
 * @front_priv: its own, to be used while it is not dropped
 * @own: for @front's own_devices: the device that is to be under @vdev, being probed
 * @node: in @provider's list, under its lock; empty once it has left
 * @lock: protects everything below
 * @provider: what it is made of; a reference is held
 * @state: see above
 * @dev: the device under the vfio_device, while that is there
 * @vdev: the vfio_device, while it is registered; NULL for a type with begin
 * @closing: it is about to go, and lets nobody open it; under the lock of its dev_set
 * @error: what the probe of @dev returned
 * @why: what a driver had to say to its error; empty for nothing
 * @last_error: why the last write failed; empty after a success
 * @config: @type's configuration
 */
struct vfio_provider_dev {
	struct kref ref;
	char name[VFIO_PROVIDER_NAME_LEN];
	const struct vfio_provider_type *type;
	struct module *owner;
	const struct vfio_provider_front *front;
	void *front_priv;
	struct device *own;
	struct list_head node;

	struct mutex lock;	/* everything below */
	struct vfio_provider *provider;
	enum vfio_provider_state state;
	struct device *dev;
	struct vfio_device *vdev;
	bool closing;
	int error;
	char why[VFIO_PROVIDER_ERROR_LEN];
	char last_error[VFIO_PROVIDER_ERROR_LEN];
	u8 config[] __aligned(8);
};

/**
 * struct vfio_provider_report - the course of one write to live
 * @d: what it was written for
 * @live: what was written
 * @start: when, in ns
 * @stage: "check", "create" or "destroy"
 * @error: 0 or a negative errno, as user space may see it
 */
struct vfio_provider_report {
	struct vfio_provider_dev *d;
	bool live;
	u64 start;
	const char *stage;
	int error;
};

/* provider.c */
int vfio_provider_front_register(struct vfio_provider_front *front);
void vfio_provider_front_unregister(struct vfio_provider_front *front);
void vfio_provider_get(struct vfio_provider *provider);
void vfio_provider_put(struct vfio_provider *provider);
unsigned int vfio_provider_available(struct vfio_provider *provider,
				     const struct vfio_provider_type *type);

/* device.c */
struct vfio_provider_dev *
vfio_provider_dev_new(struct vfio_provider *provider,
		      const struct vfio_provider_type *type, const char *name,
		      const struct vfio_provider_front *front, void *front_priv);
void vfio_provider_dev_drop(struct vfio_provider_dev *d);
void vfio_provider_dev_put(struct vfio_provider_dev *d);
int vfio_provider_dev_set_live(struct vfio_provider_dev *d, bool live);
void vfio_provider_dev_refresh(struct vfio_provider_dev *d);
void vfio_provider_dev_leave(struct vfio_provider_dev *d);
void vfio_provider_dev_return(struct vfio_provider_dev *d,
			      struct vfio_provider *provider);
const char *vfio_provider_state_name(enum vfio_provider_state state);

/* instance.c */
int vfio_provider_instance_init(void);
void vfio_provider_instance_exit(void);
int vfio_provider_instance_create(struct vfio_provider_dev *d, struct device *dev);
void vfio_provider_instance_destroy(struct vfio_provider_dev *d);
int vfio_provider_instance_add(struct vfio_provider_dev *d);
void vfio_provider_instance_delete(struct device *dev);

/* users.c */
int vfio_provider_shut_users_out(struct vfio_provider_dev *d);

/* attr.c */
int vfio_provider_attrs_check(const struct vfio_provider_type *type);
unsigned int vfio_provider_attrs_count(const struct vfio_provider_type *type);
ssize_t vfio_provider_attr_show(struct vfio_provider_dev *d,
				const struct vfio_provider_attr *attr, char *buf);
int vfio_provider_attr_store(struct vfio_provider_dev *d,
			     const struct vfio_provider_attr *attr, const char *buf);

/* report.c */
void vfio_provider_report_start(struct vfio_provider_report *r,
				struct vfio_provider_dev *d, bool live);
__printf(3, 4)
int vfio_provider_report_fail(struct vfio_provider_report *r, int error,
			      const char *fmt, ...);
__printf(3, 4)
int vfio_provider_refuse(struct vfio_provider_dev *d, int error,
			 const char *fmt, ...);
void vfio_provider_report_end(struct vfio_provider_report *r);

/* configfs.c */
int vfio_provider_configfs_init(void);
void vfio_provider_configfs_exit(void);

#endif /* _VFIO_PROVIDER_H */
