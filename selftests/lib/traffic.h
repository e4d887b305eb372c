/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbered frames between two ends that know each other, of an EtherType that is
 * nobody else's. An end is a netdev, here; a driver in user space fills and
 * checks frames itself.
 *
 * Functions that can fail return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_TRAFFIC_H
#define LIB_TRAFFIC_H

#include <stddef.h>

#include "types.h"

#define TRAFFIC_MAC_LEN	6
#define TRAFFIC_HEADER	18	/* addresses, EtherType, number */
#define TRAFFIC_MIN	60	/* of an Ethernet frame, without its checksum */
#define TRAFFIC_MAX	9000

/* A frame of @length bytes with the number @seq, which its contents follow from */
void traffic_fill(u8 *frame, const u8 *to, const u8 *from, u32 seq, size_t length);

/* Is it one, in all its bytes? Then *@seq is its number */
bool traffic_check(const u8 *frame, size_t length, u32 *seq);

/**
 * struct traffic_peer - a netdev as an end
 * @fd: a packet socket, for frames as they are on the wire
 * @netdev: its name
 * @mac: its address
 */
struct traffic_peer {
	int fd;
	const char *netdev;
	u8 mac[TRAFFIC_MAC_LEN];
};

int traffic_open(struct traffic_peer *peer, const char *netdev);
void traffic_close(struct traffic_peer *peer);
int traffic_send(struct traffic_peer *peer, const u8 *to, u32 seq, size_t length);
/* The next one's number; -ETIMEDOUT, silently, if none arrives in time */
int traffic_receive(struct traffic_peer *peer, u32 *seq, int timeout_ms);

/* Forget what has arrived so far */
void traffic_drain(struct traffic_peer *peer);

/* Send until something arrives: the link is there */
int traffic_await_link(struct traffic_peer *from, struct traffic_peer *to);

/*
 * Send @count frames of @length bytes: does each arrive, once and in order?
 * At most a few are under way at a time, so that no queue may drop one.
 */
int traffic_exchange(struct traffic_peer *from, struct traffic_peer *to,
		     unsigned int count, size_t length);

#endif /* LIB_TRAFFIC_H */
