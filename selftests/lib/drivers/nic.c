// SPDX-License-Identifier: GPL-2.0
/* The proof of a NIC: an ARP request, its answer and the interrupt. See nic.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "../diag.h"
#include "../wait.h"
#include "nic.h"

/* A frame may be lost while the link comes up: ask again, as any host does */
#define ATTEMPTS	10
#define ANSWER_MS	1000

static size_t find_reply(struct nic *nic, u8 *gateway_mac)
{
	u8 frame[NIC_FRAME_MAX];
	size_t length;

	while ((length = nic->ops->receive(nic, frame)))
		if (arp_is_reply(frame, length, nic->mac, gateway_mac))
			return length;
	return 0;
}

/* Frames that have nothing to do with us interrupt as well: wait on */
static size_t await_reply(struct nic *nic, u8 *gateway_mac)
{
	u64 deadline = now_ms() + ANSWER_MS;
	size_t length = 0;
	u64 now;

	while (!length && (now = now_ms()) < deadline) {
		if (vfio_irq_wait(&nic->irq, nic->rx_vector, deadline - now) < 0)
			break;
		nic->ops->ack(nic);
		length = find_reply(nic, gateway_mac);
	}
	return length;
}

int nic_prove(void *state, struct proof *proof)
{
	struct nic *nic = state;
	unsigned int before = nic->irq.total;
	u8 request[ARP_FRAME_LEN], g[ARP_MAC_LEN];
	size_t length = 0;
	char who[24];
	int attempt;
	int ret;

	arp_request(request, nic->mac);
	for (attempt = 0; !length && attempt < ATTEMPTS; attempt++) {
		ret = nic->ops->send(nic, request, sizeof(request));
		if (ret)
			return ret;
		length = await_reply(nic, g);
	}
	if (!length)
		return diag_error(-ETIMEDOUT, "%s: no answer from " ARP_GATEWAY
				  " to %d ARP requests, %u interrupts",
				  nic->f->bdf, ATTEMPTS, nic->irq.total - before);

	proof->sent = sizeof(request) * attempt;
	proof->received = length;
	proof->interrupts = nic->irq.total - before;
	snprintf(who, sizeof(who), "%02x:%02x:%02x:%02x:%02x:%02x",
		 g[0], g[1], g[2], g[3], g[4], g[5]);
	snprintf(proof->story, sizeof(proof->story),
		 "asked who has " ARP_GATEWAY ", %s answered by DMA to IOVA %llx, %u interrupts",
		 who, nic->rx_iova, proof->interrupts);
	return 0;
}
