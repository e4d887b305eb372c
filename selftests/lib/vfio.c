// SPDX-License-Identifier: GPL-2.0
/*
 * A function through VFIO: open, BARs, configuration space, reset. What differs
 * between the interfaces is behind struct vfio_mode. See vfio.h.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diag.h"
#include "vfio.h"

/* What VFIO says of a region, with room for what it adds */
union region {
	struct vfio_region_info info;
	char bytes[512];
};

static int get_region(struct vfio_function *f, u32 index, union region *region)
{
	*region = (union region) {
		.info.argsz = sizeof(*region),
		.info.index = index,
	};
	if (ioctl(f->device, VFIO_DEVICE_GET_REGION_INFO, &region->info))
		return diag_error(-errno, "%s: region %u", f->bdf, index);
	return 0;
}

/* Where a BAR may be mapped: the whole, or the first of the areas it lists */
static void find_mapping(const union region *region, struct vfio_bar *bar)
{
	const struct vfio_region_info_cap_sparse_mmap *sparse;
	const struct vfio_info_cap_header *header;
	u32 at = region->info.cap_offset;

	bar->mapped_from = 0;
	bar->mapped = bar->size;
	if (!(region->info.flags & VFIO_REGION_INFO_FLAG_CAPS))
		return;
	for (; at; at = header->next) {
		header = (const void *)(region->bytes + at);
		if (header->id != VFIO_REGION_INFO_CAP_SPARSE_MMAP)
			continue;
		sparse = (const void *)header;
		bar->mapped = 0;
		if (sparse->nr_areas) {
			bar->mapped_from = sparse->areas[0].offset;
			bar->mapped = sparse->areas[0].size;
		}
	}
}

