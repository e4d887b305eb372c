/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's educational device: the registers of BAR 0, in the words of QEMU's
 * docs/specs/edu.rst.
 */
#ifndef LIB_DRIVERS_EDU_H
#define LIB_DRIVERS_EDU_H

#include "../types.h"

#define EDU_ID			0x00
#define   EDU_ID_MASK		  0x0000ffff
#define   EDU_ID_MAGIC		  0x000000ed
#define EDU_LIVENESS		0x04	/* reads the complement of what is written */
#define EDU_FACTORIAL		0x08
#define EDU_STATUS		0x20
#define   EDU_STATUS_COMPUTING	  0x1
#define   EDU_STATUS_IRQ	  0x80
#define EDU_IRQ_STATUS		0x24
#define   EDU_IRQ_FACTORIAL	  0x1
#define   EDU_IRQ_DMA		  0x100
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SRC		0x80
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define   EDU_DMA_RUN		  0x1
#define   EDU_DMA_TO_MEMORY	  0x2
#define   EDU_DMA_INTERRUPT	  0x4
#define EDU_BUFFER		0x40000
#define EDU_BUFFER_SIZE		4096
#define EDU_DMA_BITS		28

struct device_user;

/* What is in the device's buffer, all of it: 0 or a negative errno */
int edu_peek(struct device_user *user, u8 *buf);

#endif /* LIB_DRIVERS_EDU_H */
