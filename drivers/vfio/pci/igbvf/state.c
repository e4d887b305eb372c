// SPDX-License-Identifier: GPL-2.0
/*
 * The state of the hardware: stopped, saved, loaded, started.
 *
 * May touch: all registers, and through the mailbox what the PF knows. The order
 * of things is measured on QEMU's device; where it matters, it says so.
 */
#include <linux/delay.h>
#include <linux/sched/signal.h>

#include "igbvf_vfio.h"
#include "mailbox.h"

#define QUEUE(q)	((q) * 0x100)
#define RXDCTL(q)	(0x2828 + QUEUE(q))
#define TXDCTL(q)	(0x3828 + QUEUE(q))
#define  DCTL_ENABLE	BIT(25)
#define RDT(q)		(0x2818 + QUEUE(q))
#define TDT(q)		(0x3818 + QUEUE(q))

#define ALL_VECTORS	GENMASK(IGBVF_VECTORS - 1, 0)

#define MAILBOX_MS	2000

/* Registers of a queue that read as they were written. Tails come last */
static const struct {
	u16 reg;
	u16 member;
} queue_regs[] = {
#define QUEUE_REG(_reg, _member) \
	{ _reg, offsetof(struct igbvf_queue_state, _member) }
	QUEUE_REG(0x2800, rdbal),
	QUEUE_REG(0x2804, rdbah),
	QUEUE_REG(0x2808, rdlen),
	QUEUE_REG(0x280c, srrctl),
	QUEUE_REG(0x2810, rdh),
	QUEUE_REG(0x2818, rdt),
	QUEUE_REG(0x3800, tdbal),
	QUEUE_REG(0x3804, tdbah),
	QUEUE_REG(0x3808, tdlen),
	QUEUE_REG(0x3814, txctl),
	QUEUE_REG(0x3838, tdwbal),
	QUEUE_REG(0x383c, tdwbah),
	QUEUE_REG(0x3810, tdh),
	QUEUE_REG(0x3818, tdt),
};

static u32 *queue_member(struct igbvf_queue_state *queue, int i)
{
	return (void *)queue + queue_regs[i].member;
}

/* Stop a queue; what it was comes back by igbvf_resume() */
static void stop_queue(struct igbvf_vfio *v, u32 reg, u32 *was)
{
	u32 value = igbvf_read(v, reg);

	/* Unless it is what was left here, somebody has written it since */
	if (!v->stopped || value != (*was & ~DCTL_ENABLE))
		*was = value;
	if (!(value & DCTL_ENABLE))
		return;
	igbvf_write(v, reg, value & ~DCTL_ENABLE);
	igbvf_read(v, reg);
}

/*
 * An interrupt may be throttled still, for as long as EITR says: in units of 1024
 * ns, which is the longest of what there is, with QEMU's timer not always on time.
 */
static void await_interrupts(struct igbvf_vfio *v)
{
	u32 us = 0;
	int i;

	for (i = 0; i < IGBVF_VECTORS; i++)
		us = max(us, igbvf_read(v, IGBVF_EITR(i)) & IGBVF_EITR_INTERVAL);
	us += us / 32 + 1000;
	usleep_range(us, us + 200);
}

/**
 * igbvf_quiesce() - let the function access no memory any more
 * @m: the function
 *
 * Interrupts may come still. Bus mastering stays on: without it, a frame that arrives
 * eats the receive ring.
 *
 * Context: an operation of struct vfio_migration_driver_ops; may sleep.
 * Return: 0.
 */
int igbvf_quiesce(struct vfio_migration *m)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	int q;

	for (q = 0; q < IGBVF_QUEUES; q++) {
		stop_queue(v, RXDCTL(q), &v->rxdctl[q]);
		stop_queue(v, TXDCTL(q), &v->txdctl[q]);
	}
	v->stopped = true;
	return 0;
}

/**
 * igbvf_silence() - stop all that the function does by itself
 * @m: the function, after igbvf_quiesce()
 *
 * The queues are stopped once more, for what was started meanwhile. Interrupts are
 * masked, since the PF may have something to say; those on their way are waited for.
 *
 * Context: an operation of struct vfio_migration_driver_ops; sleeps as long as interrupts
 * are throttled, 35 ms at most.
 * Return: 0.
 */
