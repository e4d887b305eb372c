// SPDX-License-Identifier: GPL-2.0
/*
 * Virtio network device, PCI transport, version 1.x. Structures and bits are
 * those of the kernel's uapi headers, after the OASIS specification "Virtual I/O
 * Device (VIRTIO)".
 *
 * VIRTIO_F_ACCESS_PLATFORM makes the device use the addresses of its IOMMU, as
 * real hardware has to; without it the device is refused.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <string.h>

#include "../diag.h"
#include "../wait.h"
#include "nic.h"

#define RX_QUEUE		0
#define TX_QUEUE		1
#define RX_VECTOR		0
#define RING			8	/* descriptors, a power of 2 */
#define SLOT			(NIC_FRAME_MAX + sizeof(struct virtio_net_hdr_v1))
#define PAGE			4096
#define TIMEOUT_MS		2000

#define FEATURES	(1ULL << VIRTIO_F_VERSION_1 |		\
			 1ULL << VIRTIO_F_ACCESS_PLATFORM |	\
			 1ULL << VIRTIO_NET_F_MAC)

/* A structure of the device in one of its BARs */
struct virtio_part {
	int bar;
	u64 offset;
};

struct virtio_queue {
	u16 index;
	u16 used_seen;
	struct vfio_buffer memory;	/* descriptors, available, used */
	struct vring ring;
	u64 notify;			/* its doorbell, in the part @notify */
};

struct virtio_net {
	struct nic nic;
	struct virtio_part common;
	struct virtio_part notify;
	struct virtio_part device;
	u32 notify_multiplier;
	struct virtio_queue rx;
	struct virtio_queue tx;
	struct vfio_buffer frames;	/* one slot a descriptor, one to send */
};

static u8 common_read8(struct virtio_net *v, u32 offset)
{
	return vfio_read8(v->nic.f, v->common.bar, v->common.offset + offset);
}

static void common_write8(struct virtio_net *v, u32 offset, u8 value)
{
	vfio_write8(v->nic.f, v->common.bar, v->common.offset + offset, value);
}

static u16 common_read16(struct virtio_net *v, u32 offset)
{
	return vfio_read16(v->nic.f, v->common.bar, v->common.offset + offset);
}

static void common_write16(struct virtio_net *v, u32 offset, u16 value)
{
	vfio_write16(v->nic.f, v->common.bar, v->common.offset + offset, value);
}

static u32 common_read32(struct virtio_net *v, u32 offset)
{
	return vfio_read32(v->nic.f, v->common.bar, v->common.offset + offset);
}

/*
 * Without KVM, QEMU now and then loses a write while another function's BARs move: of
 * the address of a queue a half would be missing, and the device read elsewhere.
 */
static void common_write32(struct virtio_net *v, u32 offset, u32 value)
{
	int tries = 3;

	do
		vfio_write32(v->nic.f, v->common.bar, v->common.offset + offset,
			     value);
	while (common_read32(v, offset) != value && --tries);
}

static int find_part(struct virtio_net *v, u8 type, struct virtio_part *part,
		     unsigned int *where)
{
	struct vfio_function *f = v->nic.f;
	unsigned int cap = 0;

	while ((cap = vfio_find_capability(f, PCI_CAP_ID_VNDR, cap))) {
		if (vfio_config_read(f, cap + VIRTIO_PCI_CAP_CFG_TYPE, 1) != type)
			continue;
		part->bar = vfio_config_read(f, cap + VIRTIO_PCI_CAP_BAR, 1);
		part->offset = vfio_config_read(f, cap + VIRTIO_PCI_CAP_OFFSET, 4);
		if (part->bar >= PCI_STD_NUM_BARS || !f->bars[part->bar].size)
			break;
		if (where)
			*where = cap;
		return 0;
	}
	return diag_error(-ENODEV, "%s: virtio structure of type %u", f->bdf, type);
}

static int find_parts(struct virtio_net *v)
{
	unsigned int cap;
	int ret;

	ret = find_part(v, VIRTIO_PCI_CAP_COMMON_CFG, &v->common, NULL);
	if (!ret)
		ret = find_part(v, VIRTIO_PCI_CAP_DEVICE_CFG, &v->device, NULL);
	if (!ret)
		ret = find_part(v, VIRTIO_PCI_CAP_NOTIFY_CFG, &v->notify, &cap);
	if (!ret)
		v->notify_multiplier = vfio_config_read(v->nic.f,
							cap + VIRTIO_PCI_NOTIFY_CAP_MULT, 4);
	return ret;
}

