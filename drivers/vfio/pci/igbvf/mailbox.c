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

/* A PF looks at no more bits of it */
static u32 vlan_of(const u32 *message)
{
	return message[1] & IGBVF_MSG_VLAN_ID;
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
		return !info_of(message) || igbvf_message_is_filter(message);
	case IGBVF_MSG_VLAN:
		/* Whatever it is, if it is not 0: the PF adds a VLAN */
		return info_of(message);
	case IGBVF_MSG_MULTICAST:
	case IGBVF_MSG_LPE:
	case IGBVF_MSG_PROMISC:
		return true;
	default:
		return false;
	}
}

/**
 * igbvf_message_is_filter() - does it ask for the frames of one address more?
 * @message: of IGBVF_MBX_WORDS words
 *
 * A PF keeps these over a reset of the VF, and the same one twice.
 *
 * Return: true if so.
 */
bool igbvf_message_is_filter(const u32 *message)
{
	return type_of(message) == IGBVF_MSG_MAC &&
	       info_of(message) == IGBVF_MSG_MAC_ADD;
}

/**
 * igbvf_message_clears_filters() - does it take back all of these?
 * @message: of IGBVF_MBX_WORDS words
 *
 * Return: true if so.
 */
bool igbvf_message_clears_filters(const u32 *message)
{
	return type_of(message) == IGBVF_MSG_MAC &&
	       info_of(message) == IGBVF_MSG_MAC_CLEAR;
}

/* Has the PF no use for @old any more, now that it was told @new? */
static bool replaces(const u32 *new, const u32 *old)
{
	if (type_of(new) != type_of(old))
		return false;
	switch (type_of(new)) {
	case IGBVF_MSG_MAC:
		if (igbvf_message_clears_filters(new))
			return igbvf_message_is_filter(old);
		if (igbvf_message_is_filter(new))
			return igbvf_message_is_filter(old) &&
			       !memcmp(new + 1, old + 1, 6);
		return !info_of(old);
	case IGBVF_MSG_VLAN:
		/* A PF never takes VLAN 0 away */
		if (!info_of(new) && !vlan_of(new))
			return false;
		return vlan_of(new) == vlan_of(old);
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

/* With what the PF makes of it, and nothing of what else was in the mailbox */
static void append_vlan(struct igbvf_state *state, u32 vlan)
{
	u32 *message = state->message[state->messages++];

	message[0] = IGBVF_MSG_VLAN | IGBVF_MSG_VLAN_ADD;
	message[1] = vlan;
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
	if (type_of(message) == IGBVF_MSG_VLAN)
		append_vlan(state, vlan_of(message));
	else
		memcpy(state->message[state->messages++], message,
		       sizeof(state->message[0]));
	return true;
}