int igbvf_silence(struct vfio_migration *m)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);

	igbvf_quiesce(m);
	igbvf_write(v, IGBVF_EIMC, ~0);
	await_interrupts(v);
	return 0;
}

static u32 vector_of(u8 ivar)
{
	return ivar & IGBVF_IVAR_VALID ? BIT(ivar & IGBVF_IVAR_VECTOR) : 0;
}

/*
 * Which causes were pending cannot be read: the user is to look at all. But for the mailbox,
 * where it can be seen whether there is anything: to igbvf its interrupt says that the link
 * may have gone, and one at the wrong moment has it drop what is sent (igbvf_has_link() looks
 * at get_link_status once more, after it has checked). The link itself may be another one.
 */
static u32 vectors_to_raise(struct igbvf_vfio *v)
{
	u32 mailbox = vector_of(igbvf_read(v, IGBVF_IVAR_MISC));
	u32 news = igbvf_mailbox_read(v);
	u32 ivar;

	if (news & (IGBVF_MBX_READ_CLEARS | IGBVF_MBX_RSTI) ||
	    !(igbvf_read(v, IGBVF_STATUS) & IGBVF_STATUS_LU))
		return ALL_VECTORS;
	for (ivar = igbvf_read(v, IGBVF_IVAR); ivar; ivar >>= 8)
		mailbox &= ~vector_of(ivar);
	return ALL_VECTORS & ~mailbox;
}

/**
 * igbvf_resume() - go on where igbvf_quiesce() or igbvf_load() left off
 * @m: the function
 *
 * Context: an operation of struct vfio_migration_driver_ops; may sleep.
 */
void igbvf_resume(struct vfio_migration *m)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	int q;

	igbvf_write(v, IGBVF_EIMS, v->shadow.eims);
	for (q = 0; v->stopped && q < IGBVF_QUEUES; q++) {
		igbvf_write(v, RXDCTL(q), v->rxdctl[q]);
		igbvf_write(v, TXDCTL(q), v->txdctl[q]);
		/* Writing the tails again is what makes the device look */
		if (v->rxdctl[q] & DCTL_ENABLE)
			igbvf_write(v, RDT(q), igbvf_read(v, RDT(q)));
		if (v->txdctl[q] & DCTL_ENABLE)
			igbvf_write(v, TDT(q), igbvf_read(v, TDT(q)));
	}
	v->stopped = false;
	igbvf_write(v, IGBVF_EICS, vectors_to_raise(v));
}

/* Of what was pulled out, registers read as ones; in QEMU, as zeroes */
static bool is_there(struct igbvf_vfio *v)
{
	return igbvf_read(v, IGBVF_STATUS) != ~0u &&
	       pci_device_is_present(v->migration.core.pdev);
}

/**
 * igbvf_save() - read the state of a function that is quiet
 * @m: the function
 * @to: gets it, a struct igbvf_state
 *
 * Context: an operation of struct vfio_migration_driver_ops; may sleep.
 * Return: its size in bytes; -ENOSPC if the PF was told more than a stream holds, which igb has no
 * room for; -ENODEV if the function does not answer.
 */
ssize_t igbvf_save(struct vfio_migration *m, void *to)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	struct igbvf_state *state = to;
	struct igbvf_state *s = &v->shadow;
	u32 mailbox;
	int q, i;

	if (v->lost) {
		dev_err_ratelimited(&v->migration.core.pdev->dev,
				    "the PF was told more than can be migrated\n");
		return -ENOSPC;
	}

	/* First, for it may bring the PF's answer */
	mailbox = igbvf_mailbox_read(v);
	*state = *s;
	state->mailbox = s->mailbox | (mailbox & IGBVF_MBX_VFU);
	if (!s->asked)
		for (i = 0; i < IGBVF_MBX_WORDS; i++)
			state->memory[i] = igbvf_read(v, IGBVF_VMBMEM(i));

	for (q = 0; q < IGBVF_QUEUES; q++) {
		for (i = 0; i < ARRAY_SIZE(queue_regs); i++)
			*queue_member(&state->queue[q], i) =
				igbvf_read(v, queue_regs[i].reg + QUEUE(q));
		state->queue[q].rxdctl = v->rxdctl[q];
		state->queue[q].txdctl = v->txdctl[q];
	}
	for (i = 0; i < IGBVF_VECTORS; i++)
		state->eitr[i] = igbvf_read(v, IGBVF_EITR(i));
	state->ivar = igbvf_read(v, IGBVF_IVAR);
	state->ivar_misc = igbvf_read(v, IGBVF_IVAR_MISC);
	state->eiac = igbvf_read(v, IGBVF_EIAC);
	state->eiam = igbvf_read(v, IGBVF_EIAM);
	for (i = 0; i < IGBVF_COUNTERS; i++)
		state->counters[i] = igbvf_trapped_read(&v->migration, igbvf_counter_reg(i));
	return is_there(v) ? sizeof(*state) : -ENODEV;
}

