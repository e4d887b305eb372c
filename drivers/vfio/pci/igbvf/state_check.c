// SPDX-License-Identifier: GPL-2.0
/*
 * What a migration stream says of a function, looked at with distrust.
 *
 * May touch: nothing but its arguments. It compiles in user space as well, where
 * it is fuzzed: selftests/migration/fuzz.
 */
#include <linux/stddef.h>
#include <linux/string.h>

#include "mailbox.h"
#include "state.h"

/*
 * A ring's registers hold no more than the hardware has bits for, which are more
 * than the datasheet wants used. What the ring's memory is, is the IOMMU's to judge:
 * the user could have written it itself.
 */
static bool is_ring(u32 length, u32 head, u32 tail)
{
	return !(length & ~0xffff0u) && head <= 0xffff && tail <= 0xffff;
}

/**
 * igbvf_state_check() - find what makes no sense in a state
 * @contents: the state that arrived, in words
 * @size: of it, in bytes
 *
 * Return: words for it, or NULL.
 */
const char *igbvf_state_check(const void *contents, size_t size)
{
	const struct igbvf_state *state = contents;
	const struct igbvf_queue_state *q;
	u32 i;

	if (size != sizeof(*state))
		return "its length is not that of its version";
	for (q = state->queue; q < state->queue + IGBVF_QUEUES; q++)
		if (!is_ring(q->rdlen, q->rdh, q->rdt) ||
		    !is_ring(q->tdlen, q->tdh, q->tdt))
			return "it has a ring that cannot be";
	if (state->reset_done > 1 || state->asked > 1)
		return "a flag in it is none";
	if (state->messages > IGBVF_MESSAGES)
		return "it has more messages than fit";
	if (state->messages && !state->reset_done)
		return "it has messages for a PF that knows of no reset";
	for (i = 0; i < state->messages; i++)
		if (!igbvf_message_is_state(state->message[i]))
			return "it has a message that is no state";
	return NULL;
}
