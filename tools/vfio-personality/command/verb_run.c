// SPDX-License-Identifier: GPL-2.0
/*
 * verb_run: functions are in VFIO as long as a command runs, and go back however it ends.
 */
#include "verbs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "interrupt.h"
#include "keeper.h"
#include "output.h"
#include "select.h"
#include "switch.h"

/* As env(1) and timeout(1) have them */
#define EXIT_OWN 125
#define EXIT_CANNOT 126
#define EXIT_ABSENT 127

/* Those that were not there already */
static struct names brought(const struct wants *wants)
{
	struct names names = { 0 };
	const struct want *want;

	for_each_want(want, wants)
		if (want->result && !strcmp(want->result, "done"))
			names_add(&names, want->address);
	return names;
}

static void __attribute__((noreturn)) be_command(char **command)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	/* Who kills us means the command as well */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execvp(command[0], command);
	say_as("error", "%s: %s", command[0], strerror(errno));
	_exit(errno == ENOENT ? EXIT_ABSENT : EXIT_CANNOT);
}

/* Its exit status. Of a terminal's signal it has heard itself */
static int wait_for(pid_t pid)
{
	int status, signal;

	while (waitpid(pid, &status, 0) < 0) {
		signal = interrupt_signal();
		if (errno == EINTR && signal && signal != SIGINT)
			kill(pid, signal);
		if (errno != EINTR)
			return EXIT_OWN;
		interrupt_forget();
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(const struct options *o)
{
	pid_t pid = fork();

	if (!pid)
		be_command(o->command);
	return pid < 0 ? say_and(EXIT_OWN, "cannot begin %s: %s", o->command[0],
				 strerror(errno)) : wait_for(pid);
}

int verb_run(struct machine *m, const struct options *o)
{
	struct options with_files = *o;
	struct switching s = { .m = m, .o = &with_files };
	struct names addresses;
	struct keeper keeper;
	int code = select_functions(m, o);

	if (code)
		return EXIT_OWN;
	/* The command wants them at once */
	with_files.wait = true;
	s.wants = switch_wants(m, &with_files);
	code = switch_run(&s);
	addresses = brought(&s.wants);
	switch_free(&s);
	if (code) {
		names_free(&addresses);
		return EXIT_OWN;
	}
	keeper = keeper_begin(o, &addresses);
	code = run(o);
	interrupt_forget();
	if (addresses.n && keeper_lead_back(o, &addresses))
		code = code ? code : EXIT_OWN;
	keeper_end(&keeper);
	names_free(&addresses);
	return code;
}
