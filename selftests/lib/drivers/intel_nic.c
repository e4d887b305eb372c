// SPDX-License-Identifier: GPL-2.0
/*
 * Intel gigabit NICs: 82574 (QEMU's e1000e), 82576 (igb) and the virtual
 * functions of 82576 (igbvf), on one queue each way. Registers and bits have the
 * names of the 82574 and 82576 datasheets; what differs between the three is in
 * struct intel_model.
 *
 * The 82576 knows the legacy descriptors of the 82574 as well, but QEMU's does
 * not, so it gets the advanced ones.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <linux/mii.h>
#include <string.h>

#include "../diag.h"
#include "../wait.h"
#include "igbvf.h"
#include "nic.h"

#define CTRL			0x0000
#define   CTRL_SLU		  BIT(6)
#define   CTRL_RST		  BIT(26)
#define STATUS			0x0008
#define   STATUS_LU		  BIT(1)
#define MDIC			0x0020
#define   MDIC_REGADD(reg)	  ((reg) << 16)
#define   MDIC_PHYADD_INTERNAL	  (1 << 21)
#define   MDIC_OP_WRITE		  (1 << 26)
#define   MDIC_READY		  BIT(28)
#define RCTL			0x0100
#define   RCTL_EN		  BIT(1)
#define   RCTL_BAM		  BIT(15)
#define   RCTL_SECRC		  BIT(26)
#define TCTL			0x0400
#define   TCTL_EN		  BIT(1)
#define   TCTL_PSP		  BIT(3)
#define   TCTL_CT		  (0x0f << 4)
#define   TCTL_COLD		  (0x3f << 12)
#define SRRCTL_BSIZEPACKET	(NIC_FRAME_MAX / 1024)
#define RAL			0x5400
#define RAH			0x5404

#define ICR_RX			BIT(7)	/* RXT0 (82574), RXDW (82576) */
#define ALL_CAUSES		0xffffffff

#define RING			16	/* descriptors, 16 bytes each */
#define SLOT			NIC_FRAME_MAX
#define TIMEOUT_MS		2000
#define LINK_MS			10000

/* Descriptors, in their legacy and advanced formats */
union rx_descriptor {
	u64 address;
	struct {
		u64 address;
		u16 length;
		u16 checksum;
		u8 status;
		u8 errors;
		u16 special;
	} legacy;
	struct {
		u64 rss;
		u32 status_error;
		u16 length;
		u16 vlan;
	} advanced;
};

#define RXD_DD			BIT(0)

struct tx_descriptor {
	u64 address;
	u32 cmd_length;		/* the same bits in both formats, but for DTYP */
	u32 status;		/* PAYLEN when read by an advanced device */
};

#define TXD_EOP			BIT(24)
#define TXD_IFCS		BIT(25)
#define TXD_RS			BIT(27)
#define TXD_ADVANCED		(BIT(29) | 3 << 20)	/* DEXT, DTYP data */
#define TXD_PAYLEN_SHIFT	14
#define TXD_DD			BIT(0)

static_assert(sizeof(union rx_descriptor) == 16, "receive descriptor");
static_assert(sizeof(struct tx_descriptor) == 16, "transmit descriptor");

struct intel_nic;

/**
 * struct intel_model - what differs
 * @icr: interrupt cause register; reading acknowledges (but for the VF)
 * @ims: interrupt mask set
 * @imc: interrupt mask clear
 * @causes: which of them tell of a received frame
 * @irq_index: the kind of interrupt to use
 * @vectors: how many of it
 * @rx_vector: which of them
 * @advanced: advanced descriptors, and queues that must be enabled one by one
 * @reset: bring the device into its initial state and learn its address
 */
struct intel_model {
	u32 icr;
	u32 ims;
	u32 imc;
	u32 causes;
	u32 irq_index;
	unsigned int vectors;
	unsigned int rx_vector;
	bool advanced;
	int (*reset)(struct intel_nic *intel);
};

