// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's function is moved from one VF to another, and back, and goes on with
 * the same rings. The guest and its peer, the PF, number their frames: none that
 * a device had accepted may be lost, none may come twice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/igbvf.h"
#include "igbvf_guest.h"
#include "lab.h"
#include "migration.h"
#include "module.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "traffic.h"
#include "vf.h"
#include "wait.h"

#define MOVES		20
#define BURST		20
#define LENGTH		500
#define ARRIVE_MS	5000
#define LINK_MS		20000
#define SILENCE_MS	1000
#define LAST		~0u	/* before what is numbered */

/* The two ends of the traffic, and where they are in it */
struct ends {
	struct guest guest;
	struct traffic_peer peer;
	u32 peer_sent;
	u32 peer_received;
};

/*
 * Frames that are sent before the link is up are lost: send until one arrives, and
 * begin to count after the last of these.
 */
static int await_link(struct ends *ends)
{
	struct guest *guest = &ends->guest;
	u32 seq;
	int ret;

	ret = wait_for(({
		traffic_send(&ends->peer, guest->mac, 0, LENGTH);
		!guest_take(guest, &seq);
	}), LINK_MS);
	if (!ret)
		ret = traffic_send(&ends->peer, guest->mac, LAST, LENGTH);
	if (!ret)
		ret = wait_for(!guest_take(guest, &seq) && seq == LAST, ARRIVE_MS);
	ends->peer_sent = guest->rx_reaped;
	return ret;
}

/* The peer sends @count frames, which arrive in the guest's memory */
static int peer_sends(struct ends *ends, u32 count)
{
	u32 waiting = guest_waiting(&ends->guest) + count;
	int ret = 0;

	for (; !ret && count; count--)
		ret = traffic_send(&ends->peer, ends->guest.mac,
				   ends->peer_sent++, LENGTH);
	return ret ?: wait_for(guest_waiting(&ends->guest) == waiting, ARRIVE_MS);
}

/* The guest takes @count frames, all in order */
static int guest_takes(struct ends *ends, u32 count)
{
	int ret = 0;

	for (; !ret && count; count--)
		ret = guest_receive(&ends->guest);
	return ret;
}

static void guest_posts(struct ends *ends, u32 count)
{
	while (count--)
		guest_post(&ends->guest, ends->peer.mac, LENGTH);
	guest_kick(&ends->guest);
}

/* The peer has all that the guest posted, each once and in order */
static int peer_takes_all(struct ends *ends)
{
	u32 seq;
	int ret;

	while (ends->peer_received < ends->guest.tx_posted) {
		ret = traffic_receive(&ends->peer, &seq, ARRIVE_MS);
		if (ret)
			return ret;
		if (seq != ends->peer_received++)
			return -EPROTO;
	}
	if (!traffic_receive(&ends->peer, &seq, 20))
		return -EEXIST;
	return wait_for(guest_sent(&ends->guest) == ends->guest.tx_posted,
			ARRIVE_MS);
}

FIXTURE(move) {
	char vf[2][PCI_BDF_LEN];
	struct vfio_function f[2];
	char pf[PCI_NAME_LEN];
	struct ends ends;
	u8 stream[MIGRATION_MAX];
};

FIXTURE_SETUP(move)
{
	int i;

	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(2, self->vf));
	ASSERT_EQ(0, pci_netdev(lab_igb.bdf, self->pf, sizeof(self->pf)));
	ASSERT_EQ(0, traffic_open(&self->ends.peer, self->pf));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, personality_set(self->vf[i], true));
		ASSERT_TRUE(personality_is(self->vf[i], "vfio"));
		ASSERT_EQ(0, vfio_open(&self->f[i], self->vf[i],
				       &vfio_group_mode));
	}
	ASSERT_EQ(0, guest_start(&self->ends.guest, &self->f[0]));
	ASSERT_EQ(0, guest_map(&self->ends.guest, &self->f[1]));
	ASSERT_EQ(0, await_link(&self->ends));
}

FIXTURE_TEARDOWN(move)
{
	vfio_irq_disable(&self->ends.guest.irq);
	vfio_close(&self->f[1]);
	vfio_close(&self->f[0]);
	traffic_close(&self->ends.peer);
	EXPECT_EQ(0, vf_destroy());
}

static int compare(const void *a, const void *b)
{
	return *(const u64 *)a < *(const u64 *)b ? -1 : 1;
}

