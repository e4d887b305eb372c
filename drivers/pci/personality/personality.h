/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what its files share.
 *
 * main.c        module, bus notifier
 * function.c    one struct personality per type 0 PCI function, its state
 * sysfs.c       the attributes: parse, check the writer, delegate
 * transition.c  the state machine: check, then one of the two below
 * transition_method.c  by the bound driver's own operations
 * transition_rebind.c  by another driver, with a roll-back; transition.h is theirs
 * registry.c    which drivers offer personalities of their own
 * rebind.c      unbind, bind and driver_override; no other file touches them
 * match.c       which driver serves a personality
 * loader.c      asks for modules
 * shadow.c      keeps the PCI core off a driver whose function is elsewhere
 * shim.c        does the same for power management
 * group.c       IOMMU groups: turn-taking, DMA ownership, siblings
 * presence.c    what can be seen of VFIO without using a symbol of it
 * exclude.c     keeps new users off a vfio_device that is to go
 * report.c      last_error, uevents, trace events
 * vf.c          VFs that are born in the VFIO personality
 * probe.c       makes up for the probe that was left out then
 *
 * The states, and what a write to use_vfio does in each:
 *
 *   state         driver    vfio_device   1                   0
 *   unbound       none      no            bind VFIO driver    nothing to do
 *   native        native    no            enable_vfio, or     nothing to do
 *                                         unbind, then bind
 *                                         VFIO driver
 *   vfio          native    yes           nothing to do       disable_vfio, which
 *                                                             probes a VF that
 *                                                             was born so
 *   vfio-rebound  VFIO's    yes           nothing to do       unbind, then bind
 *                                                             what was bound
 *   broken        none, or  no            as unbound or       bind what was
 *                 stopped                 native, but stop    bound
 *                                         nothing
 *
 * While a driver's remove takes longer than a moment, the attribute reads "unbinding"
 * instead, whoever unbinds it.
 *
 * A transition ends in its target state or in the state it started from. Only
 * a roll-back that fails itself ends in broken: nothing is bound, or a driver
 * whose native function would not start again, and which the PCI core then reaches
 * for nothing but its remove. Binding a driver by any means
 * leads out of it. The state is not stored: it is derived from what the driver
 * core and VFIO show, so that it is right whoever acted. Only transition.c
 * changes it on purpose.
 *
 * A VF of a PF with vfs_use_vfio begins in vfio or vfio-rebound: vf.c steers its
 * first bind by driver_override. A driver that can be born with (vf_birth) is
 * bound and enters its VFIO personality in the place of its probe, which is left
 * out; the first 0 makes up for it. If that bind fails, the VF is unbound.
 *
 * Lock order, outermost first:
 *
 *   personality_group.lock  serialises the transitions in one IOMMU group. Held
 *                           while drivers probe and remove; taken interruptibly
 *   request.lock            one of loader.c's, held while modprobe runs
 *   requests_lock           loader.c's list of these; nothing is taken inside
 *   device_lock             taken by the driver core on behalf of rebind.c, and
 *                           around enable_vfio and disable_vfio; never held while
 *                           a module is loaded
 *   bus notifier chain      the core calls main.c's notifier with device_lock held
 *   personality.attr_lock   the attributes' coming and going; the claim of a group's
 *                           DMA ownership, and who leaves the group meanwhile
 *   shims_mutex             shim.c's list of drivers; waits for their callbacks
 *   groups_lock             group.c's list of groups; nothing is taken inside
 *   registry_lock           registry.c's list of operations; nothing is taken inside
 *   functions_lock          function.c's table, a spinlock; nothing is taken inside
 *   personality.lock        a spinlock, innermost
 *
 * The attributes' callbacks run with an active sysfs reference, which the
 * removal of a function waits for. use_vfio gives it up before it takes any of
 * these locks; vfs_use_vfio waits for modprobe, but not while the function is being
 * removed; offers takes registry_lock; the others take spinlocks only.
 */
