// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_kernel: the kernel, the switch, VFIO, and what Secure Boot has to say.
 */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "module.h"

#define SECURE_BOOT "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static void examine_kernel(struct doctor *d)
{
	char *release = module_release(d->m->root);

	if (module_kernel_is_too_old(release))
		doctor_say(d, VERDICT_PROBLEM, "kernel",
			   "install a newer one (Debian 12: apt install -t bookworm-backports linux-image-amd64)",
			   "the switch needs Linux 6.12 or newer, and this is %s", release);
	else
		doctor_say(d, VERDICT_OK, "kernel", NULL, "Linux %s", release);
	free(release);
}

/* "what is wrong; what helps" */
static void say_why(struct doctor *d, const char *subject, char *why)
{
	char *remedy = strstr(why, "; ");

	if (remedy)
		*remedy = '\0';
	doctor_say(d, VERDICT_PROBLEM, subject, remedy ? remedy + 2 : NULL,
		   "the module " SWITCH_MODULE " cannot be had: %s", why);
}

static void examine_switch(struct doctor *d)
{
	char *release = module_release(d->m->root), *why;
	bool too_old = module_kernel_is_too_old(release);

	free(release);
	if (too_old)
		return;	/* as was said */
	if (d->m->has_switch) {
		doctor_say(d, VERDICT_OK, "switch", NULL, SWITCH_MODULE " is loaded");
	} else if (module_answers(d->m->root, SWITCH_MODULE)) {
		doctor_say(d, VERDICT_OK, "switch", NULL,
			   SWITCH_MODULE " is installed; enable loads it");
	} else {
		why = module_why_not(d->m->root, 0);
		say_why(d, "switch", why);
		free(why);
	}
}

static bool has_vfio_pci(const struct path_ctx *root)
{
	return path_exists(root, "sys/bus/pci/drivers/vfio-pci") ||
	       module_answers(root, "vfio-pci");
}

static void examine_vfio(struct doctor *d)
{
	const struct path_ctx *root = d->m->root;
	bool iommufd = path_exists(root, "dev/iommu") || path_exists(root, "sys/class/misc/iommu");
	bool type1 = path_exists(root, "sys/module/vfio_iommu_type1") ||
		     module_answers(root, "vfio_iommu_type1");

	if (!module_index_is_there(root) && !type1 && !iommufd)
		doctor_say(d, VERDICT_UNKNOWN, "vfio", NULL,
			   "what this kernel has cannot be seen: its modules are not in /lib/modules");
	else if (!has_vfio_pci(root))
		doctor_say(d, VERDICT_PROBLEM, "vfio",
			   "take a kernel with CONFIG_VFIO_PCI; Debian's -cloud- kernels have it not",
			   "this kernel has no vfio-pci");
	else if (!iommufd && !type1)
		doctor_say(d, VERDICT_PROBLEM, "vfio", "take a kernel with CONFIG_VFIO_IOMMU_TYPE1",
			   "this kernel has nothing that maps memory for VFIO's users");
	else
		doctor_say(d, VERDICT_OK, "vfio", NULL, "vfio-pci, with %s",
			   iommufd ? "iommufd" : "/dev/vfio/GROUP only (no iommufd)");
	if (module_parameter_is_set(root, "vfio", "enable_unsafe_noiommu_mode"))
		doctor_say(d, VERDICT_PROBLEM, "vfio",
			   "take enable_unsafe_noiommu_mode away from vfio's options",
			   "VFIO was told to do without an IOMMU, by which any user of it can write to all memory");
}

/* Five bytes: four of attributes, and the answer */
static int secure_boot(const struct path_ctx *root)
{
	char text[8];

	if (!path_exists(root, "sys/firmware/efi"))
		return 0;
	if (path_read_raw(root, text, sizeof(text), SECURE_BOOT) != 5)
		return -1;
	return text[4] == 1;
}

static bool is_locked_down(const struct path_ctx *root)
{
	char text[128];

	path_read(root, text, sizeof(text), "sys/kernel/security/lockdown");
	return strstr(text, "[integrity]") || strstr(text, "[confidentiality]");
}

/* Whatever asks for signatures: of our module they were right if it is there */
static void examine_signatures(struct doctor *d)
{
	static const char enrol[] =
		"if refused, enrol its key (mokutil --import /var/lib/dkms/mok.pub), and reboot";
	const struct path_ctx *root = d->m->root;
	bool asked = is_locked_down(root) ||
		     module_parameter_is_set(root, "module", "sig_enforce");
	int secure = secure_boot(root);

	if (secure < 0)
		doctor_say(d, VERDICT_UNKNOWN, "secure boot", "mokutil --sb-state tells",
			   "whether it is on cannot be read");
	else if (!secure && !asked)
		doctor_say(d, VERDICT_OK, "secure boot", NULL,
			   "neither that nor lockdown asks for signed modules");
	else if (d->m->has_switch)
		doctor_say(d, VERDICT_OK, "secure boot", NULL,
			   "signed modules are asked for, and the switch is one");
	else
		doctor_say(d, VERDICT_UNKNOWN, "secure boot", enrol,
			   "%s, so the switch has to be signed, which shows when it is loaded",
			   secure > 0 ? "it is on" : "the kernel is locked down");
}

static void examine_modules_disabled(struct doctor *d)
{
	unsigned long disabled;

	if (!d->m->has_switch && !path_read_number(d->m->root, &disabled,
						   "proc/sys/kernel/modules_disabled") && disabled)
		doctor_say(d, VERDICT_PROBLEM, "switch",
			   "load pci-personality at boot (/etc/modules-load.d), before this is set",
			   "this kernel loads no more modules until the next boot (kernel.modules_disabled=1)");
}

/* The one that will be booted next may be another */
static void examine_other_kernels(struct doctor *d)
{
	struct names releases = path_list(d->m->root, "lib/modules"), lacking = { 0 };
	char *now = module_release(d->m->root), *index, *some;

	for (size_t i = 0; i < releases.n; i++) {
		index = path_read_all(d->m->root, "lib/modules/%s/modules.dep", releases.v[i]);
		if (*index && strcmp(releases.v[i], now) &&
		    !module_kernel_is_too_old(releases.v[i]) &&
		    !strstr(index, SWITCH_MODULE ".ko"))
			names_add(&lacking, releases.v[i]);
		free(index);
	}
	some = doctor_some(&lacking);
	if (lacking.n)
		doctor_say(d, VERDICT_PROBLEM, "switch",
			   "install their headers (Debian: linux-headers-VERSION), then: dkms autoinstall",
			   "there are kernels without it, on which saved functions would only be held: %s",
			   some);
	free(some);
	free(now);
	names_free(&lacking);
	names_free(&releases);
}

void doctor_kernel(struct doctor *d)
{
	examine_kernel(d);
	examine_switch(d);
	examine_modules_disabled(d);
	examine_other_kernels(d);
	examine_signatures(d);
	examine_vfio(d);
}
