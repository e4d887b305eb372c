// SPDX-License-Identifier: GPL-2.0
/*
 * The mailbox between a virtual function of the 82576 and its PF. The registers
 * are in the 82576 datasheet ("VF Mailbox"); the messages are an agreement
 * between the drivers, see the kernel's drivers/net/ethernet/intel/igbvf/mbx.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "../arp.h"
#include "../diag.h"
#include "../wait.h"
#include "igbvf.h"

#define VF_RESET		0x01
#define VF_SET_MAC_ADDR		0x02
#define TIMEOUT_MS		5000
#define ANSWER_MS		2000
#define ATTEMPTS		3

static int own_buffer(struct vfio_function *f)
{
	return wait_for(({
		vfio_write32(f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_VFU);
		vfio_read32(f, 0, IGBVF_V2PMAILBOX) & IGBVF_MBX_VFU;
	}), TIMEOUT_MS);
}

static int say(struct vfio_function *f, const u32 *message)
{
	int ret = own_buffer(f);
	int i;

	if (ret)
		return diag_error(ret, "the VF's mailbox stays the PF's");
	for (i = 0; i < IGBVF_MSG_WORDS; i++)
		vfio_write32(f, 0, IGBVF_VMBMEM(i), message[i]);
	vfio_write32(f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_REQ);
	return 0;
}

/* -ETIMEDOUT, with nothing said, if the PF is silent */
static int hear(struct vfio_function *f, u32 *message)
{
	int ret;
	int i;

	ret = wait_for(vfio_read32(f, 0, IGBVF_V2PMAILBOX) & IGBVF_MBX_PFSTS,
		       ANSWER_MS);
	if (ret)
		return ret;
	ret = own_buffer(f);
	if (ret)
		return diag_error(ret, "the VF's mailbox stays the PF's");
	for (i = 0; i < IGBVF_MSG_WORDS; i++)
		message[i] = vfio_read32(f, 0, IGBVF_VMBMEM(i));
	vfio_write32(f, 0, IGBVF_V2PMAILBOX, IGBVF_MBX_ACK);
	return 0;
}

/*
 * Send a message and have its answer in its place. There is one buffer for both
 * ways, and the PF also speaks unasked, when its link changes: what answers
 * another message is passed over, and what is not answered is sent again.
 */
int igbvf_ask_pf(struct vfio_function *f, u32 *message)
{
	const u32 asked = message[0] & IGBVF_MSG_TYPE;
	u32 answer[IGBVF_MSG_WORDS];
	int attempt;
	int ret = 0;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		ret = say(f, message);
		if (ret)
			return ret;
		do
			ret = hear(f, answer);
		while (!ret && (answer[0] & IGBVF_MSG_TYPE) != asked);
		if (!ret) {
			memcpy(message, answer, sizeof(answer));
			return 0;
		}
	}
	return diag_error(ret, "the PF does not answer; is its netdev up?");
}

int igbvf_greet_pf(struct vfio_function *f, u8 *mac)
{
	u32 reset[IGBVF_MSG_WORDS] = { VF_RESET };
	u32 set_mac[IGBVF_MSG_WORDS] = { VF_SET_MAC_ADDR };
	int ret;

	ret = wait_for(!(vfio_read32(f, 0, IGBVF_V2PMAILBOX) & IGBVF_MBX_RSTI),
		       TIMEOUT_MS);
	if (ret)
		return diag_error(ret, "the PF stays in reset; is its netdev up?");

	ret = igbvf_ask_pf(f, reset);
	if (ret)
		return ret;
	switch (reset[0] & ~IGBVF_MSG_CTS) {
	case VF_RESET | IGBVF_MSG_ACK:
		memcpy(mac, &reset[1], ARP_MAC_LEN);
		break;
	case VF_RESET | IGBVF_MSG_NACK:
		/* The administrator gave it none: it may choose */
		if (getrandom(mac, ARP_MAC_LEN, 0) != ARP_MAC_LEN)
			return diag_error(-errno, "random bytes");
		mac[0] = 0x02;	/* one host's, locally administered */
		break;
	default:
		return diag_error(-EPROTO, "the PF answers %08x to a VF's reset",
				  reset[0]);
	}

	memcpy(&set_mac[1], mac, ARP_MAC_LEN);
	ret = igbvf_ask_pf(f, set_mac);
	if (ret)
		return ret;
	if ((set_mac[0] & ~IGBVF_MSG_CTS) != (VF_SET_MAC_ADDR | IGBVF_MSG_ACK))
		return diag_error(-EPERM, "the PF answers %08x to a VF's address",
				  set_mac[0]);
	return 0;
}