static u64 median(u64 *time)
{
	qsort(time, MOVES, sizeof(*time), compare);
	return time[MOVES / 2];
}

TEST_F_TIMEOUT(move, offer, 120)
{
	EXPECT_EQ(VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P,
		  migration_flags(&self->f[0]));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f[0]));
	EXPECT_EQ(migration_data_size(&self->f[0]),
		  migration_save(&self->f[0], self->stream, sizeof(self->stream)));
}

/* Where nothing moves, nothing is lost either */
TEST_F_TIMEOUT(move, stopped_and_started, 120)
{
	struct ends *ends = &self->ends;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, peer_sends(ends, BURST));
		ASSERT_EQ(0, migration_set(&self->f[0], VFIO_DEVICE_STATE_RUNNING_P2P,
					   NULL));
		guest_posts(ends, 3);
		ASSERT_EQ(0, migration_set(&self->f[0], VFIO_DEVICE_STATE_STOP, NULL));
		EXPECT_LT(guest_sent(&ends->guest), ends->guest.tx_posted);
		ASSERT_EQ(0, migration_set(&self->f[0], VFIO_DEVICE_STATE_RUNNING, NULL));
		ASSERT_EQ(0, peer_takes_all(ends));
		ASSERT_EQ(0, guest_takes(ends, BURST));
		ASSERT_EQ(0, peer_sends(ends, BURST));
		ASSERT_EQ(0, guest_takes(ends, BURST));
	}
}

/*
 * Has the guest been told of something by its PF? Forget it. No frames come meanwhile, so
 * that any vector will do: QEMU 10 takes the mailbox's for a mask of vectors, and
 * interrupts by the one before (hw/net/igb_core.c, mailbox_interrupt_to_vf()).
 */
static bool any_vector_fired(struct guest *guest)
{
	unsigned int vector;
	bool fired = false;

	for (vector = 0; vector <= GUEST_MISC_VECTOR; vector++)
		fired |= vfio_irq_wait(&guest->irq, vector, 0) > 0;
	return fired;
}

static bool has_news(struct guest *guest, int timeout_ms)
{
	return !wait_for(any_vector_fired(guest), timeout_ms);
}

/* Each interrupt masks itself: unmask what came until now, and forget that it came */
static void forget_news(struct guest *guest)
{
	do
		guest_await_interrupt(guest, 0);
	while (has_news(guest, 100));
}

/*
 * When its link comes, the PF greets its VFs. Not so that the PF is reset meanwhile: that
 * masks the interrupts of its VFs.
 */
static int pf_link_comes(const char *pf)
{
	char carrier[PCI_NAME_LEN + 16];
	int ret;

	snprintf(carrier, sizeof(carrier), "net/%s/carrier", pf);
	ret = monitor_set_link("igb0", false);
	ret = ret ?: wait_for(pci_reads(lab_igb.bdf, carrier, "0"), LINK_MS);
	ret = ret ?: monitor_set_link("igb0", true);
	return ret ?: wait_for(pci_reads(lab_igb.bdf, carrier, "1"), LINK_MS);
}

/* The PF greets those as well that stand still, and do not hear it */
TEST_F_TIMEOUT(move, silent_while_stopped, 250)
{
	struct guest *guest = &self->ends.guest;

	forget_news(guest);
	ASSERT_EQ(0, pf_link_comes(self->pf));
	EXPECT_TRUE(has_news(guest, LINK_MS));
	ASSERT_EQ(0, igbvf_greet_pf(guest->f, guest->mac));
	forget_news(guest);

	ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_STOP, NULL));
	while (has_news(guest, 0))
		;
	ASSERT_EQ(0, pf_link_comes(self->pf));
	EXPECT_FALSE(has_news(guest, ARRIVE_MS));
	/* It hears of it when it goes on */
	ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_TRUE(has_news(guest, LINK_MS));
}

/*
 * Where it goes on, it is to look at its rings, but is told of no news where there is none:
 * igbvf takes that for the loss of its link, if it comes while it looks at the link, and
 * drops what it is to send.
 */
