// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's driver of an 82576 VF, see igbvf_guest.h. Registers and bits have the
 * names of the 82576 datasheet.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "drivers/igbvf.h"
#include "igbvf_guest.h"
#include "migration.h"
#include "wait.h"

#define CTRL			0x0000
#define   CTRL_RST		  BIT(26)
#define SRRCTL_2K		2

#define TX_VECTOR		0
#define RX_VECTOR		1
#define MISC_VECTOR		GUEST_MISC_VECTOR
#define VECTORS			3

#define TXD_COMMAND	(BIT(24) | BIT(25) | BIT(27) | BIT(29) | 3 << 20)
#define TXD_PAYLEN_SHIFT	14
#define DD			BIT(0)

#define SLOT			2048
#define TIMEOUT_MS		2000
#define ARRIVE_MS		60000
#define PROBE_LENGTH		500

/* Advanced descriptors, written back in place */
struct descriptor {
	u64 address;
	u32 command;		/* receive: status */
	u32 status;		/* receive: length and VLAN */
};

#define RING_BYTES		(GUEST_RING * sizeof(struct descriptor))

/* Memory: a receive ring, a transmit ring, and a frame for each descriptor */
#define RX_RING			0
#define TX_RING			RING_BYTES
#define RX_FRAME(i)		(2 * RING_BYTES + (i) * SLOT)
#define TX_FRAME(i)		RX_FRAME(GUEST_RING + (i))

static struct descriptor *descriptor(struct guest *g, size_t ring, u32 n)
{
	return (struct descriptor *)(g->memory.addr + ring) + n % GUEST_RING;
}

static void write32(struct guest *g, u32 reg, u32 value)
{
	vfio_write32(g->f, 0, reg, value);
}

u32 guest_register(struct guest *guest, u32 reg)
{
	return vfio_read32(guest->f, 0, reg);
}

static void arm(struct guest *g, u32 n)
{
	struct descriptor *d = descriptor(g, RX_RING, n);

	memset(d, 0, sizeof(*d));
	d->address = htole64(g->memory.iova + RX_FRAME(n % GUEST_RING));
}

static int enable_queue(struct guest *g, u32 reg)
{
	write32(g, reg, DCTL_ENABLE);
	if (wait_for(guest_register(g, reg) & DCTL_ENABLE, TIMEOUT_MS))
		return diag_error(-EIO, "register %04x: the queue is not enabled", reg);
	return 0;
}

static int start_rings(struct guest *g)
{
	u64 rx = g->memory.iova + RX_RING, tx = g->memory.iova + TX_RING;
	u32 n;
	int ret;

	for (n = 0; n < GUEST_RING; n++)
		arm(g, n);
	write32(g, RDBAL, rx);
	write32(g, RDBAH, rx >> 32);
	write32(g, RDLEN, RING_BYTES);
	write32(g, SRRCTL, SRRCTL_ADVANCED | SRRCTL_2K);
	write32(g, RDH, 0);
	write32(g, RDT, 0);
	write32(g, TDBAL, tx);
	write32(g, TDBAH, tx >> 32);
	write32(g, TDLEN, RING_BYTES);
	write32(g, TDH, 0);
	write32(g, TDT, 0);
	ret = enable_queue(g, RXDCTL);
	if (!ret)
		ret = enable_queue(g, TXDCTL);
	vfio_barrier();
	write32(g, RDT, GUEST_RING - 1);
	return ret;
}

static void start_interrupts(struct guest *g)
{
	write32(g, VF_IVAR, RX_VECTOR | VF_IVAR_VALID | (TX_VECTOR | VF_IVAR_VALID) << 8);
	write32(g, VF_IVAR_MISC, MISC_VECTOR | VF_IVAR_VALID);
	write32(g, VF_EITR(RX_VECTOR), 488);
	write32(g, VF_EIAC, BIT(VECTORS) - 1);
	write32(g, VF_EIAM, BIT(VECTORS) - 1);
	write32(g, VF_EIMS, BIT(VECTORS) - 1);
}

int guest_start(struct guest *guest, struct vfio_function *f)
{
	int ret;

	memset(guest, 0, sizeof(*guest));
	guest->f = f;
	ret = vfio_alloc(f, TX_FRAME(GUEST_RING), &guest->memory);
	if (!ret)
		ret = vfio_irq_enable(f, &guest->irq, VFIO_PCI_MSIX_IRQ_INDEX,
				      VECTORS);
	if (ret)
		return ret;
	write32(guest, VF_EIMC, ~0);
	write32(guest, CTRL, guest_register(guest, CTRL) | CTRL_RST);
	ret = igbvf_greet_pf(f, guest->mac);
	if (ret)
		return ret;
	start_interrupts(guest);
	return start_rings(guest);
}

int guest_map(struct guest *guest, struct vfio_function *f)
{
	return f->mode->map(f, guest->memory.addr, guest->memory.iova,
			    guest->memory.size);
}

