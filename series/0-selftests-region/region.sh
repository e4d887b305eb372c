# in: tools/testing/selftests/vfio/vfio_pci_driver_test.c
# shellcheck shell=sh
sed -i '
/^#include <sys\/mman.h>$/a\
#include <unistd.h>
/^FIXTURE(vfio_pci_driver_test) {$/i\
/* All of it is pinned: leave most of a small machine to others */\
static u64 memcpy_region_size(void)\
{\
	u64 memory = (u64)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);\
	u64 size = SZ_1G;\
\
	while (size > SZ_2M \&\& size > memory / 4)\
		size /= 2;\
	return size;\
}\

/region_setup(self->iommu, self->iova_allocator, &self->memcpy_region, SZ_1G);/c\
	region_setup(self->iommu, self->iova_allocator, \&self->memcpy_region,\
		     memcpy_region_size());
' "$1"