static void add_status(struct virtio_net *v, u8 status)
{
	status |= common_read8(v, VIRTIO_PCI_COMMON_STATUS);
	common_write8(v, VIRTIO_PCI_COMMON_STATUS, status);
}

static int reset_device(struct virtio_net *v)
{
	common_write8(v, VIRTIO_PCI_COMMON_STATUS, 0);
	if (wait_for(!common_read8(v, VIRTIO_PCI_COMMON_STATUS), TIMEOUT_MS))
		return diag_error(-ETIMEDOUT, "%s: reset", v->nic.f->bdf);
	return 0;
}

static int negotiate(struct virtio_net *v)
{
	u64 offered;

	add_status(v, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	add_status(v, VIRTIO_CONFIG_S_DRIVER);

	common_write32(v, VIRTIO_PCI_COMMON_DFSELECT, 0);
	offered = common_read32(v, VIRTIO_PCI_COMMON_DF);
	common_write32(v, VIRTIO_PCI_COMMON_DFSELECT, 1);
	offered |= (u64)common_read32(v, VIRTIO_PCI_COMMON_DF) << 32;
	if ((offered & FEATURES) != FEATURES)
		return diag_error(-EOPNOTSUPP, "%s: offers features %llx, not all of %llx",
				  v->nic.f->bdf, offered, FEATURES);

	common_write32(v, VIRTIO_PCI_COMMON_GFSELECT, 0);
	common_write32(v, VIRTIO_PCI_COMMON_GF, lower_32(FEATURES));
	common_write32(v, VIRTIO_PCI_COMMON_GFSELECT, 1);
	common_write32(v, VIRTIO_PCI_COMMON_GF, upper_32(FEATURES));
	add_status(v, VIRTIO_CONFIG_S_FEATURES_OK);
	if (!(common_read8(v, VIRTIO_PCI_COMMON_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK))
		return diag_error(-EOPNOTSUPP, "%s: refuses features %llx",
				  v->nic.f->bdf, FEATURES);
	return 0;
}

/* Tell the device where @part of the queue's memory is; the upper half follows */
static void set_address(struct virtio_net *v, u32 low, struct virtio_queue *q,
			const void *part)
{
	u64 iova = q->memory.iova + (part - q->memory.addr);

	common_write32(v, low, lower_32(iova));
	common_write32(v, low + 4, upper_32(iova));
}

static int start_queue(struct virtio_net *v, struct virtio_queue *q, u16 index,
		       u16 vector)
{
	int ret;

	q->index = index;
	ret = vfio_alloc(v->nic.f, PAGE, &q->memory);
	if (ret)
		return ret;
	vring_init(&q->ring, RING, q->memory.addr, 64);

	common_write16(v, VIRTIO_PCI_COMMON_Q_SELECT, index);
	if (common_read16(v, VIRTIO_PCI_COMMON_Q_SIZE) < RING)
		return diag_error(-ENODEV, "%s: queue %u has %u descriptors",
				  v->nic.f->bdf, index,
				  common_read16(v, VIRTIO_PCI_COMMON_Q_SIZE));
	common_write16(v, VIRTIO_PCI_COMMON_Q_SIZE, RING);
	common_write16(v, VIRTIO_PCI_COMMON_Q_MSIX, vector);
	if (common_read16(v, VIRTIO_PCI_COMMON_Q_MSIX) != vector)
		return diag_error(-EIO, "%s: queue %u refuses vector %u",
				  v->nic.f->bdf, index, vector);
	set_address(v, VIRTIO_PCI_COMMON_Q_DESCLO, q, q->ring.desc);
	set_address(v, VIRTIO_PCI_COMMON_Q_AVAILLO, q, q->ring.avail);
	set_address(v, VIRTIO_PCI_COMMON_Q_USEDLO, q, q->ring.used);
	q->notify = v->notify.offset +
		    common_read16(v, VIRTIO_PCI_COMMON_Q_NOFF) * v->notify_multiplier;
	common_write16(v, VIRTIO_PCI_COMMON_Q_ENABLE, 1);
	return 0;
}

/* Hand descriptor @id to the device: frame slot @slot, @length bytes of it */
static void post(struct virtio_net *v, struct virtio_queue *q, u16 id, int slot,
		 u32 length, u16 flags)
{
	u16 next = le16toh(q->ring.avail->idx);

	q->ring.desc[id] = (struct vring_desc) {
		.addr = htole64(v->frames.iova + slot * SLOT),
		.len = htole32(length),
		.flags = htole16(flags),
	};
	q->ring.avail->ring[next % RING] = htole16(id);
	vfio_barrier();
	q->ring.avail->idx = htole16(next + 1);
	vfio_barrier();
	vfio_write16(v->nic.f, v->notify.bar, q->notify, q->index);
}

/* The next descriptor that the device is done with, or NULL */
static struct vring_used_elem *next_used(struct virtio_queue *q)
{
	vfio_barrier();
	if (le16toh(*(u16 *)&q->ring.used->idx) == q->used_seen)
		return NULL;
	return &q->ring.used->ring[q->used_seen++ % RING];
}

static int virtio_send(struct nic *nic, const void *frame, size_t length)
{
	struct virtio_net *v = (struct virtio_net *)nic;
	char *slot = v->frames.addr + RING * SLOT;

	memset(slot, 0, sizeof(struct virtio_net_hdr_v1));
	memcpy(slot + sizeof(struct virtio_net_hdr_v1), frame, length);
	post(v, &v->tx, 0, RING, sizeof(struct virtio_net_hdr_v1) + length, 0);
	if (wait_for(next_used(&v->tx), TIMEOUT_MS))
		return diag_error(-ETIMEDOUT, "%s: sending", nic->f->bdf);
	return 0;
}

static size_t virtio_receive(struct nic *nic, void *frame)
{
	struct virtio_net *v = (struct virtio_net *)nic;
	struct vring_used_elem *used = next_used(&v->rx);
	size_t length;
	u32 id;

	if (!used)
		return 0;
	id = le32toh(used->id) % RING;
	length = le32toh(used->len);
	if (length > SLOT)
		length = SLOT;
	length -= sizeof(struct virtio_net_hdr_v1);
	nic->rx_iova = v->frames.iova + id * SLOT;
	memcpy(frame, v->frames.addr + id * SLOT +
		      sizeof(struct virtio_net_hdr_v1), length);
	post(v, &v->rx, id, id, SLOT, VRING_DESC_F_WRITE);
	return length;
}

/* Nothing to do: an MSI-X message needs no acknowledgment */
static void virtio_ack(struct nic *nic)
{
	(void)nic;
}

static const struct nic_ops virtio_ops = {
	.send = virtio_send,
	.receive = virtio_receive,
	.ack = virtio_ack,
};

static int virtio_start(struct vfio_function *f, void *state)
{
	struct virtio_net *v = state;
	unsigned int i;
	int ret;

	v->nic.f = f;
	v->nic.ops = &virtio_ops;
	v->nic.rx_vector = RX_VECTOR;

	ret = find_parts(v);
	if (!ret)
		ret = vfio_alloc(f, (RING + 1) * SLOT, &v->frames);
	if (!ret)
		ret = vfio_irq_enable(f, &v->nic.irq, VFIO_PCI_MSIX_IRQ_INDEX, 1);
	if (!ret)
		ret = reset_device(v);
	if (!ret)
		ret = negotiate(v);
	if (!ret)
		ret = start_queue(v, &v->rx, RX_QUEUE, RX_VECTOR);
	if (!ret)
		ret = start_queue(v, &v->tx, TX_QUEUE, VIRTIO_MSI_NO_VECTOR);
	if (ret)
		return ret;

	for (i = 0; i < ARP_MAC_LEN; i++)
		v->nic.mac[i] = vfio_read8(f, v->device.bar, v->device.offset +
					   offsetof(struct virtio_net_config, mac) + i);
	add_status(v, VIRTIO_CONFIG_S_DRIVER_OK);
	for (i = 0; i < RING; i++)
		post(v, &v->rx, i, i, SLOT, VRING_DESC_F_WRITE);
	return 0;
}

static void virtio_stop(void *state)
{
	struct virtio_net *v = state;

	if (v->common.offset || v->common.bar)
		reset_device(v);
	vfio_irq_disable(&v->nic.irq);
}

const struct device_driver virtio_net_driver = {
	.name = "virtio-net",
	.vendor = 0x1af4,	/* Red Hat, who gave virtio its ids */
	.device = 0x1041,	/* 0x1040 and the network card's id */
	.size = sizeof(struct virtio_net),
	.start = virtio_start,
	.prove = nic_prove,
	.stop = virtio_stop,
};
