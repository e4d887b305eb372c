// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the migration stream's parser and what igbvf finds wrong with a state, the
 * very sources that the kernel modules are built from, and the record of what a PF was
 * told.
 *
 * An input is taken as a stream, as the contents of one whose header and checksum
 * are right, since no fuzzer guesses a CRC, of any length that it says, and as what a
 * VF tells its PF. What is accepted must come out the same when it is written again.
 */
#include <linux/crc32.h>
#include <stdio.h>
#include <stdlib.h>

#include "mailbox.h"
#include "migration_stream.h"
#include "state.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define HEADER	sizeof(struct vfio_pci_migration_header)
#define WHOLE	(HEADER + sizeof(struct igbvf_state))

static const struct migration_peer us = {
	.identity = {
		.vendor = 0x8086,
		.device = 0x10ca,
		.subsystem_vendor = 0x8086,
		.subsystem_device = 0xa03c,
		.revision = 1,
		.size = 0x4000,
	},
	.data_version = IGBVF_STATE_VERSION,
	.size = sizeof(struct igbvf_state),
	.min_size = 8,
};

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Returns whether it is accepted as a stream, and the state in it */
static bool parse_any(const u8 *data, size_t size, struct igbvf_state *state)
{
	static u8 again[WHOLE];
	const char *reason = NULL;
	int ret;

	ret = migration_stream_parse(&us, data, size, (u32 *)state, &reason);
	check(!ret == !reason, "a refusal has a reason, an acceptance none");
	if (ret)
		return false;
	check(size >= HEADER + us.min_size && size <= WHOLE && !((size - HEADER) % 4),
	      "accepted at a length that is none");
	check(migration_stream_write(&us, (u32 *)state, size - HEADER, again) == size,
	      "its length differs when it is written again");
	check(!memcmp(data, again, size), "it differs when it is written again");
	return true;
}

/* Returns whether igbvf accepts it, too */
static bool parse(const u8 *data, size_t size)
{
	static struct igbvf_state state;

	if (!parse_any(data, size, &state) || igbvf_state_check(&state, size - HEADER))
		return false;
	check(size == WHOLE, "igbvf accepts a state that is no whole one");
	check(state.messages <= IGBVF_MESSAGES, "accepted too many messages");
	return true;
}

/* A part of a stream, whose header says nothing of what is missing */
static void parse_part(const u8 *stream, size_t size)
{
	const size_t from = offsetofend(struct vfio_pci_migration_header, checksum);
	__le32 checksum;
	u8 *part;

	if (size < HEADER)
		return;
	/* In memory that ends where it does */
	part = malloc(size);
	check(part, "out of memory");
	memcpy(part, stream, size);
	checksum = cpu_to_le32(~crc32_le(~0u, part + from, size - from));
	memcpy(part + offsetof(struct vfio_pci_migration_header, checksum), &checksum,
	       sizeof(checksum));
	check(!parse(part, size), "accepted though it is cut off");
	free(part);
}

/* A state, in a stream that is whole */
static void parse_whole(const struct igbvf_state *state, size_t random)
{
	static u8 stream[WHOLE];

	check(migration_stream_write(&us, (const u32 *)state, sizeof(*state), stream) ==
	      WHOLE, "a whole state is written");
	if (!parse(stream, sizeof(stream)))
		return;
	parse_part(stream, random % sizeof(stream));
	/* One bit is enough for a refusal, wherever it is */
	stream[random % sizeof(stream)] ^= 1 << (random & 7);
	check(!parse(stream, sizeof(stream)), "accepted though it is damaged");
}

/* A state of another length, in a stream that says so: only igbvf minds */
static void parse_short(const struct igbvf_state *state, size_t size)
{
	static struct igbvf_state parsed;
	static u8 stream[WHOLE];
	size_t length;

	if (size < us.min_size || size > sizeof(*state) || size % 4)
		return;
	length = migration_stream_write(&us, (const u32 *)state, size, stream);
	check(parse_any(stream, length, &parsed), "refused for a length that it may have");
	check(!memcmp(&parsed, state, size), "other contents come out than went in");
	check(!parse_any(stream, length - 1, &parsed), "accepted though it is cut off");
	check(length == WHOLE || !parse(stream, length), "accepted though it is short");
	check(length == WHOLE || !parse(stream, length + 4), "accepted with what is after it");
}

