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

#define V2PMAILBOX		0x0c40
#define   V2PMAILBOX_REQ	  BIT(0)
#define   V2PMAILBOX_ACK	  BIT(1)
#define   V2PMAILBOX_VFU	  BIT(2)
#define   V2PMAILBOX_PFSTS	  BIT(4)	/* cleared by reading */
#define   V2PMAILBOX_RSTI	  BIT(6)
#define VMBMEM			0x0800

#define VF_RESET		0x01
#define VF_SET_MAC_ADDR		0x02
#define MSGTYPE			0xffff
#define MSGTYPE_ACK		BIT(31)
#define MSGTYPE_NACK		BIT(30)
#define MSGTYPE_CTS		BIT(29)

#define MESSAGE_WORDS		3	/* what was asked, and an address */
#define TIMEOUT_MS		5000
#define ANSWER_MS		2000
#define ATTEMPTS		3

static int own_buffer(struct vfio_function *f)
{
	return wait_for(({
		vfio_write32(f, 0, V2PMAILBOX, V2PMAILBOX_VFU);
		vfio_read32(f, 0, V2PMAILBOX) & V2PMAILBOX_VFU;
	}), TIMEOUT_MS);
}

static int say(struct vfio_function *f, const u32 *message)
{
	int ret = own_buffer(f);
	int i;

	if (ret)
		return diag_error(ret, "the VF's mailbox stays the PF's");
	for (i = 0; i < MESSAGE_WORDS; i++)
		vfio_write32(f, 0, VMBMEM + 4 * i, message[i]);
	vfio_write32(f, 0, V2PMAILBOX, V2PMAILBOX_REQ);
	return 0;
}

/* -ETIMEDOUT, with nothing said, if the PF is silent */
static int hear(struct vfio_function *f, u32 *message)
{
	int ret;
	int i;

	ret = wait_for(vfio_read32(f, 0, V2PMAILBOX) & V2PMAILBOX_PFSTS,
		       ANSWER_MS);
	if (ret)
		return ret;
	ret = own_buffer(f);
	if (ret)
		return diag_error(ret, "the VF's mailbox stays the PF's");
	for (i = 0; i < MESSAGE_WORDS; i++)
		message[i] = vfio_read32(f, 0, VMBMEM + 4 * i);
	vfio_write32(f, 0, V2PMAILBOX, V2PMAILBOX_ACK);
	return 0;
}

/*
 * Send a message and have its answer in its place. There is one buffer for both
 * ways, and the PF also speaks unasked, when its link changes: what answers
 * another message is passed over, and what is not answered is sent again.
 */
static int ask(struct vfio_function *f, u32 *message)
{
	const u32 asked = message[0];
	u32 answer[MESSAGE_WORDS];
	int attempt;
	int ret = 0;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		ret = say(f, message);
		if (ret)
			return ret;
		do
			ret = hear(f, answer);
		while (!ret && (answer[0] & MSGTYPE) != asked);
		if (!ret) {
			memcpy(message, answer, sizeof(answer));
			return 0;
		}
	}
	return diag_error(ret, "the PF does not answer; is its netdev up?");
}

int igbvf_greet_pf(struct vfio_function *f, u8 *mac)
{
	u32 reset[MESSAGE_WORDS] = { VF_RESET };
	u32 set_mac[MESSAGE_WORDS] = { VF_SET_MAC_ADDR };
	int ret;

	ret = wait_for(!(vfio_read32(f, 0, V2PMAILBOX) & V2PMAILBOX_RSTI),
		       TIMEOUT_MS);
	if (ret)
		return diag_error(ret, "the PF stays in reset; is its netdev up?");

	ret = ask(f, reset);
	if (ret)
		return ret;
	switch (reset[0] & ~MSGTYPE_CTS) {
	case VF_RESET | MSGTYPE_ACK:
		memcpy(mac, &reset[1], ARP_MAC_LEN);
		break;
	case VF_RESET | MSGTYPE_NACK:
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
	ret = ask(f, set_mac);
	if (ret)
		return ret;
	if ((set_mac[0] & ~MSGTYPE_CTS) != (VF_SET_MAC_ADDR | MSGTYPE_ACK))
		return diag_error(-EPERM, "the PF answers %08x to a VF's address",
				  set_mac[0]);
	return 0;
}