struct intel_nic {
	struct nic nic;
	const struct intel_model *model;
	struct vfio_buffer rings;	/* receive, then transmit */
	struct vfio_buffer frames;	/* one slot a receive descriptor, one to send */
	unsigned int rx_next;
	unsigned int tx_next;
};

static u32 intel_read(struct intel_nic *intel, u32 reg)
{
	return vfio_read32(intel->nic.f, 0, reg);
}

static void intel_write(struct intel_nic *intel, u32 reg, u32 value)
{
	vfio_write32(intel->nic.f, 0, reg, value);
}

static union rx_descriptor *rx_ring(struct intel_nic *intel)
{
	return intel->rings.addr;
}

static struct tx_descriptor *tx_ring(struct intel_nic *intel)
{
	return intel->rings.addr + RING * sizeof(union rx_descriptor);
}

/* Give a receive descriptor (back) to the device */
static void arm(struct intel_nic *intel, unsigned int i)
{
	memset(&rx_ring(intel)[i], 0, sizeof(union rx_descriptor));
	rx_ring(intel)[i].address = htole64(intel->frames.iova + i * SLOT);
	vfio_barrier();
}

static int enable_queue(struct intel_nic *intel, u32 reg, u32 enable)
{
	intel_write(intel, reg, enable);
	if (wait_for(intel_read(intel, reg) & enable, TIMEOUT_MS))
		return diag_error(-EIO, "%s: register %04x reads %08x, the queue is not enabled",
				  intel->nic.f->bdf, reg, intel_read(intel, reg));
	return 0;
}

