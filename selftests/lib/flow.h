/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbered frames both ways at once, at a pace: one end's part, and its book of what
 * did not arrive. Both ends do the same; each numbers its own frames from 0.
 */
#ifndef LIB_FLOW_H
#define LIB_FLOW_H

#include <pthread.h>

#include "traffic.h"

#define FLOW_NUMBERS	65536	/* frames that an end has numbers for */
#define FLOW_GAPS	8

/* Frames that did not arrive though a later one did, by their first and last number */
struct flow_gap {
	u32 first;
	u32 last;
};

/**
 * struct flow_book - what has arrived
 * @received: frames, each counted once
 * @next: the number that is expected next
 * @again: frames that came though they, or one after them, had come already
 * @gaps: what did not arrive, in order; @gap_count may be more than there is room for
 */
struct flow_book {
	u32 received;
	u32 next;
	u32 again;
	u32 gap_count;
	struct flow_gap gaps[FLOW_GAPS];
};

/**
 * struct flow - one end
 * @peer: the netdev that it is
 * @to: the address of the other end
 * @sent: frames that the network took from us
 * @answered: how many that were when a frame came last
 * @sent_us: of each, when, by the clock of the day
 * @book: what came from the other end
 * @thread: does this in the background, while @running; sends unless @silent,
 *	but not before something has come if it @answers
 */
struct flow {
	struct traffic_peer peer;
	u8 to[TRAFFIC_MAC_LEN];
	u32 sent;
	u32 answered;
	u64 sent_us[FLOW_NUMBERS];
	struct flow_book book;
	pthread_t thread;
	bool answers;
	bool running;
	bool silent;
};

/* Note that number @seq has arrived */
void flow_note(struct flow_book *book, u32 seq);

/*
 * Send one frame, unless the network has no room for it: then it is tried again, with the
 * same number, the next time. Take what has arrived.
 */
void flow_send(struct flow *flow);
void flow_take(struct flow *flow);

/*
 * Both, in the background, from number 0 on: every few milliseconds, or, for an end whose
 * clock is not to be relied on, whenever a frame has come. One of two ends may do so. To an
 * end that is slow, a few frames are sent ahead, then fewer: none is lost for want of room.
 */
int flow_start(struct flow *flow, bool answers);
/* Send no more, but take what arrives */
void flow_hush(struct flow *flow);
/* The end of both, also if there was none */
void flow_stop(struct flow *flow);

/* Microseconds of the clock of the day, as QEMU's events have it */
u64 flow_now_us(void);

#endif /* LIB_FLOW_H */
