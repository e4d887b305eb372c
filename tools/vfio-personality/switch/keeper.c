// SPDX-License-Identifier: GPL-2.0
/*
 * keeper: a process that leads functions back from VFIO when this one cannot.
 */
#include "keeper.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "interrupt.h"
#include "switch.h"

/* A pipe that stays open keeps whoever reads it waiting; a terminal does not */
static void let_go_of_files(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	if (!isatty(STDERR_FILENO))
		dup2(fd, STDERR_FILENO);
	close(fd);
}

pid_t keeper_fork(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	signal(SIGPIPE, SIG_IGN);
	let_go_of_files();
	return 0;
}

int keeper_lead_back(const struct options *o, const struct names *addresses)
{
	unsigned long tries = o->timeout;
	int code;

	for (;;) {
		code = switch_back(o, addresses);
		if ((code != EXIT_BUSY && code != EXIT_LOCKED && code != EXIT_PARTLY) ||
		    !tries-- || interrupt_came())
			return code;
		sleep(1);
	}
}

/* Whatever may come, but the word that it is not needed any more */
static void keep(int fd, const struct options *o, const struct names *addresses)
{
	ssize_t n;
	char word;

	interrupt_catch();
	do {
		n = read(fd, &word, 1);
	} while (n < 0);
	interrupt_forget();
	if (!n)
		keeper_lead_back(o, addresses);
}

struct keeper keeper_begin(const struct options *o, const struct names *addresses)
{
	struct keeper keeper = { .pid = -1, .fd = -1 };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return keeper;
	keeper.pid = keeper_fork();
	if (!keeper.pid) {
		close(ends[1]);
		keep(ends[0], o, addresses);
		_exit(EXIT_DONE);
	}
	close(ends[0]);
	keeper.fd = ends[1];
	if (keeper.pid < 0)
		close(keeper.fd);
	return keeper;
}

void keeper_end(struct keeper *keeper)
{
	if (keeper->pid < 0)
		return;
	/* If it is gone, nothing is lost by that */
	if (write(keeper->fd, "d", 1) < 0)
		keeper->fd = -1;
	waitpid(keeper->pid, NULL, 0);
	if (keeper->fd >= 0)
		close(keeper->fd);
	keeper->pid = -1;
}