static int start_queues(struct intel_nic *intel)
{
	u64 rx = intel->rings.iova;
	u64 tx = rx + RING * sizeof(union rx_descriptor);
	unsigned int i;
	int ret;

	for (i = 0; i < RING; i++)
		arm(intel, i);

	intel_write(intel, RDBAL, lower_32(rx));
	intel_write(intel, RDBAH, upper_32(rx));
	intel_write(intel, RDLEN, RING * sizeof(union rx_descriptor));
	intel_write(intel, RDH, 0);
	intel_write(intel, RDT, 0);
	intel_write(intel, TDBAL, lower_32(tx));
	intel_write(intel, TDBAH, upper_32(tx));
	intel_write(intel, TDLEN, RING * sizeof(struct tx_descriptor));
	intel_write(intel, TDH, 0);
	intel_write(intel, TDT, 0);

	if (intel->model->advanced) {
		intel_write(intel, SRRCTL,
			    SRRCTL_ADVANCED | SRRCTL_BSIZEPACKET);
		ret = enable_queue(intel, RXDCTL, DCTL_ENABLE);
		if (!ret)
			ret = enable_queue(intel, TXDCTL, DCTL_ENABLE);
		if (ret)
			return ret;
	}

	/* A virtual function has neither: they are its PF's */
	intel_write(intel, TCTL, TCTL_EN | TCTL_PSP | TCTL_CT | TCTL_COLD);
	intel_write(intel, RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
	intel_write(intel, RDT, RING - 1);
	return 0;
}

static int intel_send(struct nic *nic, const void *frame, size_t length)
{
	struct intel_nic *intel = (struct intel_nic *)nic;
	struct tx_descriptor *d = &tx_ring(intel)[intel->tx_next];
	u32 cmd = TXD_EOP | TXD_IFCS | TXD_RS;
	u32 status = 0;

	if (intel->model->advanced) {
		cmd |= TXD_ADVANCED;
		status = length << TXD_PAYLEN_SHIFT;
	}
	memcpy(intel->frames.addr + RING * SLOT, frame, length);
	d->address = htole64(intel->frames.iova + RING * SLOT);
	d->cmd_length = htole32(cmd | length);
	d->status = htole32(status);

	intel->tx_next = (intel->tx_next + 1) % RING;
	vfio_barrier();
	intel_write(intel, TDT, intel->tx_next);

	if (wait_for(({ vfio_barrier(); le32toh(d->status) & TXD_DD; }), TIMEOUT_MS))
		return diag_error(-ETIMEDOUT, "%s: sending, TDH=%u TDT=%u",
				  nic->f->bdf, intel_read(intel, TDH),
				  intel_read(intel, TDT));
	return 0;
}

static size_t intel_receive(struct nic *nic, void *frame)
{
	struct intel_nic *intel = (struct intel_nic *)nic;
	union rx_descriptor *d = &rx_ring(intel)[intel->rx_next];
	size_t length;
	u32 status;

	vfio_barrier();
	status = intel->model->advanced ? le32toh(d->advanced.status_error) :
					  d->legacy.status;
	if (!(status & RXD_DD))
		return 0;
	length = le16toh(intel->model->advanced ? d->advanced.length :
						  d->legacy.length);
	if (length > SLOT)
		length = SLOT;
	nic->rx_iova = intel->frames.iova + intel->rx_next * SLOT;
	memcpy(frame, intel->frames.addr + intel->rx_next * SLOT, length);

	arm(intel, intel->rx_next);
	intel_write(intel, RDT, intel->rx_next);
	intel->rx_next = (intel->rx_next + 1) % RING;
	return length;
}

static void intel_ack(struct nic *nic)
{
	struct intel_nic *intel = (struct intel_nic *)nic;

	intel_read(intel, intel->model->icr);
	intel_write(intel, intel->model->ims, intel->model->causes);
}

static const struct nic_ops intel_ops = {
	.send = intel_send,
	.receive = intel_receive,
	.ack = intel_ack,
};

static int intel_start(struct vfio_function *f, struct intel_nic *intel,
		       const struct intel_model *model)
{
	int ret;

	intel->nic.f = f;
	intel->nic.ops = &intel_ops;
	intel->nic.rx_vector = model->rx_vector;
	intel->model = model;

	ret = vfio_alloc(f, 2 * RING * sizeof(union rx_descriptor),
			 &intel->rings);
	if (!ret)
		ret = vfio_alloc(f, (RING + 1) * SLOT, &intel->frames);
	if (!ret)
		ret = vfio_irq_enable(f, &intel->nic.irq, model->irq_index,
				      model->vectors);
	if (!ret)
		ret = model->reset(intel);
	if (!ret)
		ret = start_queues(intel);
	if (ret)
		return ret;
	intel_ack(&intel->nic);
	return 0;
}

/* The native driver may have left the PHY without power: have it negotiate */
static int bring_link_up(struct intel_nic *intel)
{
	intel_write(intel, CTRL, intel_read(intel, CTRL) | CTRL_SLU);
	if (intel_read(intel, STATUS) & STATUS_LU)
		return 0;

	intel_write(intel, MDIC, BMCR_ANENABLE | BMCR_ANRESTART |
				 MDIC_REGADD(MII_BMCR) | MDIC_PHYADD_INTERNAL |
				 MDIC_OP_WRITE);
	if (wait_for(intel_read(intel, MDIC) & MDIC_READY, TIMEOUT_MS) ||
	    wait_for(intel_read(intel, STATUS) & STATUS_LU, LINK_MS))
		return diag_error(-ENETDOWN, "%s: link", intel->nic.f->bdf);
	return 0;
}

/* A physical function's reset; its EEPROM gives it its address */
static int reset_pf(struct intel_nic *intel)
{
	u32 mac[2];

	intel_write(intel, intel->model->imc, ALL_CAUSES);
	intel_write(intel, CTRL, intel_read(intel, CTRL) | CTRL_RST);
	if (wait_for(!(intel_read(intel, CTRL) & CTRL_RST), TIMEOUT_MS))
		return diag_error(-ETIMEDOUT, "%s: reset", intel->nic.f->bdf);
	intel_write(intel, intel->model->imc, ALL_CAUSES);
	intel_read(intel, intel->model->icr);

	mac[0] = htole32(intel_read(intel, RAL));
	mac[1] = htole32(intel_read(intel, RAH));
	memcpy(intel->nic.mac, mac, ARP_MAC_LEN);
	return bring_link_up(intel);
}

static void intel_stop(void *state)
{
	struct intel_nic *intel = state;

	if (intel->model) {
		intel_write(intel, intel->model->imc, intel->model->causes);
		intel_write(intel, RCTL, 0);
		intel_write(intel, TCTL, 0);
		if (intel->model->advanced) {
			intel_write(intel, RXDCTL, 0);
			intel_write(intel, TXDCTL, 0);
		}
	}
	vfio_irq_disable(&intel->nic.irq);
}

#define PF_MODEL						\
	.icr = 0x00c0,						\
	.ims = 0x00d0,						\
	.imc = 0x00d8,						\
	.causes = ICR_RX,					\
	.irq_index = VFIO_PCI_MSI_IRQ_INDEX,			\
	.vectors = 1,						\
	.reset = reset_pf

static const struct intel_model e1000e_model = {
	PF_MODEL,
};

static const struct intel_model igb_model = {
	PF_MODEL,
	.advanced = true,
};

static int e1000e_start(struct vfio_function *f, void *state)
{
	return intel_start(f, state, &e1000e_model);
}

static int igb_start(struct vfio_function *f, void *state)
{
	return intel_start(f, state, &igb_model);
}

#define INTEL_DRIVER(_name, _device, _start) {			\
	.name = _name,						\
	.vendor = 0x8086,					\
	.device = _device,					\
	.size = sizeof(struct intel_nic),			\
	.start = _start,					\
	.prove = nic_prove,					\
	.stop = intel_stop,					\
}