static int map_bar(struct vfio_function *f, int index)
{
	struct vfio_bar *bar = &f->bars[index];
	union region region;
	int prot = 0;
	int ret;

	ret = get_region(f, index, &region);
	if (ret)
		return ret;

	bar->size = region.info.size;
	bar->offset = region.info.offset;
	if (!bar->size || !(region.info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return 0;

	if (region.info.flags & VFIO_REGION_INFO_FLAG_READ)
		prot |= PROT_READ;
	if (region.info.flags & VFIO_REGION_INFO_FLAG_WRITE)
		prot |= PROT_WRITE;
	find_mapping(&region, bar);
	if (!bar->mapped)
		return 0;
	bar->addr = mmap(NULL, bar->mapped, prot, MAP_SHARED, f->device,
			 bar->offset + bar->mapped_from);
	if (bar->addr == MAP_FAILED) {
		bar->addr = NULL;
		return diag_error(-errno, "%s: mapping BAR %d", f->bdf, index);
	}
	return 0;
}

static int look_around(struct vfio_function *f)
{
	struct vfio_device_info device = { .argsz = sizeof(device) };
	union region config;
	int ret;
	int i;

	if (ioctl(f->device, VFIO_DEVICE_GET_INFO, &device))
		return diag_error(-errno, "%s: device info", f->bdf);
	if (!(device.flags & VFIO_DEVICE_FLAGS_PCI))
		return diag_error(-ENODEV, "%s: not a PCI device to VFIO", f->bdf);
	f->can_reset = device.flags & VFIO_DEVICE_FLAGS_RESET;

	ret = get_region(f, VFIO_PCI_CONFIG_REGION_INDEX, &config);
	if (ret)
		return ret;
	f->config = config.info.offset;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		ret = map_bar(f, i);
		if (ret)
			return ret;
	}
	return 0;
}

int vfio_open(struct vfio_function *f, const char *bdf,
	      const struct vfio_mode *mode)
{
	u16 command;
	int ret;

	memset(f, 0, sizeof(*f));
	f->mode = mode;
	f->device = -1;
	f->group = -1;
	f->container = -1;
	f->iommufd = -1;
	snprintf(f->bdf, sizeof(f->bdf), "%s", bdf);
	vfio_dma_bits(f, 36);

	ret = mode->open(f);
	if (!ret)
		ret = look_around(f);
	if (ret) {
		vfio_close(f);
		return ret;
	}

	command = vfio_config_read(f, PCI_COMMAND, 2);
	vfio_config_write(f, PCI_COMMAND, 2,
			  command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return 0;
}

void vfio_close(struct vfio_function *f)
{
	int i;

	for (i = 0; i < VFIO_BUFFERS_MAX; i++)
		if (f->buffers[i].addr)
			vfio_free(f, &f->buffers[i]);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (f->bars[i].addr)
			munmap(f->bars[i].addr, f->bars[i].mapped);
	memset(f->bars, 0, sizeof(f->bars));
	f->mode->close(f);
}

int vfio_reset(struct vfio_function *f)
{
	if (!f->can_reset)
		return diag_error(-EOPNOTSUPP, "%s: reset", f->bdf);
	if (ioctl(f->device, VFIO_DEVICE_RESET))
		return diag_error(-errno, "%s: reset", f->bdf);
	return 0;
}

/* Where a register is mapped, NULL if it can be reached by the file only */
static void *mapped_at(const struct vfio_bar *bar, u64 offset, size_t size)
{
	if (!bar->addr || offset < bar->mapped_from ||
	    offset + size > bar->mapped_from + bar->mapped)
		return NULL;
	return bar->addr + (offset - bar->mapped_from);
}

/* What is not mapped is read and written through the device's file */
static void region_read(struct vfio_function *f, u64 at, void *value, size_t size)
{
	if (pread(f->device, value, size, at) != (ssize_t)size) {
		diag("%s: reading %zu bytes at %llx failed", f->bdf, size, at);
		memset(value, 0xff, size);
	}
}

static void region_write(struct vfio_function *f, u64 at, const void *value,
			 size_t size)
{
	if (pwrite(f->device, value, size, at) != (ssize_t)size)
		diag("%s: writing %zu bytes at %llx failed", f->bdf, size, at);
}

#define DEFINE_ACCESS(bits, to_cpu, to_device)					\
u##bits vfio_read##bits(struct vfio_function *f, int bar, u64 offset)		\
{										\
	void *at = mapped_at(&f->bars[bar], offset, sizeof(u##bits));		\
	u##bits value;								\
										\
	if (at)									\
		value = __atomic_load_n((u##bits *)at, __ATOMIC_ACQUIRE);	\
	else									\
		region_read(f, f->bars[bar].offset + offset, &value,		\
			    sizeof(value));					\
	return to_cpu(value);							\
}										\
										\
void vfio_write##bits(struct vfio_function *f, int bar, u64 offset,		\
		      u##bits value)						\
{										\
	void *at = mapped_at(&f->bars[bar], offset, sizeof(value));		\
										\
	value = to_device(value);						\
	if (at)									\
		__atomic_store_n((u##bits *)at, value, __ATOMIC_RELEASE);	\
	else									\
		region_write(f, f->bars[bar].offset + offset, &value,		\
			     sizeof(value));					\
}

DEFINE_ACCESS(8, (u8), (u8))
DEFINE_ACCESS(16, le16toh, htole16)
DEFINE_ACCESS(32, le32toh, htole32)
DEFINE_ACCESS(64, le64toh, htole64)

u32 vfio_config_read(struct vfio_function *f, unsigned int offset, int size)
{
	u32 value = 0;

	region_read(f, f->config + offset, &value, size);
	return le32toh(value);
}

void vfio_config_write(struct vfio_function *f, unsigned int offset, int size,
		       u32 value)
{
	value = htole32(value);
	region_write(f, f->config + offset, &value, size);
}

unsigned int vfio_find_capability(struct vfio_function *f, u8 id,
				  unsigned int after)
{
	unsigned int pos = after ? after + PCI_CAP_LIST_NEXT : PCI_CAPABILITY_LIST;
	int limit = 48;		/* as many as fit into configuration space */

	while (limit-- && (pos = vfio_config_read(f, pos, 1))) {
		if (vfio_config_read(f, pos + PCI_CAP_LIST_ID, 1) == id)
			return pos;
		pos += PCI_CAP_LIST_NEXT;
	}
	return 0;
}