/* The mailbox is as the last two say: 0; not yet: -EAGAIN; it will never be: an error */
static int look(struct igbvf_vfio *v, u32 set, u32 clear)
{
	u32 value;

	/* It is not given to the VF, but to who asks for it while it is free */
	if (set & IGBVF_MBX_VFU)
		igbvf_write(v, IGBVF_V2PMAILBOX, IGBVF_MBX_VFU);
	value = igbvf_mailbox_read(v);
	if (value == ~0u)
		return -ENODEV;
	/* Who exits closes its devices, and has been killed for good */
	if (fatal_signal_pending(current) && !(current->flags & PF_EXITING))
		return -EINTR;
	return (value & set) == set && !(value & clear) ? 0 : -EAGAIN;
}

static unsigned long mailbox_deadline(void)
{
	return jiffies + msecs_to_jiffies(MAILBOX_MS);
}

/* Look until @deadline, and once more: this thread may not have run for long */
static int await(struct igbvf_vfio *v, u32 set, u32 clear, unsigned long deadline)
{
	bool last;
	int ret;

	do {
		last = time_after(jiffies, deadline);
		ret = look(v, set, clear);
		if (ret != -EAGAIN)
			return ret;
		usleep_range(50, 200);
	} while (!last);
	return -ETIMEDOUT;
}

/* Put a message into the mailbox and have the PF called */
static int send(struct igbvf_vfio *v, const u32 *message)
{
	struct igbvf_state *s = &v->shadow;
	int ret = await(v, IGBVF_MBX_VFU, 0, mailbox_deadline());
	int i;

	if (ret)
		return ret;
	s->mailbox = 0;
	for (i = 0; i < IGBVF_MBX_WORDS; i++) {
		s->memory[i] = message[i];
		igbvf_write(v, IGBVF_VMBMEM(i), message[i]);
	}
	s->asked = 1;
	igbvf_write(v, IGBVF_V2PMAILBOX, IGBVF_MBX_REQ);
	return 0;
}

/*
 * Send a message, and wait for the answer to it: 0, -EPERM if it is no. Whatever else
 * the PF, or a user who has a way around the traps, puts there does not keep this up.
 */
static int ask(struct igbvf_vfio *v, const u32 *message)
{
	unsigned long deadline = mailbox_deadline();
	struct igbvf_state *s = &v->shadow;
	u32 answer = 0;
	int ret;

	ret = send(v, message);
	while (!ret && s->asked) {
		/* Something else the PF has to say may come first */
		s->mailbox = 0;
		ret = await(v, IGBVF_MBX_PFSTS, 0, deadline);
		answer = igbvf_read(v, IGBVF_VMBMEM(0));
		igbvf_write(v, IGBVF_V2PMAILBOX, IGBVF_MBX_ACK);
		if (!ret && answer == ~0u)
			ret = -ENODEV;
		if (!ret && s->asked && time_after(jiffies, deadline))
			ret = -ETIMEDOUT;
	}
	s->mailbox = 0;
	s->asked = 0;
	if (ret) {
		dev_err_ratelimited(&v->migration.core.pdev->dev,
				    "the PF does not answer (%pe); is its netdev up?\n",
				    ERR_PTR(ret));
		return ret;
	}
	return answer & IGBVF_MSG_NACK ? -EPERM : 0;
}