const struct device_driver e1000e_driver =
	INTEL_DRIVER("e1000e", 0x10d3, e1000e_start);	/* 82574L */

const struct device_driver igb_driver =
	INTEL_DRIVER("igb", 0x10c9, igb_start);		/* 82576 */

/*
 * QEMU's VTIVAR ORs what is written
 * into what was there, so the vectors are those of the native driver, whose
 * writes it has seen before: 0 to send, 1 to receive.
 */
#define   VF_IVAR_RX(vector)	  ((vector) | VF_IVAR_VALID)
#define   VF_IVAR_TX(vector)	  (((vector) | VF_IVAR_VALID) << 8)
#define VF_TX_VECTOR		0
#define VF_RX_VECTOR		1

static int reset_vf(struct intel_nic *intel)
{
	int ret;

	intel_write(intel, VF_EIMC, ALL_CAUSES);
	intel_write(intel, CTRL, intel_read(intel, CTRL) | CTRL_RST);
	ret = igbvf_greet_pf(intel->nic.f, intel->nic.mac);
	if (ret)
		return ret;
	intel_write(intel, VF_EIAC, BIT(VF_RX_VECTOR));
	intel_write(intel, VF_IVAR, VF_IVAR_RX(VF_RX_VECTOR) |
				    VF_IVAR_TX(VF_TX_VECTOR));
	return 0;
}

static const struct intel_model igbvf_model = {
	.icr = VF_EICR,
	.ims = VF_EIMS,
	.imc = VF_EIMC,
	.causes = BIT(VF_RX_VECTOR),
	.irq_index = VFIO_PCI_MSIX_IRQ_INDEX,
	.vectors = 2,
	.rx_vector = VF_RX_VECTOR,
	.advanced = true,
	.reset = reset_vf,
};

static int igbvf_start(struct vfio_function *f, void *state)
{
	return intel_start(f, state, &igbvf_model);
}

const struct device_driver igbvf_driver =
	INTEL_DRIVER("igbvf", 0x10ca, igbvf_start);	/* 82576 virtual function */
