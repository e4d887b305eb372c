/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A function in its native personality, proven by the kernel's own interfaces:
 * a packet answered, blocks read and written. Functions return 0 or a negative
 * errno, after they said with diag() what went wrong.
 */
#ifndef LIB_NATIVE_H
#define LIB_NATIVE_H

#include "types.h"

/*
 * The lab's disk: block n of 512 bytes starts with "pci-personality block <n>"
 * and a newline.
 */
#define DISK_BLOCK_SIZE	512

/* Are these @count blocks, from @first, what the lab's disk has there? */
int disk_check(const char *bdf, const void *data, unsigned int first,
	       unsigned int count);

/*
 * Prove what the bound driver made of the function: a netdev sends an ARP
 * request for the gateway and receives the answer; a disk has its first blocks
 * right and keeps what is written to the last one (which then is restored).
 * A netdev is left up or down as it was. @story (of @size) is for people.
 */
int native_prove(const char *bdf, char *story, size_t size);

/* The same for one kind */
int net_prove(const char *netdev, char *story, size_t size);
int block_prove(const char *bdf, const char *disk, char *story, size_t size);

/* Bring a netdev up or down; is it up? */
int net_set_up(const char *netdev, bool up);
int net_is_up(const char *netdev);

/* The number that the kernel knows it by */
int net_index(const char *netdev);

#endif /* LIB_NATIVE_H */
