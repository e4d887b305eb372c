// SPDX-License-Identifier: GPL-2.0
/*
 * What a PF was told, kept as the shortest list of messages that say the same.
 *
 * May touch: the messages of a struct igbvf_state. It compiles in user space as
 * well, for selftests/migration/fuzz.
 */
#include <linux/string.h>

#include "mailbox.h"

static u32 type_of(const u32 *message)
{
	return message[0] & IGBVF_MSG_TYPE;
}

static u32 info_of(const u32 *message)
{
	return message[0] & IGBVF_MSG_INFO;
}

/**
 * igbvf_message_is_state() - does the PF remember anything of this message?
 * @message: of IGBVF_MBX_WORDS words
 *
 * Return: true if it may be repeated to another PF, or the same.
 */
bool igbvf_message_is_state(const u32 *message)
{
	switch (type_of(message)) {
	case IGBVF_MSG_MAC:
		return !info_of(message) || info_of(message) == IGBVF_MSG_MAC_ADD;
	case IGBVF_MSG_VLAN:
		return info_of(message) == IGBVF_MSG_VLAN_ADD;
	case IGBVF_MSG_MULTICAST:
	case IGBVF_MSG_LPE:
	case IGBVF_MSG_PROMISC:
		return true;
	default:
		return false;
	}
}

/* Has the PF no use for @old any more, now that it was told @new? */
static bool replaces(const u32 *new, const u32 *old)
{
	if (type_of(new) != type_of(old))
		return false;
	switch (type_of(new)) {
	case IGBVF_MSG_MAC:
		if (info_of(new) == IGBVF_MSG_MAC_CLEAR)
			return info_of(old) == IGBVF_MSG_MAC_ADD;
		if (info_of(new) == IGBVF_MSG_MAC_ADD)
			return info_of(old) == IGBVF_MSG_MAC_ADD &&
			       !memcmp(new + 1, old + 1, 6);
		return !info_of(old);
	case IGBVF_MSG_VLAN:
		return new[1] == old[1];
	default:
		return true;
	}
}

/**
 * igbvf_message_is_known() - does the PF know a VF's address?
 * @state: what the PF was told, or told itself
 * @message: what is to be said
 *
 * A PF whose administrator has set the address says so in its answer to a reset,
 * and refuses any, were it the same.
 *
 * Return: true if @message is about the address, and that is the VF's already.
 */
bool igbvf_message_is_known(const struct igbvf_state *state, const u32 *message)
{
	u32 i;

	if (type_of(message) != IGBVF_MSG_MAC || info_of(message))
		return false;
	for (i = 0; i < state->messages; i++)
		if (type_of(state->message[i]) == IGBVF_MSG_MAC &&
		    !info_of(state->message[i]))
			return !memcmp(state->message[i] + 1, message + 1, 6);
	return false;
}

static void forget(struct igbvf_state *state, u32 at)
{
	memmove(state->message[at], state->message[at + 1],
		(state->messages - at - 1) * sizeof(state->message[0]));
	state->messages--;
	memset(state->message[state->messages], 0, sizeof(state->message[0]));
}

/**
 * igbvf_message_record() - note a message that the PF acknowledged
 * @state: where
 * @message: of IGBVF_MBX_WORDS words, as the VF had sent it
 *
 * Return: false if there is no room for it.
 */
bool igbvf_message_record(struct igbvf_state *state, const u32 *message)
{
	u32 i;

	for (i = 0; i < state->messages;)
		if (replaces(message, state->message[i]))
			forget(state, i);
		else
			i++;
	if (!igbvf_message_is_state(message))
		return true;
	if (state->messages == IGBVF_MESSAGES)
		return false;
	memcpy(state->message[state->messages++], message,
	       sizeof(state->message[0]));
	return true;
}
