// SPDX-License-Identifier: GPL-2.0
/*
 * The registers that a user does not reach directly, since the hardware does not
 * give back what was written to them, or forgets what was read: the helpers bring each
 * access here. It goes to the hardware, and what that would not tell is noted.
 *
 * May touch: pages 0 and 1 of BAR 0, the shadow.
 */
#include "igbvf_vfio.h"
#include "mailbox.h"

/* VFGPRC VFGPTC VFGORC VFGOTC VFMPRC VFGPRLBC VFGPTLBC VFGORLBC VFGOTLBC */
static const u16 counters[IGBVF_COUNTERS] = {
	0x0f10, 0x0f14, 0x0f18, 0x0f34, 0x0f3c, 0x0f40, 0x0f44, 0x0f48, 0x0f50,
};

/**
 * igbvf_counter_reg() - where a counter is
 * @i: which one, below IGBVF_COUNTERS
 *
 * Return: the offset of its register in BAR 0, in bytes.
 */
int igbvf_counter_reg(unsigned int i)
{
	return counters[i];
}

/*
 * The PF has written into the mailbox. If that is its answer to what the VF had
 * asked, it is known now what the PF remembers. It may also be a message of its
 * own; then the answer comes after it.
 */
static void note_answer(struct igbvf_vfio *v)
{
	struct igbvf_state *s = &v->shadow;
	u32 address[IGBVF_MBX_WORDS] = { IGBVF_MSG_MAC };
	u32 answer = igbvf_read(v, IGBVF_VMBMEM(0));

	if (!s->asked || !(answer & (IGBVF_MSG_ACK | IGBVF_MSG_NACK)) ||
	    (answer & IGBVF_MSG_TYPE) != (s->memory[0] & IGBVF_MSG_TYPE))
		return;
	s->asked = 0;

	if ((s->memory[0] & IGBVF_MSG_TYPE) == IGBVF_MSG_RESET) {
		/* Either answer: a NACK says that there is no address yet */
		s->reset_done = 1;
		s->messages = 0;
		memset(s->message, 0, sizeof(s->message));
		if (answer & IGBVF_MSG_NACK)
			return;
		/* The user knows its address now, and will want to keep it */
		address[1] = igbvf_read(v, IGBVF_VMBMEM(1));
		address[2] = igbvf_read(v, IGBVF_VMBMEM(2)) & 0xffff;
		igbvf_message_record(s, address);
	} else if (answer & IGBVF_MSG_ACK) {
		if (!igbvf_message_record(s, s->memory))
			v->lost = true;
		if (igbvf_message_is_filter(s->memory))
			v->filters = true;
		else if (igbvf_message_clears_filters(s->memory))
			v->filters = false;
	}
}

/**
 * igbvf_mailbox_read() - read V2PMAILBOX without losing what reading clears
 * @v: the function, opened
 *
 * Context: in an operation of struct vfio_migration_driver_ops; may sleep.
 * Return: its value, with all bits that the user has not read yet; all ones if it
 * cannot be reached.
 */
u32 igbvf_mailbox_read(struct igbvf_vfio *v)
{
	u32 value = igbvf_read(v, IGBVF_V2PMAILBOX);

	if (value == ~0u)
		return value;
	if (value & IGBVF_MBX_PFSTS)
		note_answer(v);
	v->shadow.mailbox |= value & IGBVF_MBX_READ_CLEARS;
	return value | v->shadow.mailbox;
}

static void mailbox_written(struct igbvf_vfio *v, u32 value)
{
	struct igbvf_state *s = &v->shadow;
	unsigned int i;

	if (!(value & IGBVF_MBX_REQ))
		return;
	for (i = 0; i < IGBVF_MBX_WORDS; i++)
		s->memory[i] = igbvf_read(v, IGBVF_VMBMEM(i));
	s->asked = 1;
}

/**
 * igbvf_forget() - note that the function was reset
 * @v: the function
 *
 * It forgets nothing that matters, but its PF forgets it, filters excepted. Interrupts
 * are masked then, as the datasheet has it; QEMU's device keeps them as they were.
 *
 * Context: in an operation of struct vfio_migration_driver_ops. With vfio_pci_core's lock
 * of the registers held, perhaps.
 */
void igbvf_forget(struct igbvf_vfio *v)
{
	if (v->migration.base.opened)
		iowrite32(~0, v->migration.core.barmap[0] + IGBVF_EIMC);
	memset(&v->shadow, 0, sizeof(v->shadow));
	memset(v->counter_offset, 0, sizeof(v->counter_offset));
	v->lost = false;
}

/**
 * igbvf_begin_anew() - the function was opened, reset, or is about to be closed
 * @m: the function
 *
 * Context: an operation of struct vfio_migration_driver_ops; does not sleep.
 */
void igbvf_begin_anew(struct vfio_migration *m)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);

	memset(v->rxdctl, 0, sizeof(v->rxdctl));
	memset(v->txdctl, 0, sizeof(v->txdctl));
	v->stopped = false;
	igbvf_forget(v);
}

/**
 * igbvf_trapped_read() - what the user sees of a trapped register
 * @m: the function, opened
 * @offset: of the register in BAR 0, in bytes, below IGBVF_TRAPPED
 *
 * Context: an operation of struct vfio_migration_driver_ops; may sleep.
 * Return: its value. What a read clears is cleared.
 */
u32 igbvf_trapped_read(struct vfio_pci_migration *m, u32 offset)
{
	struct igbvf_vfio *v = to_igbvf_vfio(&m->base);
	unsigned int i;
	u32 value;

	switch (offset) {
	case IGBVF_V2PMAILBOX:
		value = igbvf_mailbox_read(v);
		v->shadow.mailbox = 0;
		return value;
	case IGBVF_PSRTYPE:
		return v->shadow.psrtype;
	}
	value = igbvf_read(v, offset);
	for (i = 0; i < IGBVF_COUNTERS; i++)
		if (counters[i] == offset)
			value += v->counter_offset[i];
	return value;
}

/**
 * igbvf_trapped_write() - the user writes a trapped register
 * @m: the function, opened
 * @offset: of the register in BAR 0, in bytes, below IGBVF_TRAPPED
 * @value: what is written
 *
 * Context: an operation of struct vfio_migration_driver_ops; may sleep.
 * Return: 0.
 */
int igbvf_trapped_write(struct vfio_pci_migration *m, u32 offset, u32 value)
{
	struct igbvf_vfio *v = to_igbvf_vfio(&m->base);
	struct igbvf_state *s = &v->shadow;

	switch (offset) {
	case IGBVF_CTRL:
	case IGBVF_CTRL_DUP:
		if (value & IGBVF_CTRL_RST) {
			s->reset_done = 0;
			s->asked = 0;
			s->messages = 0;
			memset(s->message, 0, sizeof(s->message));
			v->lost = false;
		}
		break;
	case IGBVF_V2PMAILBOX:
		/* Before the PF can answer in the same place */
		mailbox_written(v, value);
		break;
	case IGBVF_PSRTYPE:
		s->psrtype = value;
		break;
	case IGBVF_EIMS:
		s->eims |= value;
		break;
	case IGBVF_EIMC:
		s->eims &= ~value;
		break;
	}
	igbvf_write(v, offset, value);
	return 0;
}
