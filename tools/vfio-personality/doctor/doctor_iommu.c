// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_iommu: IOMMU, interrupt remapping, groups.
 */
#include "doctor.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "module.h"

#define TABLES "sys/firmware/acpi/tables"

/* By what the kernel calls them in sys/class/iommu, and their tables of the firmware */
static const struct {
	const char *units, *table, *name, *off;
} kinds[] = {
	{ "dmar*", "DMAR", "Intel VT-d", "intel_iommu=off" },
	{ "ivhd*", "IVRS", "AMD-Vi", "amd_iommu=off" },
	{ "*smmu*", "IORT", "Arm SMMU", NULL },
	{ "virtio*", "VIOT", "virtio", NULL },
};

static const char *kind_of(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!fnmatch(kinds[i].units, unit, 0))
			return kinds[i].name;
	return "IOMMU";
}

static void say_there(struct doctor *d, const struct names *units, size_t groups)
{
	char *names = doctor_some(units);

	if (units->n)
		doctor_say(d, VERDICT_OK, "iommu", NULL, "%s is on (%s); groups: %zu",
			   kind_of(units->v[0]), names, groups);
	else
		doctor_say(d, VERDICT_OK, "iommu", NULL, "it is on; groups: %zu", groups);
	free(names);
}

static bool is_virtual(const struct path_ctx *root)
{
	char *text = path_read_all(root, "proc/cpuinfo");
	const char *flags = strstr(text, "flags");
	bool virtual = flags && strstr(flags, " hypervisor");

	free(text);
	return virtual;
}

/* The firmware has told of one, and the kernel does not use it */
static bool say_unused(struct doctor *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!path_exists(d->m->root, TABLES "/%s", kinds[i].table))
			continue;
		if (kinds[i].off && doctor_told(d, kinds[i].off))
			doctor_say(d, VERDICT_PROBLEM, "iommu",
				   "take that off the kernel's command line, and reboot",
				   "%s is there, but %s is on the kernel's command line",
				   kinds[i].name, kinds[i].off);
		else
			doctor_say(d, VERDICT_PROBLEM, "iommu", i ? "see dmesg for why not" :
				   "intel_iommu=on on the kernel's command line (Debian: GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub), and reboot",
				   "the firmware offers %s, but the kernel does not use it",
				   kinds[i].name);
		return true;
	}
	return false;
}

static void say_missing(struct doctor *d)
{
	if (doctor_told(d, "iommu=off"))
		doctor_say(d, VERDICT_PROBLEM, "iommu",
			   "take that off the kernel's command line, and reboot",
			   "it is off: iommu=off is on the kernel's command line");
	else if (say_unused(d))
		return;
	else if (is_virtual(d->m->root))
		doctor_say(d, VERDICT_PROBLEM, "iommu",
			   "give the virtual machine one (QEMU: -device intel-iommu,intremap=on with -machine q35,kernel-irqchip=split; libvirt: <iommu model='intel'/>)",
			   "this virtual machine has none");
	else if (path_exists(d->m->root, TABLES))
		doctor_say(d, VERDICT_PROBLEM, "iommu",
			   "switch it on in the firmware's setup, where it is called VT-d, AMD-Vi, IOMMU, SVM or SMMU",
			   "the firmware offers none");
	else
		doctor_say(d, VERDICT_PROBLEM, "iommu", NULL, "there is none");
}

static void examine_iommu(struct doctor *d)
{
	struct names units = path_list(d->m->root, "sys/class/iommu"),
		     groups = path_list(d->m->root, "sys/kernel/iommu_groups");

	if (groups.n)
		say_there(d, &units, groups.n);
	else
		say_missing(d);
	names_free(&units);
	names_free(&groups);
}

static void examine_interrupts(struct doctor *d)
{
	if (!iommu_lacks_remapping(d->m->root))
		doctor_say(d, VERDICT_OK, "interrupts", NULL, "they are remapped");
	else if (!iommu_refuses_users(d->m->root))
		doctor_say(d, VERDICT_OK, "interrupts", NULL,
			   "they are not remapped, which VFIO was told to bear: a guest can send any interrupt to the host");
	else
		doctor_say(d, VERDICT_PROBLEM, "interrupts",
			   "switch on interrupt remapping (x2APIC) in the firmware; in QEMU: -device intel-iommu,intremap=on",
			   "they are not remapped, so VFIO refuses its users");
}

static void examine_ungrouped(struct doctor *d)
{
	struct names names = { 0 };
	const struct function *f;
	char *some;

	for_each_function(f, d->m)
		if (f->group < 0 && !is_bridge(f))
			names_add(&names, f->address);
	some = doctor_some(&names);
	if (names.n && names.n < d->m->count)
		doctor_say(d, VERDICT_PROBLEM, "groups", NULL,
			   "the IOMMU does not serve %s: these cannot go to VFIO", some);
	free(some);
	names_free(&names);
}

/* Functions of one device belong together; others are there for want of ACS above them */
static bool shares_with_others(const struct machine *m, const struct function *f)
{
	const struct function *other;

	for_each_function(other, m)
		if (same_group(f, other) && !is_bridge(other) &&
		    (other->bdf.domain != f->bdf.domain || other->bdf.bus != f->bdf.bus ||
		     other->bdf.slot != f->bdf.slot))
			return true;
	return false;
}

static void examine_acs(struct doctor *d)
{
	struct names names = { 0 };
	const struct function *f;
	char *some;

	for_each_function(f, d->m)
		if (!is_bridge(f) && shares_with_others(d->m, f))
			names_add(&names, f->address);
	some = doctor_some(&names);
	if (names.n)
		doctor_say(d, VERDICT_PROBLEM, "acs",
			   "enable --group takes a whole group; another slot, or ACS in the firmware's setup, may separate them",
			   "devices share groups, as no ACS keeps them apart: %s", some);
	else if (d->m->count)
		doctor_say(d, VERDICT_OK, "acs", NULL, "no two devices share a group");
	if (strstr(d->cmdline, "pcie_acs_override="))
		doctor_say(d, VERDICT_PROBLEM, "acs", NULL,
			   "pcie_acs_override is on the kernel's command line: groups are smaller than what is really kept apart, and a guest may reach other devices");
	free(some);
	names_free(&names);
}

void doctor_iommu(struct doctor *d)
{
	struct names groups = path_list(d->m->root, "sys/kernel/iommu_groups");

	examine_iommu(d);
	if (groups.n) {
		examine_interrupts(d);
		examine_ungrouped(d);
		examine_acs(d);
	}
	names_free(&groups);
}
