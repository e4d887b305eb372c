// SPDX-License-Identifier: GPL-2.0
/*
 * interrupt: SIGINT, SIGTERM and SIGHUP, which end whatever is waited for.
 */
#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_bool came;

static void interrupt(int signal)
{
	(void)signal;
	came = true;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool interrupt_came(void)
{
	return came;
}