int guest_move(struct guest *guest, struct vfio_function *f)
{
	vfio_irq_disable(&guest->irq);
	guest->f = f;
	return vfio_irq_enable(f, &guest->irq, VFIO_PCI_MSIX_IRQ_INDEX, VECTORS);
}

int guest_migrate(struct guest *guest, struct vfio_function *to,
		  struct guest_stop *stop)
{
	static u8 stream[MIGRATION_MAX];
	u64 start = now_us(), quiet, saved, restored, routed;
	ssize_t size;
	int ret;

	ret = migration_set(guest->f, VFIO_DEVICE_STATE_STOP, NULL);
	if (ret)
		return ret;
	quiet = now_us();
	size = migration_save(guest->f, stream, sizeof(stream));
	if (size < 0)
		return size;
	saved = now_us();
	ret = migration_write(to, stream, size);
	if (ret)
		return ret;
	restored = now_us();
	ret = guest_move(guest, to);
	routed = now_us();
	if (!ret)
		ret = migration_set(to, VFIO_DEVICE_STATE_RUNNING_P2P, NULL);
	if (!ret)
		ret = migration_set(to, VFIO_DEVICE_STATE_RUNNING, NULL);
	if (stop)
		*stop = (struct guest_stop) {
			.quiesce = quiet - start,
			.save = saved - quiet,
			.restore = restored - saved,
			.interrupts = routed - restored,
			.resume = now_us() - routed,
		};
	return ret;
}

void guest_post(struct guest *guest, const u8 *to, size_t length)
{
	u32 slot = guest->tx_posted % GUEST_RING;
	struct descriptor *d = descriptor(guest, TX_RING, guest->tx_posted);

	traffic_fill(guest->memory.addr + TX_FRAME(slot), to, guest->mac,
		     guest->tx_posted, length);
	d->address = htole64(guest->memory.iova + TX_FRAME(slot));
	d->command = htole32(TXD_COMMAND | length);
	d->status = htole32(length << TXD_PAYLEN_SHIFT);
	guest->tx_posted++;
}

void guest_kick(struct guest *guest)
{
	vfio_barrier();
	write32(guest, TDT, guest->tx_posted % GUEST_RING);
}

u32 guest_sent(struct guest *guest)
{
	vfio_barrier();
	while (guest->tx_reaped < guest->tx_posted &&
	       le32toh(descriptor(guest, TX_RING, guest->tx_reaped)->status) & DD)
		guest->tx_reaped++;
	return guest->tx_reaped;
}

u32 guest_waiting(struct guest *guest)
{
	u32 n = 0;

	vfio_barrier();
	while (n < GUEST_RING &&
	       le32toh(descriptor(guest, RX_RING, guest->rx_reaped + n)->command) & DD)
		n++;
	return n;
}

int guest_take(struct guest *guest, u32 *seq)
{
	struct descriptor *d = descriptor(guest, RX_RING, guest->rx_reaped);
	u32 slot = guest->rx_reaped % GUEST_RING;
	u32 length;

	vfio_barrier();
	if (!(le32toh(d->command) & DD))
		return -EAGAIN;
	length = le32toh(d->status) & 0xffff;
	if (!traffic_check(guest->memory.addr + RX_FRAME(slot), length, seq))
		return diag_error(-EBADMSG, "received frame %u, of %u bytes, is damaged",
				  guest->rx_reaped, length);
	arm(guest, guest->rx_reaped);
	vfio_barrier();
	write32(guest, RDT, slot);
	guest->rx_reaped++;
	return 0;
}

int guest_receive(struct guest *guest)
{
	u32 expected = guest->rx_reaped;
	u32 seq;
	int ret = guest_take(guest, &seq);

	if (!ret && seq != expected)
		ret = diag_error(-EPROTO, "received frame %u as number %u", seq,
				 expected);
	return ret;
}

int guest_hears(struct guest *guest, struct traffic_peer *from, const u8 *to,
		size_t length, struct traffic_peer *plain, u32 *seq)
{
	u32 marked = (*seq += 2), got;
	int ret = traffic_send(from, to, marked, length);
	int arrived = 0;

	if (!ret)
		ret = traffic_send(plain, guest->mac, marked + 1, PROBE_LENGTH);
	while (!ret) {
		ret = wait_for(!guest_take(guest, &got), ARRIVE_MS);
		if (!ret && got == marked)
			arrived++;
		if (!ret && got == marked + 1)
			break;
	}
	return ret ?: arrived;
}

int guest_await_link(struct guest *guest, struct traffic_peer *peer)
{
	u32 seq;

	return wait_for(({
		traffic_send(peer, guest->mac, 0, PROBE_LENGTH);
		!guest_take(guest, &seq);
	}), ARRIVE_MS);
}

int guest_await_interrupt(struct guest *guest, int timeout_ms)
{
	int ret = vfio_irq_wait(&guest->irq, RX_VECTOR, timeout_ms);

	guest_register(guest, VF_EICR);
	write32(guest, VF_EIMS, BIT(VECTORS) - 1);
	return ret < 0 ? ret : 0;
}
