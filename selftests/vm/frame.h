/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guest tells the host: frames of one byte stream, so that their order
 * is that in which things happened, and what came before the end is there when
 * the end is read.
 */
#ifndef _VM_FRAME_H
#define _VM_FRAME_H

#include <stdint.h>

enum frame_channel {
	FRAME_STDOUT = 1,	/* COMMAND's, as it is */
	FRAME_STDERR = 2,
	FRAME_KMSG = 3,		/* lines of the kernel's log */
	FRAME_STARTED = 4,	/* COMMAND is about to run; no data */
	FRAME_EXIT = 5,		/* COMMAND's status, in decimal */
	FRAME_TIMEOUT = 6,	/* COMMAND ran too long and is dead; no data */
	FRAME_FAILED = 7,	/* COMMAND could not run: why */
	FRAME_ALIVE = 8,	/* every FRAME_ALIVE_MS while COMMAND runs; no data */
};

#define FRAME_ALIVE_MS 5000

#define FRAME_DATA_MAX 16384

/* Both ends are x86: little endian. */
struct frame_header {
	uint8_t channel;
	uint8_t reserved;
	uint16_t length;
};

#endif /* _VM_FRAME_H */