#ifndef _PCI_PERSONALITY_H
#define _PCI_PERSONALITY_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/pci-personality.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Driver and module names, with the final NUL (MODULE_NAME_LEN is 56) */
#define PERSONALITY_NAME_LEN	64
#define PERSONALITY_ERROR_LEN	240

enum personality_state {
	PERSONALITY_UNBOUND,
	PERSONALITY_NATIVE,
	PERSONALITY_VFIO,
	PERSONALITY_VFIO_REBOUND,
	PERSONALITY_BROKEN,
};

/* The stages of a transition, in order; last_error and the trace name them */
enum personality_stage {
	PERSONALITY_CHECK,
	PERSONALITY_LOAD,
	PERSONALITY_METHOD,
	PERSONALITY_UNBIND,
	PERSONALITY_BIND,
	PERSONALITY_ROLLBACK,
	PERSONALITY_STAGES
};

/**
 * struct personality_origin - what a transition to VFIO left behind
 * @known: the rest is valid; false when someone else bound the VFIO driver
 * @driver: the driver that was bound, empty if none was
 * @module: the module of @driver, empty if it was built in
 * @runtime_auto: power/control read "auto"
 */
struct personality_origin {
	bool known;
	char driver[PERSONALITY_NAME_LEN];
	char module[PERSONALITY_NAME_LEN];
	bool runtime_auto;
};

/**
 * struct personality_method - a driver's own way into VFIO
 * @vfio: its operations, NULL if there are none
 * @owner: their module, pinned unless it is the driver's own
 */
struct personality_method {
	const struct pci_vfio_ops *vfio;
	struct module *owner;
};

/* More drivers with one id than the kernel has for any */
#define PERSONALITY_DRIVERS	16

/**
 * struct personality_drivers - several drivers, pinned
 * @count: how many
 * @driver: the drivers; NULL where one was taken out
 */
struct personality_drivers {
	unsigned int count;
	struct device_driver *driver[PERSONALITY_DRIVERS];
};

struct personality_shadow;

/**
 * struct personality - the switch's view of one type 0 PCI function
 * @ref: held by the table of functions and by every lookup
 * @node: in the table of functions
 * @pdev: the function; a reference is held
 * @attr_lock: protects the four below
 * @has_attrs: the sysfs attributes exist
 * @removed: the function is being deleted; no attributes may be added
 * @leaving: it is about to leave its IOMMU group
 * @shut: a transition has claimed this group's DMA ownership
 * @shadow: of a bound driver whose function is elsewhere; kept once there was one;
 *	under device_lock
 * @unprobed: the bound driver's probe has been left out; under device_lock
 * @cdev_fops: of the vfio_device's character device, while it cannot be opened;
 *	under the group's lock
 * @lock: protects everything below
 * @bound: name of the bound driver, empty if there is none
 * @bound_manages_dma: the bound driver leaves DMA ownership to its users
 * @switching: a transition is under way; its own binds are no one else's
 * @broken: a roll-back failed and nothing has been bound since
 * @unbinding: since when the bound driver is being unbound, in s of boot time; or 0
 * @method: by which the function got into VFIO; changes under device_lock, too
 * @origin: where 0 goes back to
 * @vfio_driver: what 1 will use: "auto", "bound" or a driver's name
 * @vfs_use_vfio: VFs of this PF are born in the VFIO personality
 * @birth_override: what this VF's driver_override was set to at birth and is until its
 *	first bind, unless a user writes another
 * @born_by_method: that names a driver that shall not start its native function
 * @last_error: why the last transition failed; empty after a success
 */
struct personality {
	struct kref ref;
	struct hlist_node node;
	struct pci_dev *pdev;

	struct mutex attr_lock;	/* has_attrs, removed, leaving, shut */
	bool has_attrs;
	bool removed;
	bool leaving;
	struct personality_group *shut;

	struct personality_shadow *shadow;
	bool unprobed;
	const struct file_operations *cdev_fops;

	spinlock_t lock;	/* everything below */
	char bound[PERSONALITY_NAME_LEN];
	bool bound_manages_dma;
	bool switching;
	bool broken;
	time64_t unbinding;
	struct personality_method method;
	struct personality_origin origin;
	char vfio_driver[PERSONALITY_NAME_LEN];
	bool vfs_use_vfio;
	const char *birth_override;
	bool born_by_method;
	char last_error[PERSONALITY_ERROR_LEN];
};

