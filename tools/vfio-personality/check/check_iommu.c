// SPDX-License-Identifier: GPL-2.0
/*
 * check_iommu: whether VFIO's users would get a function that is in VFIO: memory
 * that the firmware keeps for itself, interrupts, VF tokens.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

/* "0x000000007c000000 0x000000007fffffff direct", one a line: the next of that type */
static bool next_direct(char **rest, char from[24], char to[24])
{
	char *line, type[32];

	while ((line = strsep(rest, "\n")))
		if (sscanf(line, "%23s %23s %31s", from, to, type) == 3 && !strcmp(type, "direct"))
			return true;
	return false;
}

static void read_reserved(const struct machine *m, const struct function *f, char *text)
{
	path_read(m->root, text, PATH_TEXT, SYS_PCI "/%s/iommu_group/reserved_regions",
		  f->address);
}

static void check_reserved(const struct machine *m, const struct function *f,
			   struct findings *findings)
{
	char text[PATH_TEXT], *rest = text, from[24], to[24];

	read_reserved(m, f, text);
	while (next_direct(&rest, from, to))
		found(findings, f->address, HAZARD_RESERVED,
		      "the firmware keeps the memory from %s to %s for it (RMRR), so the kernel gives it to no user of VFIO; a setting of the firmware may end that",
		      from, to);
}

bool iommu_keeps_memory(const struct machine *m, const struct function *f)
{
	char text[PATH_TEXT], *rest = text, from[24], to[24];

	read_reserved(m, f, text);
	return next_direct(&rest, from, to);
}

/*
 * With interrupt remapping, the names of x86's interrupt controllers begin with IR-.
 * Others than x86 have no IO-APIC, and no such question.
 */
bool iommu_lacks_remapping(const struct path_ctx *root)
{
	char *text = path_read_all(root, "proc/interrupts");
	bool lacks = strstr(text, "IO-APIC") && !strstr(text, "IR-");

	free(text);
	return lacks;
}

bool iommu_refuses_users(const struct path_ctx *root)
{
	return iommu_lacks_remapping(root) &&
	       !module_parameter_is_set(root, "vfio_iommu_type1", "allow_unsafe_interrupts") &&
	       !module_parameter_is_set(root, "iommufd", "allow_unsafe_interrupts");
}

static void check_interrupts(const struct machine *m, const struct function *f,
			     struct findings *findings)
{
	if (iommu_refuses_users(m->root))
		found(findings, f->address, HAZARD_INTERRUPTS,
		      "the machine does not remap interrupts, so VFIO's users are refused unless vfio_iommu_type1 has allow_unsafe_interrupts=1, by which a guest can send any interrupt to the host");
}

static void check_token(const struct machine *m, const struct function *f,
			struct findings *findings)
{
	const struct function *pf = machine_find(m, f->pf);

	if (pf && in_vfio(pf))
		found(findings, f->address, HAZARD_TOKEN,
		      "its PF %s is in VFIO, too: whoever opens it needs the VF token that the PF's user has set (vf-token=UUID in QEMU, --vfio-vf-token in DPDK)",
		      pf->address);
}

void check_iommu(const struct machine *m, const struct function *f, struct findings *findings)
{
	check_reserved(m, f, findings);
	check_interrupts(m, f, findings);
	check_token(m, f, findings);
}
