// SPDX-License-Identifier: GPL-2.0
/* A guest that has one of two VFs, see nested_vfs.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "native.h"
#include "nested_vfs.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define FRAMES		30	/* from the guest before a migration, and after it */
#define FRAMES_MS	90000	/* at first it is slow wherever it gets to */
#define ARRIVE_MS	30000
/*
 * A VF stands still before QEMU says so of its guest, and goes on before or after; and
 * the clock is read before a frame is sent, by a process that may be made to wait then.
 */
#define AROUND_US	500000

static const char *const names[] = { "first", "second" };

int nested_vfs_open(struct nested_vfs *s, const char *options)
{
	int ret;
	int i;

	memset(s, 0, sizeof(*s));
	s->options = options;
	s->flow.peer.fd = -1;
	ret = vf_create(2, s->vf);
	if (!ret)
		ret = pci_netdev(lab_igb.bdf, s->pf, sizeof(s->pf));
	for (i = 0; !ret && i < 2; i++)
		ret = personality_set(s->vf[i], true);
	return ret ?: traffic_open(&s->flow.peer, s->pf);
}

/* Frames go from @netdev to the PF and back */
static int prove_native(struct nested_vfs *s, const char *netdev)
{
	struct traffic_peer vf = {}, pf = {};
	int ret;

	net_quiet(netdev);
	ret = net_set_up(netdev, true);
	if (!ret)
		ret = traffic_open(&vf, netdev);
	if (!ret)
		ret = traffic_open(&pf, s->pf);
	if (!ret)
		ret = traffic_await_link(&vf, &pf);
	if (!ret)
		ret = traffic_exchange(&vf, &pf, 100, 500);
	if (!ret)
		ret = traffic_exchange(&pf, &vf, 100, 500);
	traffic_close(&vf);
	traffic_close(&pf);
	net_set_up(netdev, false);
	return ret;
}

int nested_vfs_close(struct nested_vfs *s)
{
	char netdev[PCI_NAME_LEN];
	int ret = 0;
	int i;

	flow_stop(&s->flow);
	traffic_close(&s->flow.peer);
	for (i = 0; i < 2; i++)
		nested_kill(&s->guest[i]);
	for (i = 0; i < 2 && s->vf[i][0]; i++) {
		ret = ret ?: personality_set(s->vf[i], false);
		ret = ret ?: pci_netdev(s->vf[i], netdev, sizeof(netdev));
		ret = ret ?: prove_native(s, netdev);
	}
	i = vf_destroy();
	return ret ?: i;
}

#define DEVICE	"-device vfio-pci,host=%s,addr=4%s"

int nested_vfs_boot(struct nested_vfs *s)
{
	int ret = nested_start(&s->guest[0], names[0], DEVICE, s->vf[0], s->options);

	ret = ret ?: nested_await_ready(&s->guest[0]);
	ret = ret ?: nested_ask(&s->guest[0], NULL, "up " NESTED_SLOT);
	return ret ?: nested_ask(&s->guest[0], NULL, "prove " NESTED_SLOT);
}

int nested_vfs_await(struct nested_vfs *s, int from)
{
	return nested_await_guest(&s->guest[!from], names[!from], DEVICE, s->vf[!from],
				  s->options);
}

/* Some more frames from the guest, and so, to it */
static int await_frames(struct nested_vfs *s)
{
	u32 *next = &s->flow.book.next;
	u32 before = __atomic_load_n(next, __ATOMIC_RELAXED);
	int ret = wait_for(__atomic_load_n(next, __ATOMIC_RELAXED) >= before + FRAMES,
			   FRAMES_MS);

	if (!ret)
		return 0;
	return diag_error(ret, "%u frames from the guest", *next - before);
}

int nested_vfs_exchange(struct nested_vfs *s, int at)
{
	const u8 *mac = s->flow.peer.mac;
	char answer[NESTED_ANSWER];
	u8 *to = s->flow.to;
	int ret;

	flow_stop(&s->flow);
	ret = nested_ask(&s->guest[at], answer,
			 "flow " NESTED_SLOT " %02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (ret)
		return ret;
	if (sscanf(answer, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &to[0], &to[1], &to[2], &to[3],
		   &to[4], &to[5]) != 6)
		return diag_error(-EPROTO, "the guest's address is \"%s\"", answer);
	ret = flow_start(&s->flow, false);
	return ret ?: await_frames(s);
}

static bool all_arrived(struct nested_vfs *s, int at, int *ret)
{
	*ret = nested_count(&s->guest[at], &s->sent, &s->book);
	return *ret || (s->book.next == s->flow.sent && s->flow.book.next == s->sent);
}

int nested_vfs_settle(struct nested_vfs *s, int at)
{
	int ret = await_frames(s);

	if (ret)
		return ret;
	flow_hush(&s->flow);
	ret = nested_ask(&s->guest[at], NULL, "hush");
	if (ret)
		return ret;
	/* What is late is not lost, and what comes twice may come late */
	wait_for(all_arrived(s, at, &ret), ARRIVE_MS);
	sleep_ms(100);
	if (!ret)
		all_arrived(s, at, &ret);
	flow_stop(&s->flow);
	return ret;
}

/* Was each frame of the gap sent while the guest stood still? */
static bool while_stopped(struct flow *flow, const struct flow_gap *gap, u64 stop_us,
			  u64 resume_us)
{
	u64 first = flow->sent_us[gap->first];
	u64 last = flow->sent_us[gap->last];

	if (stop_us && first + AROUND_US >= stop_us && last <= resume_us + AROUND_US)
		return true;
	diag("frames %u to %u are lost, sent %lld to %lld ms after the stop, which took %lld ms",
	     gap->first, gap->last, (long long)(first - stop_us) / 1000,
	     (long long)(last - stop_us) / 1000, (long long)(resume_us - stop_us) / 1000);
	return false;
}

bool nested_vfs_kept_all(struct nested_vfs *s, u64 stop_us, u64 resume_us)
{
	const struct flow_book *from = &s->flow.book, *to = &s->book;
	bool kept = true;
	int i;

	if (from->received != s->sent || from->next != s->sent || from->again) {
		diag("from the guest %u: %u arrived, up to number %u, with %u gaps; %u again",
		     s->sent, from->received, from->next, from->gap_count, from->again);
		if (from->gap_count)
			diag("the first gap: %u to %u", from->gaps[0].first, from->gaps[0].last);
		kept = false;
	}
	if (to->next != s->flow.sent || to->again || to->gap_count > 1) {
		diag("to the guest %u: %u arrived, up to number %u, with %u gaps; %u again",
		     s->flow.sent, to->received, to->next, to->gap_count, to->again);
		kept = false;
	}
	if (to->gap_count && !while_stopped(&s->flow, &to->gaps[0], stop_us, resume_us))
		kept = false;
	for (i = 0; !kept && i < 2; i++)
		nested_tell(&s->guest[i]);
	return kept;
}