/**
 * struct personality_report - the course of one transition
 * @p: the function
 * @to_vfio: its direction
 * @from: the state it started from
 * @stage: the stage it is in
 * @stage_start: when @stage began, in ns
 * @stage_ns: the time spent in each stage
 * @error: 0 or the first negative errno
 * @failed: the stage that @error came from
 * @why: for @error, what happened and what to do
 */
struct personality_report {
	struct personality *p;
	bool to_vfio;
	enum personality_state from;
	enum personality_stage stage;
	u64 stage_start;
	u64 stage_ns[PERSONALITY_STAGES];
	int error;
	enum personality_stage failed;
	char why[PERSONALITY_ERROR_LEN];
};

/**
 * struct personality_override - a driver_override lent to a bind
 * @current_name: what is set, in memory of ours
 * @next_name: memory for what will be set next
 * @spare_name: memory for the one that a user has freed by writing another
 * @saved: what the user had set, NULL for nothing
 * @lent: something of ours has been set
 * @lost: the user wrote another value meanwhile, which stays
 */
struct personality_override {
	char *current_name;
	char *next_name;
	char *spare_name;
	const char *saved;
	bool lent;
	bool lost;
};

struct personality_group;

/* function.c */
int personality_function_add(struct pci_dev *pdev);
void personality_function_leave(struct pci_dev *pdev);
void personality_function_remove(struct pci_dev *pdev);
void personality_function_remove_all(void);
struct personality *personality_get(struct pci_dev *pdev);
void personality_put(struct personality *p);
enum personality_state personality_state(struct personality *p);
const char *personality_state_name(enum personality_state state);
void personality_note_bound(struct personality *p,
			    const struct device_driver *drv);
void personality_note_unbinding(struct personality *p);
bool personality_unbinding(struct personality *p, u64 *seconds);
void personality_note_broken(struct personality *p, bool broken);

/* sysfs.c */
int personality_attrs_add(struct pci_dev *pdev);
void personality_attrs_remove(struct pci_dev *pdev);

/* transition.c */
int personality_switch(struct personality *p, bool to_vfio);

/* rebind.c */
int personality_override_alloc(struct personality_override *o);
void personality_override_return(struct pci_dev *pdev,
				 struct personality_override *o);
void personality_override_drop(struct pci_dev *pdev,
			       struct personality_override *o, const char *name);
bool personality_override_read(struct pci_dev *pdev, char *name);
void personality_override_ignore(struct pci_dev *pdev,
				 void (*fn)(struct pci_dev *pdev, void *data),
				 void *data);
const char *personality_birth_override_set(struct pci_dev *pdev,
					   const char *name);
void personality_birth_override_clear(struct pci_dev *pdev, const char *ours);
int personality_bound_driver_get(struct pci_dev *pdev,
				 struct device_driver **drv);
int personality_bound_driver_lock(struct pci_dev *pdev,
				  const struct device_driver *drv);
void personality_bound_driver_unlock(struct pci_dev *pdev);
bool personality_end_unbound(struct personality *p, bool broken);
int personality_bind(struct pci_dev *pdev, const struct device_driver *drv,
		     struct personality_override *o);
int personality_look_bound(struct pci_dev *pdev, const struct device_driver *drv);
int personality_bind_again(struct pci_dev *pdev, const struct device_driver *drv,
			   struct personality_override *o);
int personality_unbind(struct personality *p, const struct device_driver *drv,
		       struct personality_override *o,
		       int (*look)(void *data), void *data);

/* registry.c */
bool personality_method_find(struct pci_dev *pdev,
			     const struct device_driver *drv,
			     struct personality_method *method);
bool personality_method_get(struct pci_dev *pdev,
			    const struct device_driver *drv,
			    struct personality_method *method);
bool personality_method_offered(struct pci_dev *pdev, const char *driver_name,
				char *module);
void personality_method_put(struct personality_method *method);

