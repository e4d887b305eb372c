/* SPDX-License-Identifier: GPL-2.0 */
/* A VF of the 82576 and its PF. */
#ifndef LIB_DRIVERS_IGBVF_H
#define LIB_DRIVERS_IGBVF_H

#include "../vfio.h"

/* Registers of the first queue, which the 82574 and 82576 have in the same place */
#define RDBAL			0x2800
#define RDBAH			0x2804
#define RDLEN			0x2808
#define SRRCTL			0x280c
#define   SRRCTL_ADVANCED	  BIT(25)
#define RDH			0x2810
#define RDT			0x2818
#define RXDCTL			0x2828
#define TDBAL			0x3800
#define TDBAH			0x3804
#define TDLEN			0x3808
#define TDH			0x3810
#define TDT			0x3818
#define TXDCTL			0x3828
#define   DCTL_ENABLE		  BIT(25)

/* A VF's interrupts: its causes are its vectors */
#define VF_EICS			0x1520
#define VF_EIMS			0x1524
#define VF_EIMC			0x1528
#define VF_EIAC			0x152c
#define VF_EIAM			0x1530
#define VF_EICR			0x1580
#define VF_EITR(vector)		(0x1680 + 4 * (vector))
#define VF_IVAR			0x1700
#define VF_IVAR_MISC		0x1740
#define   VF_IVAR_VALID		  0x80

/* The mailbox's registers, and a message's first word */
#define IGBVF_V2PMAILBOX	0x0c40
#define   IGBVF_MBX_REQ		  BIT(0)
#define   IGBVF_MBX_ACK		  BIT(1)
#define   IGBVF_MBX_VFU		  BIT(2)
#define   IGBVF_MBX_PFSTS	  BIT(4)	/* cleared by reading */
#define   IGBVF_MBX_RSTI	  BIT(6)
#define IGBVF_VMBMEM(i)		(0x0800 + 4 * (i))

#define IGBVF_MSG_TYPE		0xffff
#define IGBVF_MSG_ACK		BIT(31)
#define IGBVF_MSG_NACK		BIT(30)
#define IGBVF_MSG_CTS		BIT(29)

#define IGBVF_MSG_WORDS		3	/* what is asked, and an address or the like */

/*
 * Send a message and have its answer in its place: 0, whatever the answer is, or a
 * negative errno.
 */
int igbvf_ask_pf(struct vfio_function *f, u32 *message);

/*
 * Tell the PF that this VF was reset, and agree on an address. The PF's driver
 * answers only while its netdev is up. Returns 0 or a negative errno.
 */
int igbvf_greet_pf(struct vfio_function *f, u8 *mac);

#endif /* LIB_DRIVERS_IGBVF_H */
