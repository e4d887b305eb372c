// SPDX-License-Identifier: GPL-2.0
/* Numbered frames both ways at a pace, see flow.h. */
#include <poll.h>
#include <time.h>

#include "flow.h"
#include "wait.h"

#define FRAME_LENGTH	200
#define ANSWER_MS	100

/*
 * The more frames have no answer, the longer the next one waits: igbvf's ring has room for 256,
 * and an end that gets little of the processors is to lose none for that.
 */
#define PACE_MS		10
#define AHEAD		64
#define AHEAD_MS	100
#define FAR_AHEAD	160	/* what is left of the ring lasts for three minutes */
#define FAR_AHEAD_MS	2000

u64 flow_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

void flow_note(struct flow_book *book, u32 seq)
{
	if (seq < book->next) {
		book->again++;
		return;
	}
	if (seq > book->next) {
		if (book->gap_count < FLOW_GAPS)
			book->gaps[book->gap_count] = (struct flow_gap) {
				.first = book->next,
				.last = seq - 1,
			};
		book->gap_count++;
	}
	book->received++;
	book->next = seq + 1;
}

void flow_send(struct flow *flow)
{
	if (flow->sent == FLOW_NUMBERS)
		return;
	flow->sent_us[flow->sent] = flow_now_us();
	if (!traffic_send(&flow->peer, flow->to, flow->sent, FRAME_LENGTH))
		flow->sent++;
}

void flow_take(struct flow *flow)
{
	u32 seq;

	while (!traffic_receive(&flow->peer, &seq, 0)) {
		flow_note(&flow->book, seq);
		flow->answered = flow->sent;
	}
}

/* Until the next frame is to be sent; who answers or is ahead does so when one has come */
static void await_turn(struct flow *flow)
{
	struct pollfd pollfd = { .fd = flow->peer.fd, .events = POLLIN };
	u32 unanswered = flow->sent - flow->answered;

	if (flow->answers)
		poll(&pollfd, 1, ANSWER_MS);
	else if (unanswered < AHEAD)
		sleep_ms(PACE_MS);
	else
		poll(&pollfd, 1, unanswered < FAR_AHEAD ? AHEAD_MS : FAR_AHEAD_MS);
}

static void *flow_run(void *data)
{
	struct flow *flow = data;

	while (__atomic_load_n(&flow->running, __ATOMIC_ACQUIRE)) {
		if (!__atomic_load_n(&flow->silent, __ATOMIC_ACQUIRE))
			flow_send(flow);
		await_turn(flow);
		flow_take(flow);
	}
	return NULL;
}

int flow_start(struct flow *flow, bool answers)
{
	int ret;

	flow->sent = 0;
	flow->answered = 0;
	flow->book = (struct flow_book) {};
	flow->answers = answers;
	flow->silent = false;
	flow->running = true;
	ret = pthread_create(&flow->thread, NULL, flow_run, flow);
	if (ret)
		flow->running = false;
	return -ret;
}

void flow_hush(struct flow *flow)
{
	__atomic_store_n(&flow->silent, true, __ATOMIC_RELEASE);
}

void flow_stop(struct flow *flow)
{
	if (!flow->running)
		return;
	__atomic_store_n(&flow->running, false, __ATOMIC_RELEASE);
	pthread_join(flow->thread, NULL);
}
