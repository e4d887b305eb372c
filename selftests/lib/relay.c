// SPDX-License-Identifier: GPL-2.0
/* A relay that does harm to what it carries, see relay.h. */
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

#define END_MS		2000
#define STALL_MS	60000

/**
 * struct damage - where the place is
 * @harm: what is done there
 * @mark: what comes before it
 * @matched: how much of that has gone by just now
 * @left: bytes between mark and place that have not gone by
 * @found: the mark has gone by
 * @done: the place has been reached, and harm is done
 */
struct damage {
	enum relay_harm harm;
	const char *mark;
	size_t matched;
	size_t left;
	bool found;
	bool done;
};

/* How much of it is to be passed on */
static size_t do_damage(struct damage *damage, u8 *data, size_t length)
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
		return length;
	if (damage->left >= length - at) {
		damage->left -= length - at;
		return length;
	}
	damage->done = true;
	if (damage->harm == RELAY_STALL)
		return at + damage->left;
	data[at + damage->left] ^= 0x10;
	return length;
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
		length = do_damage(damage, data, length);
	for (done = 0; done < length; done += n) {
		n = write(to, data + done, length - done);
		if (n <= 0)
			return false;
	}
	return true;
}

/* In the child. Its status tells whether a bit is flipped; when it stalls, it is stopped */
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
		if (damage->done && damage->harm == RELAY_STALL)
			raise(SIGSTOP);
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
		size_t after, enum relay_harm harm)
{
	struct damage damage = { .harm = harm, .mark = mark, .left = after };
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

int relay_await_stalled(struct relay *relay)
{
	int status = 0;

	if (wait_for(waitpid(relay->pid, &status, WNOHANG | WUNTRACED) == relay->pid, STALL_MS))
		return diag_error(-ETIMEDOUT, "the relay has not come to its place");
	if (WIFSTOPPED(status))
		return 0;
	relay->pid = 0;
	return diag_error(-EPIPE, "the relay has ended before its place");
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