/* shadow.c */
const struct dev_pm_ops *personality_shadow_pm(struct pci_dev *pdev,
					       struct pci_driver **native);
int personality_shadow_reserve(struct personality *p);
void personality_shadow_leaving(struct personality *p);
void personality_shadow_bound(struct personality *p);
void personality_shadow_end(struct personality *p);
void personality_shadow_free(struct personality *p);
void personality_shadows_exit(void);

/* shim.c */
int personality_shim_get(struct pci_driver *driver);
void personality_shim_put(struct pci_driver *driver);
void personality_shims_free(void);

/* match.c */
struct device_driver *personality_driver_find(const char *name);
void personality_driver_put(struct device_driver *drv);
struct device_driver *personality_match_vfio(struct pci_dev *pdev);
void personality_drivers_put(struct personality_drivers *drivers);
struct device_driver *personality_drivers_take(struct personality_drivers *drivers,
					       unsigned int i);
bool personality_driver_is_vfio(const struct device_driver *drv);
void personality_match_native(struct pci_dev *pdev,
			      struct personality_drivers *drivers);
void personality_match_ids(const struct pci_device_id *ids,
			   struct personality_drivers *drivers);
struct pci_device_id personality_ids(const struct pci_dev *pdev);

/* loader.c */
int personality_loader_init(void);
void personality_loader_exit(void);
void personality_load_forget(void);
void personality_load_vfio_ids(const struct pci_device_id *id);
void personality_load_vfio(struct pci_dev *pdev);
void personality_load_method(const struct device_driver *drv,
			     const struct pci_device_id *id, bool found);
void personality_method_alias(char *buf, size_t size, const char *driver_name,
			      const struct pci_device_id *id);
void personality_load_native_ids(const struct pci_device_id *id);
void personality_load_native(struct pci_dev *pdev);
bool personality_load_backend(void);
bool personality_may_load_named(void);
void personality_load_named(const char *name);

/* group.c */
struct personality_group *personality_group_get(struct pci_dev *pdev);
void personality_group_put(struct personality_group *group);
int personality_group_lock(struct personality_group *group);
void personality_group_unlock(struct personality_group *group);
int personality_group_shut(struct personality_group *group,
			   struct personality *p);
void personality_group_open(struct personality_group *group,
			    struct personality *p);
void personality_group_leave(struct personality *p);
struct pci_dev *personality_group_native_sibling(struct personality_group *group,
						 struct pci_dev *pdev);

/* presence.c */
bool personality_vfio_present(struct pci_dev *pdev, char *name, size_t size);
bool personality_vfio_held(struct pci_dev *pdev);
struct vfio_device *personality_vfio_get(struct pci_dev *pdev);
void personality_vfio_put(struct vfio_device *vdev);

/* exclude.c */
void personality_admit_users(struct personality *p);

/* report.c */
int personality_user_error(int error);
int personality_report_refuse(struct personality *p, int error, const char *why);
void personality_report_start(struct personality_report *r,
			      struct personality *p, bool to_vfio);
void personality_report_stage(struct personality_report *r,
			      enum personality_stage stage);
__printf(3, 4)
int personality_report_fail(struct personality_report *r, int error,
			    const char *fmt, ...);
void personality_report_end(struct personality_report *r);

/* probe.c */
bool personality_probe_forget(struct pci_dev *pdev);

/* vf.c */
#ifdef CONFIG_PCI_IOV
int personality_vfs_use_vfio(struct personality *pf, bool on);
void personality_vfs_leave(struct personality *pf);
void personality_vf_added(struct personality *vf);
void personality_vf_settled(struct personality *vf);
void personality_vf_forget(struct personality *vf);
#else
static inline int personality_vfs_use_vfio(struct personality *pf, bool on)
{
	return -EOPNOTSUPP;
}

static inline void personality_vfs_leave(struct personality *pf) { }
static inline void personality_vf_added(struct personality *vf) { }
static inline void personality_vf_settled(struct personality *vf) { }
static inline void personality_vf_forget(struct personality *vf) { }
#endif

#endif /* _PCI_PERSONALITY_H */
