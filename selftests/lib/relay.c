// SPDX-License-Identifier: GPL-2.0
/* A relay that damages what it carries, see relay.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "relay.h"
#include "wait.h"

#define END_MS	2000

/**
 * struct damage - where the bit is
 * @mark: what comes before it
 * @matched: how much of that has gone by just now
 * @left: bytes between mark and bit that have not gone by
 * @found: the mark has gone by
 * @done: the bit has, and is flipped
 */
struct damage {
	const char *mark;
	size_t matched;
	size_t left;
	bool found;
	bool done;
};

static void do_damage(struct damage *damage, u8 *data, size_t length)
{
	size_t at = 0;

	for (; !damage->found && at < length; at++) {
		if (data[at] != (u8)damage->mark[damage->matched])
			damage->matched = 0;
		if (data[at] == (u8)damage->mark[damage->matched])
			damage->matched++;
		damage->found = !damage->mark[damage->matched];
	}
	if (!damage->found || damage->done)
		return;
	if (damage->left >= length - at) {
		damage->left -= length - at;
		return;
	}
	data[at + damage->left] ^= 0x10;
	damage->done = true;
}

/* Pass on what there is: false at the end */
static bool pass(int from, int to, struct damage *damage)
{
	static u8 data[65536];
	ssize_t length = read(from, data, sizeof(data));
	ssize_t n, done;

	if (length <= 0)
		return false;
	if (damage)
		do_damage(damage, data, length);
	for (done = 0; done < length; done += n) {
		n = write(to, data + done, length - done);
		if (n <= 0)
			return false;
	}
	return true;
}

/* In the child. Its status tells whether the bit is flipped */
static void run(int listener, int to, struct damage *damage)
{
	int from = accept(listener, NULL, NULL);
	struct pollfd fds[] = {
		{ .fd = from, .events = POLLIN },
		{ .fd = to, .events = POLLIN },
	};
	bool more = from >= 0;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (more && poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			more = pass(from, to, damage);
		if (more && fds[1].revents)
			more = pass(to, from, NULL);
	}
	_exit(damage->done ? 0 : 1);
}

static int open_at(const char *path, bool listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (listening) {
		unlink(path);
		ret = bind(fd, (struct sockaddr *)&address, sizeof(address)) ?:
			listen(fd, 1);
	} else {
		ret = connect(fd, (struct sockaddr *)&address, sizeof(address));
	}
	if (!ret)
		return fd;
	ret = -errno;
	close(fd);
	return diag_error(ret, "%s", path);
}

int relay_start(struct relay *relay, const char *from, const char *to, const char *mark,
		size_t after)
{
	struct damage damage = { .mark = mark, .left = after };
	int listener = open_at(from, true);
	int there = listener < 0 ? listener : open_at(to, false);
	int ret = 0;

	relay->pid = 0;
	if (there < 0) {
		close(listener);
		return there;
	}
	relay->pid = fork();
	if (!relay->pid)
		run(listener, there, &damage);
	if (relay->pid < 0)
		ret = diag_error(-errno, "fork");
	close(listener);
	close(there);
	return ret;
}

int relay_end(struct relay *relay)
{
	int status = 1;

	if (relay->pid <= 0)
		return 0;
	/* By itself, if one of its ends has closed its socket */
	if (wait_for(waitpid(relay->pid, &status, WNOHANG) == relay->pid, END_MS)) {
		kill(relay->pid, SIGKILL);
		waitpid(relay->pid, &status, 0);
	}
	relay->pid = 0;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
