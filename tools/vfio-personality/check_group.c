// SPDX-License-Identifier: GPL-2.0
/*
 * check_group: VFIO's users get an IOMMU group as a whole, or not at all.
 */
#include "check.h"

void check_group(const struct machine *m, const struct function *f, struct findings *findings)
{
	const struct function *other;

	for_each_function(other, m)
		if (same_group(f, other) && !other->selected && blocks_group(other))
			found(findings, f, HAZARD_SIBLING,
			      "%s is in the same IOMMU group (%ld) and bound to %s, which makes the group unusable for VFIO; --group takes it, too",
			      other->address, f->group, other->driver);
}
