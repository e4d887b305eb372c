// SPDX-License-Identifier: GPL-2.0
/*
 * interrupt: SIGINT, SIGTERM and SIGHUP, which end whatever is waited for.
 */
#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int came;

static void interrupt(int signal)
{
	came = signal;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int interrupt_signal(void)
{
	return came;
}

void interrupt_forget(void)
{
	came = 0;
}

bool interrupt_came(void)
{
	return came;
}
