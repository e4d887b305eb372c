/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The personality switch: what its files share.
 *
 * What the PCI core would have of it:
 *
 * main.c        module, bus notifier
 * function.c    one struct personality per type 0 PCI function, its state
 * sysfs.c       the attributes: parse, check the writer, delegate
 * transition.c  the state machine: check, then one of the two below
 * transition_method.c  by the bound driver's own operations
 * transition_rebind.c  by another driver; transition.h is theirs
 * registry.c    which drivers offer personalities of their own
 * report.c      last_error, uevents, trace events
 * vf.c          VFs that are born in the VFIO personality
 * vf_reserve.c  VFs that are kept for VFIO, and enter it one by one
 * probe.c       makes up for the probe that was left out then
 *
 * What it needs of the PCI core is behind stock/stock.h. Stock: and what a stock kernel
 * lacks for it in that folder.
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
 * A VF of a PF with vfs_use_vfio begins in vfio or vfio-rebound: vf.c has its first
 * bind steered. A driver that can be born with (vf_birth) is
 * bound and enters its VFIO personality in the place of its probe, which is left
 * out; the first 0 makes up for it. If that bind fails, the VF is unbound.
 *
 * Lock order, outermost first:
 *
 *   stock_turn_begin()      serialises the transitions in one IOMMU group. Held
 *                           while drivers probe and remove; taken interruptibly
 *   request.lock            one of loader.c's, held while modprobe runs
 *   requests_lock           loader.c's list of these; nothing is taken inside
 *   device_lock             taken by the driver core on behalf of rebind.c, and
 *                           around enable_vfio and disable_vfio; never held while
 *                           a module is loaded
 *   bus notifier chain      the core calls main.c's notifier with device_lock held
 *   personality.attr_lock   the attributes' coming and going
 *   stock_function.group_lock  the claim of a group's DMA ownership, and who leaves the
 *                           group meanwhile
 *   shims_mutex             shim.c's list of drivers; waits for their callbacks
 *   groups_lock             group.c's list of groups; nothing is taken inside
 *   registry_lock           registry.c's list of operations; nothing is taken inside
 *   functions_lock          function.c's table, a spinlock; nothing is taken inside
 *   personality.lock, stock_function.lock  spinlocks, innermost
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
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "stock/stock.h"

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
 * struct personality_method - a driver's own way into VFIO
 * @vfio: its operations, NULL if there are none
 * @owner: their module, pinned unless it is the driver's own
 */
struct personality_method {
	const struct pci_vfio_ops *vfio;
	struct module *owner;
};

/**
 * struct personality - the switch's view of one type 0 PCI function
 * @ref: held by the table of functions and by every lookup
 * @node: in the table of functions
 * @pdev: the function; a reference is held
 * @stock: what the stand-ins know of it
 * @attr_lock: protects the two below
 * @has_attrs: the sysfs attributes exist
 * @removed: the function is being deleted; no attributes may be added
 * @leaving: it is about to leave its IOMMU group, and to be deleted; never unset
 * @reserved_vfs: the indices of the VFs of this PF that are reserved; has a lock of its own
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
 * @last_error: why the last transition failed; empty after a success
 */
struct personality {
	struct kref ref;
	struct hlist_node node;
	struct pci_dev *pdev;

	struct stock_function stock;

	struct mutex attr_lock;	/* has_attrs, removed */
	bool has_attrs;
	bool removed;
	bool leaving;

	struct xarray reserved_vfs;

	spinlock_t lock;	/* everything below */
	char bound[PERSONALITY_NAME_LEN];
	bool bound_manages_dma;
	bool switching;
	bool broken;
	time64_t unbinding;
	struct personality_method method;
	struct stock_origin origin;
	char vfio_driver[PERSONALITY_NAME_LEN];
	bool vfs_use_vfio;
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

/* Does what vfio_driver reads leave the choice to the driver that is bound, at first? */
static inline bool personality_wants_method(const char *vfio_driver)
{
	return !strcmp(vfio_driver, "auto") || !strcmp(vfio_driver, "bound");
}

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
extern const struct stock_owner personality_stock_owner;

/* sysfs.c */
int personality_attrs_add(struct pci_dev *pdev);
void personality_attrs_remove(struct pci_dev *pdev);

/* transition.c */
int personality_switch(struct personality *p, bool to_vfio);
int personality_release(struct personality *p);

/* registry.c */
bool personality_method_find(struct pci_dev *pdev,
			     const struct device_driver *drv,
			     struct personality_method *method);
bool personality_method_get(struct pci_dev *pdev,
			    const struct device_driver *drv,
			    struct personality_method *method);
bool personality_method_offered(struct pci_dev *pdev, const char *driver_name,
				char *module);
void personality_method_alias(char *buf, size_t size, const char *driver_name,
			      const struct pci_device_id *id);
void personality_method_put(struct personality_method *method);

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
__printf(3, 0)
int personality_report_vfail(struct personality_report *r, int error,
			     const char *fmt, va_list args);
void personality_report_end(struct personality_report *r);

/* vf.c */
#ifdef CONFIG_PCI_IOV
int personality_vfs_use_vfio(struct personality *pf, bool on);
void personality_vfs_leave(struct personality *p);
void personality_vf_added(struct personality *vf);
bool personality_vf_can_be_born_with(struct pci_dev *vf, const struct device_driver *drv);
int personality_vfs_load(struct personality *pf, struct personality *vf);

/* vf_reserve.c */
bool personality_vf_hold_reserved(struct personality *vf);
#else
static inline int personality_vfs_use_vfio(struct personality *pf, bool on)
{
	return -EOPNOTSUPP;
}

static inline void personality_vfs_leave(struct personality *p) { }
static inline void personality_vf_added(struct personality *vf) { }
#endif

#endif /* _PCI_PERSONALITY_H */
