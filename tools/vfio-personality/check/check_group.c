// SPDX-License-Identifier: GPL-2.0
/*
 * check_group: VFIO's users get an IOMMU group as a whole, or not at all.
 */
#include "check.h"

#include <string.h>

#include "module.h"

static void check_bound(const struct function *f, const struct function *other,
			struct findings *findings)
{
	if (is_bridge(other))
		found(findings, f->address, HAZARD_SIBLING,
		      "%s is in the same IOMMU group (%ld) and bound to %s, which makes the group unusable for VFIO; it is a bridge, which VFIO cannot have: unbind its driver by hand",
		      other->address, f->group, other->driver);
	else
		found(findings, f->address, HAZARD_SIBLING,
		      "%s is in the same IOMMU group (%ld) and bound to %s, which makes the group unusable for VFIO; --group takes it, too",
		      other->address, f->group, other->driver);
}

/* Whatever binds it later, makes the group unusable then */
static void check_unbound(const struct machine *m, const struct function *f,
			  const struct function *other, struct findings *findings)
{
	char alias[PATH_TEXT];

	path_read(m->root, alias, sizeof(alias), SYS_PCI "/%s/modalias", other->address);
	if (*alias && module_answers(m->root, alias))
		found(findings, f->address, HAZARD_COMPANION,
		      "%s is in the same IOMMU group (%ld) and has no driver yet, but there is a module for it, which would make the group unusable for VFIO; --group takes it, too",
		      other->address, f->group);
	else
		found(findings, f->address, HAZARD_COMPANION,
		      "%s is in the same IOMMU group (%ld) and has no driver; should it get one, the group would be unusable for VFIO; --group takes it, too",
		      other->address, f->group);
}

/* What is on other buses than PCI */
static void check_others(const struct machine *m, const struct function *f,
			 struct findings *findings)
{
	struct names members = path_list(m->root, SYS_PCI "/%s/iommu_group/devices", f->address);
	char driver[NAME_LEN];

	for (size_t i = 0; i < members.n; i++)
		if (!machine_find(m, members.v[i]) &&
		    !path_read_link_name(m->root, driver, sizeof(driver),
					 SYS_PCI "/%s/iommu_group/devices/%s/driver", f->address,
					 members.v[i]) && !strstr(driver, "vfio"))
			found(findings, f->address, HAZARD_SIBLING,
			      "%s is in the same IOMMU group (%ld) and bound to %s, which makes the group unusable for VFIO; it is no PCI function: unbind its driver by hand",
			      members.v[i], f->group, driver);
	names_free(&members);
}

void check_group(const struct machine *m, const struct function *f, struct findings *findings)
{
	const struct function *other;

	char override[NAME_LEN];

	for_each_function(other, m) {
		if (other == f || !same_group(f, other) || other->selected)
			continue;
		if (blocks_group(other)) {
			check_bound(f, other, findings);
		} else if (!*other->driver && !is_bridge(other)) {
			function_override(m, other, override, sizeof(override));
			if (!*override)
				check_unbound(m, f, other, findings);
		}
	}
	check_others(m, f, findings);
}
