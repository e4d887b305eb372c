/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio-pci-personality: which part of a BAR can be mapped by a user who must not
 * reach its beginning. Plain arithmetic, for pages of any size: it compiles in user
 * space as well, for selftests/migration/area.c.
 */
#ifndef _VFIO_PCI_MIGRATION_AREA_H
#define _VFIO_PCI_MIGRATION_AREA_H

#include <linux/types.h>

/**
 * migration_area() - where the mappable rest of a BAR begins
 * @bar_size: of the BAR, in bytes
 * @trapped: so many bytes at its beginning are not mapped
 * @page_size: in bytes, a power of 2
 *
 * Only whole pages can be mapped, and none with a trapped register. A monitor also asks
 * for the dirty pages of what it has mapped, so what is left must end with a page.
 *
 * Return: the offset of the first byte that can be mapped, a multiple of @page_size;
 * @bar_size if nothing can be.
 */
static inline u64 migration_area(u64 bar_size, u64 trapped, u64 page_size)
{
	u64 from = (trapped + page_size - 1) & ~(page_size - 1);

	return from < bar_size && !(bar_size & (page_size - 1)) ? from : bar_size;
}

#endif /* _VFIO_PCI_MIGRATION_AREA_H */