/* Greet the PF, which listens to nothing else after a reset */
static int greet(struct igbvf_vfio *v)
{
	static const u32 reset[IGBVF_MBX_WORDS] = { IGBVF_MSG_RESET };
	int ret = ask(v, reset);

	/* That is to say that the PF has no address for it, which it will get */
	return ret == -EPERM ? 0 : ret;
}

static bool has_filters(const struct igbvf_state *state)
{
	u32 i;

	for (i = 0; i < state->messages; i++)
		if (igbvf_message_is_filter(state->message[i]))
			return true;
	return false;
}

/*
 * Have the PF forget all filters of this function, which no reset does. It wants to
 * see an address all the same, and looks only whether it is one. If it says no, it
 * does so to each filter as well, since the administrator has set an address.
 */
static int clear_filters(struct igbvf_vfio *v)
{
	static const u32 clear[IGBVF_MBX_WORDS] = {
		IGBVF_MSG_MAC | IGBVF_MSG_MAC_CLEAR, 0x02,
	};
	int ret = ask(v, clear);

	return ret == -EPERM ? 0 : ret;
}

/**
 * igbvf_forget_filters() - leave nothing with the PF for who has the function next
 * @m: the function, about to be closed, and reset
 *
 * Context: an operation of struct vfio_migration_driver_ops; sleeps as long as the PF
 * takes to answer.
 */
void igbvf_forget_filters(struct vfio_migration *m)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	int ret;

	if (!v->filters)
		return;
	ret = look(v, 0, IGBVF_MBX_RSTI);
	if (!ret)
		ret = greet(v);
	if (!ret)
		ret = clear_filters(v);
	if (ret)
		dev_warn_ratelimited(&v->migration.core.pdev->dev,
				     "the PF may have addresses of its last user still (%pe)\n",
				     ERR_PTR(ret));
	v->filters = false;
}

static int load_message(struct igbvf_vfio *v, const u32 *message)
{
	int ret = ask(v, message);

	if (ret == -EPERM)
		dev_err_ratelimited(&v->migration.core.pdev->dev,
				    "the PF refuses message %08x: has the administrator set another address or VLAN%s?\n",
				    message[0], igbvf_message_is_filter(message) ?
				    ", or is there no room" : "");
	return ret;
}

/* Make the PF know of this function what it knew of the other */
static int load_messages(struct igbvf_vfio *v, const struct igbvf_state *state)
{
	int ret;
	u32 i;

	igbvf_write(v, IGBVF_CTRL, igbvf_read(v, IGBVF_CTRL) | IGBVF_CTRL_RST);
	/* A guest that had not spoken to its PF can wait for it where it gets to */
	if (!state->reset_done)
		return 0;
	ret = await(v, 0, IGBVF_MBX_RSTI, mailbox_deadline());
	if (ret) {
		dev_err_ratelimited(&v->migration.core.pdev->dev,
				    "the PF is in reset (%pe); is its netdev up?\n",
				    ERR_PTR(ret));
		return ret;
	}
	ret = greet(v);
	if (!ret && (v->filters || has_filters(state)))
		ret = clear_filters(v);
	for (i = 0; !ret && i < state->messages; i++)
		if (!igbvf_message_is_known(&v->shadow, state->message[i]))
			ret = load_message(v, state->message[i]);
	return ret;
}

/* Most registers read as they were written; if not, this is not the same device */
static int load_reg(struct igbvf_vfio *v, u32 reg, u32 value)
{
	u32 now;

	igbvf_write(v, reg, value);
	now = igbvf_read(v, reg);
	if (now == value)
		return 0;
	dev_err_ratelimited(&v->migration.core.pdev->dev,
			    "register %04x is to be %08x and stays %08x\n", reg, value,
			    now);
	return -EIO;
}

static int load_registers(struct igbvf_vfio *v, const struct igbvf_state *state)
{
	struct igbvf_queue_state queue;
	int ret = 0;
	int q, i;

	for (q = 0; !ret && q < IGBVF_QUEUES; q++) {
		queue = state->queue[q];
		for (i = 0; !ret && i < ARRAY_SIZE(queue_regs); i++)
			ret = load_reg(v, queue_regs[i].reg + QUEUE(q),
				       *queue_member(&queue, i));
	}
	for (i = 0; !ret && i < IGBVF_VECTORS; i++)
		ret = load_reg(v, IGBVF_EITR(i), state->eitr[i]);
	ret = ret ?: load_reg(v, IGBVF_IVAR, state->ivar);
	ret = ret ?: load_reg(v, IGBVF_IVAR_MISC, state->ivar_misc);
	ret = ret ?: load_reg(v, IGBVF_EIAC, state->eiac);
	ret = ret ?: load_reg(v, IGBVF_EIAM, state->eiam);
	return ret;
}

