// SPDX-License-Identifier: GPL-2.0
/*
 * trial: functions that go back by themselves unless somebody confirms that all is well.
 */
#include "trial.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "interrupt.h"
#include "journal.h"
#include "keeper.h"

#define PREFIX "trial-"
#define TRIAL RUN_DIR "/" PREFIX "%d"
/* How often to look whether it has been confirmed */
#define LOOKS_A_SECOND 4

static bool is_pending(const struct path_ctx *root, pid_t pid)
{
	return path_exists(root, TRIAL, (int)pid);
}

/* In a process of its own, of which @of is the one that began it */
static void keep(const struct options *o, const struct names *addresses, pid_t of)
{
	const struct timespec moment = { .tv_nsec = 1000000000L / LOOKS_A_SECOND };
	unsigned long looks = o->trial * LOOKS_A_SECOND;
	struct path_ctx root;
	int code;

	interrupt_catch();
	if (path_init(&root, o->root))
		return;
	while (looks-- && is_pending(&root, of))
		nanosleep(&moment, NULL);
	interrupt_forget();
	if (path_unlink(&root, TRIAL, (int)of)) {
		path_done(&root);
		return;
	}
	code = keeper_lead_back(o, addresses);
	openlog("vfio-personality", LOG_PID, LOG_DAEMON);
	for (size_t i = 0; root.real && i < addresses->n; i++)
		syslog(LOG_NOTICE, "%s %s, as nobody confirmed the trial", addresses->v[i],
		       code ? "should have gone back from VFIO" : "has gone back from VFIO");
	path_done(&root);
}

void trial_begin(const struct machine *m, const struct options *o, const struct wants *wants)
{
	struct names addresses = { 0 };
	const struct want *want;
	pid_t of = getpid(), pid;

	for_each_want(want, wants)
		if (want->result && !strcmp(want->result, "done"))
			names_add(&addresses, want->address);
	if (addresses.n && !path_replace(m->root, "", TRIAL, (int)of)) {
		pid = keeper_fork();
		if (!pid) {
			keep(o, &addresses, of);
			_exit(EXIT_DONE);
		}
		say(pid < 0 ? "nobody can be begun who leads it back" :
		    "it goes back in %lu s, unless that is stopped: vfio-personality confirm",
		    o->trial);
	}
	names_free(&addresses);
}

void trial_ask(const struct path_ctx *root)
{
	struct pollfd poll_fd = { .fd = STDIN_FILENO, .events = POLLIN };
	pid_t of = getpid();

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || !is_pending(root, of))
		return;
	fputs("Press Enter to keep it. ", stderr);
	while (is_pending(root, of) && !interrupt_came()) {
		if (poll(&poll_fd, 1, 1000 / LOOKS_A_SECOND) <= 0)
			continue;
		say(path_unlink(root, TRIAL, (int)of) ? "it went back before" : "it stays");
		return;
	}
	say(interrupt_came() ? "it goes back when the time is over" : "it goes back");
}

unsigned int trial_confirm(const struct path_ctx *root)
{
	struct names files = path_list(root, RUN_DIR);
	unsigned int n = 0;

	for (size_t i = 0; i < files.n; i++)
		if (!strncmp(files.v[i], PREFIX, strlen(PREFIX)))
			n += !path_unlink(root, RUN_DIR "/%s", files.v[i]);
	names_free(&files);
	return n;
}