TEST_F_TIMEOUT(move, no_news_where_there_is_none, 120)
{
	struct guest *guest = &self->ends.guest;
	int i;

	forget_news(guest);
	/* What it has read is no news any more */
	guest_register(guest, IGBVF_V2PMAILBOX);
	for (i = 0; i < 2; i++) {
		if (i) {
			ASSERT_EQ(0, guest_migrate(guest, &self->f[1], NULL));
		} else {
			ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_STOP, NULL));
			ASSERT_EQ(0, migration_set(guest->f, VFIO_DEVICE_STATE_RUNNING, NULL));
		}
		EXPECT_EQ(0, guest_await_interrupt(guest, ARRIVE_MS));
		EXPECT_EQ(-ETIMEDOUT, vfio_irq_wait(&guest->irq, GUEST_MISC_VECTOR, SILENCE_MS));
	}
}

/*
 * So QEMU does it: its reset turns the destination off, and what the guest had written to
 * its configuration space comes after the stream, which has been loaded by then.
 */
TEST_F_TIMEOUT(move, to_one_that_is_off, 120)
{
	struct vfio_function *to = &self->f[1];
	u32 command = vfio_config_read(to, PCI_COMMAND, 2);

	vfio_config_write(to, PCI_COMMAND, 2,
			  command & ~(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
	ASSERT_EQ(0, guest_migrate(&self->ends.guest, to, NULL));
	vfio_config_write(to, PCI_COMMAND, 2, command);
	ASSERT_EQ(0, vfio_reset(&self->f[0]));
	ASSERT_EQ(0, peer_sends(&self->ends, BURST));
	ASSERT_EQ(0, guest_takes(&self->ends, BURST));
	guest_posts(&self->ends, BURST);
	ASSERT_EQ(0, peer_takes_all(&self->ends));
}

TEST_F_TIMEOUT(move, back_and_forth, 200)
{
	struct ends *ends = &self->ends;
	struct guest *guest = &ends->guest;
	u64 total[MOVES], quiesce[MOVES], save[MOVES], restore[MOVES];
	u64 interrupts[MOVES], resume[MOVES], stopped;
	struct guest_stop stop;
	int i;

	for (i = 0; i < MOVES; i++) {
		struct vfio_function *from = &self->f[i % 2];
		struct vfio_function *to = &self->f[(i + 1) % 2];

		/* Both ways; half of what has arrived is not taken yet */
		ASSERT_EQ(0, peer_sends(ends, BURST));
		ASSERT_EQ(0, guest_takes(ends, BURST / 2));
		guest_posts(ends, BURST);
		ASSERT_EQ(0, peer_takes_all(ends));

		/* Accepted, but not sent */
		quiesce[i] = now_us();
		ASSERT_EQ(0, migration_set(from, VFIO_DEVICE_STATE_RUNNING_P2P, NULL));
		quiesce[i] = now_us() - quiesce[i];
		guest_posts(ends, 3);

		ASSERT_EQ(0, guest_migrate(guest, to, &stop));
		quiesce[i] += stop.quiesce;
		save[i] = stop.save;
		restore[i] = stop.restore;
		interrupts[i] = stop.interrupts;
		resume[i] = stop.resume;
		total[i] = quiesce[i] + save[i] + restore[i] + interrupts[i] + resume[i];
		/* It has the same address as the other still */
		ASSERT_EQ(0, vfio_reset(from));
		ASSERT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(from));

		ASSERT_EQ(0, peer_takes_all(ends));
		ASSERT_EQ(0, guest_takes(ends, BURST / 2));
		TH_LOG("%s to %s: %u frames sent and %u received; 3 were the former's to send",
		       from->bdf, to->bdf, guest->tx_posted, guest->rx_reaped);
		/* Whatever is pending has come; from now on it is the frames */
		while (!guest_await_interrupt(guest, 100))
			;
		ASSERT_EQ(0, peer_sends(ends, BURST));
		ASSERT_EQ(0, guest_await_interrupt(guest, ARRIVE_MS));
		ASSERT_EQ(0, guest_takes(ends, BURST));
	}
	stopped = median(total);
	TH_LOG("%d moves of %ld bytes, stopped for %llu us (median; %llu to %llu)",
	       MOVES, migration_data_size(&self->f[0]), stopped, total[0],
	       total[MOVES - 1]);
	TH_LOG("of which quiesce %llu, save %llu, restore %llu us (medians)",
	       median(quiesce), median(save), median(restore));
	TH_LOG("and interrupts %llu, resume %llu us (medians)", median(interrupts),
	       median(resume));
	TH_LOG("%u frames sent, %u received, each once", guest->tx_posted,
	       guest->rx_reaped);
}

TEST_HARNESS_MAIN