/* The mailbox as the user left it: half a message, one that awaits its answer */
static int load_mailbox(struct igbvf_vfio *v, const struct igbvf_state *state)
{
	struct igbvf_state *s = &v->shadow;
	int ret = 0;
	int i;

	if (state->asked)
		return send(v, state->memory);
	ret = await(v, IGBVF_MBX_VFU, 0, mailbox_deadline());
	for (i = 0; !ret && i < IGBVF_MBX_WORDS; i++)
		igbvf_write(v, IGBVF_VMBMEM(i), state->memory[i]);
	if (!(state->mailbox & IGBVF_MBX_VFU))
		igbvf_write(v, IGBVF_V2PMAILBOX, 0);
	s->mailbox = state->mailbox & IGBVF_MBX_READ_CLEARS;
	return ret;
}

/**
 * igbvf_reclaim() - have the PF know again what a destination may have taken over
 * @m: the function, about to go on after it was saved
 * @saved: to this, a struct igbvf_state
 * @size: of it in bytes
 *
 * An address has one owner at a PF, the last that asked for it. Who did so in a
 * migration that failed then has no use for it.
 *
 * Context: an operation of struct vfio_migration_driver_ops; sleeps as long as the PF
 * takes to answer.
 */
void igbvf_reclaim(struct vfio_migration *m, const void *saved, size_t size)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	const struct igbvf_state *state = saved;
	int ret;
	u32 i;

	if (!has_filters(state))
		return;
	/* One that is in reset has forgotten its VFs, who will greet it again */
	ret = look(v, 0, IGBVF_MBX_RSTI);
	if (!ret)
		ret = clear_filters(v);
	for (i = 0; !ret && i < state->messages; i++)
		if (igbvf_message_is_filter(state->message[i]))
			ret = load_message(v, state->message[i]);
	/* The user may have been about to say something */
	ret = load_mailbox(v, state) ?: ret;
	if (ret)
		dev_warn_ratelimited(&v->migration.core.pdev->dev,
				     "the PF may not know all of its addresses any more (%pe)\n",
				     ERR_PTR(ret));
}

/**
 * igbvf_load() - give a function a state
 * @m: the function, quiet; igbvf_resume() lets it go on
 * @from: the state, a struct igbvf_state that igbvf_state_check() has seen
 * @size: of it in bytes
 *
 * Context: an operation of struct vfio_migration_driver_ops; sleeps as long as the PF
 * takes to answer.
 * Return: 0; -EPERM if the PF refuses what it had agreed to elsewhere; -EIO if a
 * register does not take its value; -ETIMEDOUT if the PF does not answer; -ENODEV if
 * the function does not; -EINTR if who waits was killed. After an error the function
 * needs a reset.
 */
int igbvf_load(struct vfio_migration *m, const void *from, size_t size)
{
	struct igbvf_vfio *v = to_igbvf_vfio(m);
	const struct igbvf_state *state = from;
	struct igbvf_state *s = &v->shadow;
	int ret;
	int i, q;

	igbvf_forget(v);
	ret = load_messages(v, state);
	if (!ret)
		ret = load_registers(v, state);
	if (!ret)
		ret = load_mailbox(v, state);
	if (ret)
		return ret;

	s->eims = state->eims;
	s->psrtype = state->psrtype;
	igbvf_write(v, IGBVF_PSRTYPE, state->psrtype);
	for (i = 0; i < IGBVF_COUNTERS; i++)
		v->counter_offset[i] = state->counters[i] -
				       igbvf_read(v, igbvf_counter_reg(i));
	for (q = 0; q < IGBVF_QUEUES; q++) {
		v->rxdctl[q] = state->queue[q].rxdctl;
		v->txdctl[q] = state->queue[q].txdctl;
	}
	v->stopped = true;
	return is_there(v) ? 0 : -ENODEV;
}
