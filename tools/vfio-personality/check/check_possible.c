// SPDX-License-Identifier: GPL-2.0
/*
 * check_possible: what the kernel would refuse, whatever is forced.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "module.h"
#include "predict.h"
#include "remedy.h"
#include "vf.h"

/* It sees more than one function's check */
#define DOCTOR "vfio-personality doctor tells what this machine lacks"

static bool can_have_switch(const struct machine *m)
{
	return m->has_switch || (!m->switch_error && module_answers(m->root, SWITCH_MODULE));
}

static bool check_switch(const struct machine *m, const struct function *f,
			 struct findings *findings)
{
	char *why;

	if (!can_have_switch(m)) {
		why = module_why_not(m->root, m->switch_error);
		found(findings, f->address, HAZARD_SWITCH,
		      "the module " SWITCH_MODULE " cannot be loaded: %s", why);
		remedy(findings, DOCTOR);
		free(why);
		return false;
	}
	if (m->has_switch && !f->switchable)
		found(findings, f->address, HAZARD_SWITCH,
		      "it cannot be switched: it has no use_vfio");
	return !m->has_switch || f->switchable;
}

static bool makes_vfs_in_vfio(const struct machine *m)
{
	return module_parameter_is_set(m->root, "vfio_pci", "enable_sriov");
}

/* Negative errno if not */
static int cannot_be_set_up(const struct machine *m, const struct function *f)
{
	struct vf_table table;
	int error = vf_read(m->root, f->address, &table);

	vf_table_free(&table);
	return error;
}

static void check_vfs(const struct machine *m, const struct function *f, const struct want *want,
		      struct findings *findings)
{
	unsigned long value;

	if (!f->max_vfs)
		found(findings, f->address, HAZARD_SRIOV, "it has no VFs (SR-IOV)");
	else if ((unsigned long)want->vfs > f->max_vfs)
		found(findings, f->address, HAZARD_SRIOV, "it can have %lu VFs, not %ld",
		      f->max_vfs, want->vfs);
	else if (want->vfs && !*f->driver)
		found(findings, f->address, HAZARD_SRIOV,
		      "no driver is bound to it that makes VFs");
	else if (want->vfs && in_vfio(f) && !makes_vfs_in_vfio(m))
		found(findings, f->address, HAZARD_SRIOV,
		      "it is in VFIO itself, with %s, which makes no VFs unless vfio_pci is loaded with enable_sriov=1",
		      f->driver);
	else if (m->has_switch && f->switchable &&
		 path_read_number(m->root, &value, SYS_PCI "/%s/personality/vfs_use_vfio",
				  f->address))
		found(findings, f->address, HAZARD_SRIOV, "vfs_use_vfio cannot be read");
	else if (*want->vf && cannot_be_set_up(m, f))
		found(findings, f->address, HAZARD_SRIOV,
		      "its VFs cannot be set up: it has no network interface here that could be asked");
}

/* In VFIO, but not as it is wanted */
static void check_enabled(const struct function *f, const struct want *want,
			  struct findings *findings)
{
	const char *driver = want->driver;

	if (*driver && strcmp(driver, "auto") && strcmp(driver, f->driver) &&
	    (strcmp(driver, "bound") || f->state != STATE_VFIO))
		found(findings, f->address, HAZARD_ENABLED,
		      "it is in VFIO with %s; disable it first to have it with %s", f->driver,
		      driver);
}

static void check_iommu_there(const struct machine *m, const struct function *f,
			      struct findings *findings)
{
	struct names iommus = path_list(m->root, "sys/class/iommu");

	if (f->group < 0 && iommus.n)
		found(findings, f->address, HAZARD_IOMMU,
		      "it has no IOMMU group: the machine's IOMMU does not serve it");
	else if (f->group < 0)
		found(findings, f->address, HAZARD_IOMMU,
		      "it has no IOMMU group; is the IOMMU on? In the firmware it is called VT-d, AMD-Vi, SVM or SMMU; on Intel's machines the kernel wants intel_iommu=on");
	if (f->group < 0 && !iommus.n)
		remedy(findings, DOCTOR);
	names_free(&iommus);
}