/* A state with the input's contents, whatever they are */
static void parse_contents(const u8 *data, size_t size)
{
	static struct igbvf_state state;

	memset(&state, 0, sizeof(state));
	memcpy(&state, data, size < sizeof(state) ? size : sizeof(state));
	parse_whole(&state, size ? data[0] * size : 0);
	parse_short(&state, size);
}

/* What igb makes of a VF's messages, and how many it has room for */
#define PF_VLANS	32
#define PF_FILTERS	19

static struct {
	bool vlan[4096];
	u32 vlans;
	u32 filter[PF_FILTERS];
	u32 filters;
} pf;

static bool pf_has_filter(u32 address)
{
	u32 i;

	for (i = 0; i < pf.filters; i++)
		if (pf.filter[i] == address)
			return true;
	return false;
}

/* Returns whether the PF says yes */
static bool pf_told(const u32 *message)
{
	u32 info = message[0] >> 16 & 0xff, id = message[1] & 0xfff;

	switch (message[0] & IGBVF_MSG_TYPE) {
	case IGBVF_MSG_VLAN:
		/* VLAN 0 it keeps */
		if (info && !pf.vlan[id] && pf.vlans == PF_VLANS)
			return false;
		if (info || id) {
			pf.vlans += !!info - pf.vlan[id];
			pf.vlan[id] = info;
		}
		return true;
	case IGBVF_MSG_MAC:
		if (info == 1)
			pf.filters = 0;
		if (info != 2)
			return info < 2;
		if (pf.filters == PF_FILTERS)
			return false;
		pf.filter[pf.filters++] = message[1];
		return true;
	default:
		return true;
	}
}

/* What is to be said to the next PF leaves it with the same */
static void check_record(const struct igbvf_state *state)
{
	u32 vlans = 0;
	u32 i, j;

	for (i = 0; i < state->messages; i++) {
		const u32 *message = state->message[i];

		check(igbvf_message_is_state(message), "recorded what is no state");
		if ((message[0] & IGBVF_MSG_TYPE) == IGBVF_MSG_VLAN) {
			check(message[1] < 4096 && pf.vlan[message[1]],
			      "recorded a VLAN that the PF does not have");
			vlans++;
		}
		if (igbvf_message_is_filter(message))
			check(pf_has_filter(message[1]),
			      "recorded a filter that the PF does not have");
	}
	check(vlans == pf.vlans, "a VLAN is missing, or there twice");
	for (i = 0; i < pf.filters; i++) {
		for (j = 0; j < state->messages; j++)
			if (igbvf_message_is_filter(state->message[j]) &&
			    state->message[j][1] == pf.filter[i])
				break;
		check(j < state->messages, "a filter is missing");
	}
}

/* A VF that says what the input says, four bytes a message, and is migrated */
static void record(const u8 *data, size_t size)
{
	static struct igbvf_state state;
	u32 message[IGBVF_MBX_WORDS];

	memset(&state, 0, sizeof(state));
	memset(&pf, 0, sizeof(pf));
	for (; size >= 4; data += 4, size -= 4) {
		memset(message, 0, sizeof(message));
		message[0] = data[0] % 8 | (data[1] & 3) << 16;
		message[1] = data[2] | data[3] << 8;
		if (pf_told(message))
			check(igbvf_message_record(&state, message),
			      "there is no room for what the PF has room for");
	}
	check_record(&state);
	state.reset_done = 1;
	/* Or there are said to be more than there are */
	if (size)
		state.messages = data[0];
	parse_whole(&state, state.message[0][1]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	parse(data, size);
	parse_contents(data, size);
	record(data, size);
	return 0;
}
