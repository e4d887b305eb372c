// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that a device can reach, see vfio.h.
 *
 * IO virtual addresses are handed out so that data that arrives has gone through
 * the IOMMU: a page's address for the device is not its physical address. With
 * 36 bits (the default) it is above the memory of any machine of the lab, so
 * that a device that drops the upper half of an address is found out, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diag.h"
#include "vfio.h"

#define PAGE 4096UL

/* Where @addr is in physical memory, 0 if that cannot be known (not root) */
static u64 physical_address(void *addr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	u64 entry = 0;

	if (fd < 0)
		return 0;
	if (pread(fd, &entry, sizeof(entry),
		  (unsigned long)addr / PAGE * sizeof(entry)) != sizeof(entry))
		entry = 0;
	close(fd);
	/* See the kernel's admin-guide/mm/pagemap: the low 55 bits, if present */
	return entry >> 63 ? (entry & ((1ULL << 55) - 1)) * PAGE : 0;
}

static bool is_identity(const struct vfio_buffer *buf)
{
	size_t at;

	for (at = 0; at < buf->size; at += PAGE)
		if (physical_address(buf->addr + at) == buf->iova + at)
			return true;
	return false;
}

void vfio_dma_bits(struct vfio_function *f, unsigned int bits)
{
	f->dma_bits = bits;
	/* Arm's IOMMU keeps the MiB at 0x8000000, half of what edu reaches, for MSIs */
	f->iova_next = (1ULL << (bits - 1)) + (2 << 20);
}

int vfio_alloc(struct vfio_function *f, size_t size, struct vfio_buffer *buf)
{
	struct vfio_buffer *slot = f->buffers;
	int ret;

	while (slot < f->buffers + VFIO_BUFFERS_MAX && slot->addr)
		slot++;
	if (slot == f->buffers + VFIO_BUFFERS_MAX)
		return diag_error(-ENOSPC, "%s: too many buffers", f->bdf);

	slot->size = (size + PAGE - 1) / PAGE * PAGE;
	slot->addr = mmap(NULL, slot->size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (slot->addr == MAP_FAILED) {
		slot->addr = NULL;
		return diag_error(-errno, "%zu bytes of memory", slot->size);
	}

	slot->iova = f->iova_next;
	while (is_identity(slot))
		slot->iova += PAGE;
	if ((slot->iova + slot->size - 1) >> f->dma_bits) {
		ret = -ENOSPC;
		goto out_unmap;
	}

	ret = f->mode->map(f, slot->addr, slot->iova, slot->size);
	if (ret)
		goto out_unmap;
	f->iova_next = slot->iova + slot->size;
	*buf = *slot;
	return 0;

out_unmap:
	diag_error(ret, "%s: mapping %zu bytes at IOVA %llx", f->bdf,
		   slot->size, slot->iova);
	munmap(slot->addr, slot->size);
	slot->addr = NULL;
	return ret;
}

void vfio_free(struct vfio_function *f, struct vfio_buffer *buf)
{
	struct vfio_buffer freed = *buf;
	int ret = f->mode->unmap(f, freed.iova, freed.size);
	int i;

	if (ret)
		diag_error(ret, "%s: unmapping IOVA %llx", f->bdf, freed.iova);
	for (i = 0; i < VFIO_BUFFERS_MAX; i++)
		if (f->buffers[i].addr == freed.addr)
			memset(&f->buffers[i], 0, sizeof(f->buffers[i]));
	munmap(freed.addr, freed.size);
	memset(buf, 0, sizeof(*buf));
}