/* Without iommufd, VFIO's users need the module that maps their memory */
static void check_backend(const struct machine *m, const struct function *f,
			  struct findings *findings)
{
	static const char *const there[] = {
		"sys/module/vfio_iommu_type1", "sys/class/misc/iommu", "dev/iommu",
	};

	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		if (path_exists(m->root, "%s", there[i]))
			return;
	if (!module_index_is_there(m->root) || module_answers(m->root, "vfio_iommu_type1") ||
	    module_answers(m->root, "iommufd"))
		return;
	found(findings, f->address, HAZARD_BACKEND,
	      "the module vfio_iommu_type1 is not installed for this kernel; VFIO's users cannot do without it");
	remedy(findings, DOCTOR);
}

static void check_driver(const struct machine *m, const struct function *f,
			 const struct want *want, struct findings *findings)
{
	struct prediction p = predict_enable(m, f, *want->driver ? want->driver : NULL);

	switch (p.answer) {
	case DRIVER_FINE:
		break;
	case DRIVER_NO_METHOD:
		if (*f->driver)
			found(findings, f->address, HAZARD_METHOD,
			      "its driver %s has no VFIO personality of its own", f->driver);
		else
			found(findings, f->address, HAZARD_METHOD,
			      "no driver is bound to it that could have a VFIO personality of its own");
		break;
	case DRIVER_MISSING:
		found(findings, f->address, HAZARD_DRIVER,
		      "there is no driver %s, and no module of that name for this kernel",
		      p.driver);
		break;
	case DRIVER_BARRED:
		found(findings, f->address, HAZARD_DRIVER,
		      "modprobe.d forbids the module of %s (blacklist, or install with /bin/false), so the kernel does not get it",
		      p.driver);
		remedy(findings, "modprobe --ignore-install %s", p.driver);
		break;
	case DRIVER_NOT_VFIO:
		found(findings, f->address, HAZARD_DRIVER, "%s is not a VFIO driver", p.driver);
		break;
	case DRIVER_UNSEEN:
		found(findings, f->address, HAZARD_UNSEEN,
		      "whether there is a module for %s cannot be seen: this kernel's modules are not in /lib/modules here",
		      p.driver);
		break;
	}
}

/* What its driver provides would go with the native function */
static void check_instances(const struct machine *m, const struct function *f,
			    struct findings *findings)
{
	struct instances all = instances_of(m->root, f->address);
	const struct instance *instance;

	for_each_instance(instance, &all) {
		if (!instance->live)
			continue;
		found(findings, f->address, HAZARD_INSTANCES,
		      "%s/%s has been created on it and is live", instance->type,
		      instance->name);
		remedy(findings, "vfio-personality destroy %s/%s/%s", f->address,
		       instance->type, instance->name);
	}
	instances_free(&all);
}

/* Without the switch, nobody asks which driver it would take */
static void check_enable(const struct machine *m, const struct function *f,
			 const struct want *want, bool has_switch, struct findings *findings)
{
	if (in_vfio(f)) {
		check_enabled(f, want, findings);
		return;
	}
	check_iommu_there(m, f, findings);
	if (has_switch) {
		check_backend(m, f, findings);
		check_driver(m, f, want, findings);
	}
	if (f->vfs)
		found(findings, f->address, HAZARD_VFS,
		      "%lu VFs are enabled on it; remove them first: vfio-personality disable --vfs 0 %s",
		      f->vfs, f->address);
	check_instances(m, f, findings);
}

void check_possible(const struct machine *m, const struct function *f, const struct want *want,
		    struct findings *findings)
{
	bool has_switch;

	if (!f) {
		found(findings, want->address, HAZARD_GONE, "it is gone");
		return;
	}
	if (is_bridge(f)) {
		found(findings, f->address, HAZARD_BRIDGE,
		      "it is a bridge, which VFIO cannot have");
		return;
	}
	has_switch = check_switch(m, f, findings);
	if (f->state == STATE_UNBINDING)
		found(findings, f->address, HAZARD_UNBINDING,
		      "a driver has been leaving it for %lu s, and perhaps waits for somebody who has it open",
		      f->unbinding);
	if (want->vfs >= 0)
		check_vfs(m, f, want, findings);
	else if (want->vfio)
		check_enable(m, f, want, has_switch, findings);
}
