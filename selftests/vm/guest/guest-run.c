// SPDX-License-Identifier: GPL-2.0
/*
 * guest-run PORT FILE TIMEOUT: the guest's last process of the start-up and its
 * PID 1. Runs the command in FILE (its arguments, each ended by a NUL) and
 * passes its output and the kernel's log on to PORT, in the frames of frame.h.
 * The last frame says how the command ended; all that was written and logged
 * before has been passed on by then.
 *
 * guest-run PORT --failed MESSAGE: say only that the start-up failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../frame.h"

/* A record of /dev/kmsg is never longer: PRINTK_MESSAGE_MAX. */
#define KMSG_RECORD_MAX 4096

/* How long the kernel's report on a command that hangs may take. */
#define HANG_REPORT_SECONDS 10

/* How long a port may be away whose driver is bound anew. */
#define PORT_SECONDS 10

static const char *port_path;
static int port;

static int open_port(void)
{
	port = open(port_path, O_WRONLY | O_CLOEXEC);
	return port;
}

/* The driver of the port has been bound anew, see selftests/lib/suspend.c. */
static bool open_port_again(void)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	int i;

	close(port);
	for (i = 0; i < PORT_SECONDS * 10; i++) {
		if (open_port() >= 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void write_to_port(const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(port, at, size);

		if (n < 0 && (errno == EINTR || (errno == ENODEV && open_port_again())))
			continue;
		if (n <= 0)
			_exit(1);	/* the host is gone, and the VM with it */
		at += n;
		size -= n;
	}
}

static void send_frame(enum frame_channel channel, const void *data, size_t size)
{
	struct {
		struct frame_header header;
		char data[FRAME_DATA_MAX];
	} frame;

	frame.header = (struct frame_header){
		.channel = channel,
		.length = size,
	};
	if (size)
		memcpy(frame.data, data, size);
	write_to_port(&frame, sizeof(frame.header) + size);
}

/*
 * The last word. The host ends the VM when it has read it. What follows tells QEMU of it
 * once more, which misses a doorbell now and then: see vm-run.
 */
static void __attribute__((noreturn, format(printf, 2, 3)))
finish(enum frame_channel channel, const char *format, ...)
{
	char text[FRAME_DATA_MAX];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text))
		length = sizeof(text) - 1;

	send_frame(channel, text, length);
	for (;;) {
		sleep(1);
		send_frame(FRAME_ALIVE, NULL, 0);
	}
}

/* Passes on some of what a pipe holds. Returns false at its end. */
static bool forward(int fd, enum frame_channel channel)
{
	char data[FRAME_DATA_MAX];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0)
		send_frame(channel, data, n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/*
 * What the pipe holds when the command is dead, but not what a child that
 * outlives it goes on to write: that might never end.
 */
static void forward_rest(int fd, enum frame_channel channel)
{
	char data[FRAME_DATA_MAX];
	int left = 0;
	ssize_t n;

	if (fd < 0 || ioctl(fd, FIONREAD, &left))
		return;
	while (left > 0) {
		n = read(fd, data, left < FRAME_DATA_MAX ? left : FRAME_DATA_MAX);
		if (n <= 0)
			return;
		send_frame(channel, data, n);
		left -= n;
	}
}

/*
 * Turns a record, "priority,sequence,microseconds,flags;text\n key=value…",
 * into the line that dmesg would show.
 */
static void send_record(char *record, size_t size)
{
	char line[KMSG_RECORD_MAX + 64];
	unsigned long long us;
	unsigned int priority;
	char *text, *end;
	int n;

	record[size] = '\0';
	text = strchr(record, ';');
	if (!text || sscanf(record, "%u,%*u,%llu", &priority, &us) != 2)
		return;
	text++;
	end = strchr(text, '\n');
	if (end)
		*end = '\0';

	n = snprintf(line, sizeof(line), "<%u>[%5llu.%06llu] %s\n", priority & 7,
		     us / 1000000, us % 1000000, text);
	send_frame(FRAME_KMSG, line, n);
}

/* Passes on the kernel's log. Returns true if a record had @until in it. */
static bool forward_kmsg(int fd, const char *until)
{
	static const char lost[] = "<4>(records of the kernel's log were lost here)\n";
	char record[KMSG_RECORD_MAX + 1];
	ssize_t n;

	for (;;) {
		n = read(fd, record, KMSG_RECORD_MAX);
		if (n > 0) {
			bool found = until && memmem(record, n, until, strlen(until));

			if (found)
				return true;
			send_record(record, n);
		} else if (n < 0 && errno == EPIPE) {
			send_frame(FRAME_KMSG, lost, sizeof(lost) - 1);
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else {
			return false;
		}
	}
}

/*
 * All that has been logged up to now is before a mark that we log ourselves.
 * Reading ends there, however much is logged meanwhile.
 */
static void forward_kmsg_until_now(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char mark[64];
	int out;

	/* The newline closes the record. An open one is not there to be read. */
	snprintf(mark, sizeof(mark), "guest-run: end of the run (%ld)\n", random());
	out = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (out < 0 || write(out, mark, strlen(mark)) < 0) {
		forward_kmsg(fd, NULL);
		return;
	}
	close(out);

	mark[strlen(mark) - 1] = '\0';
	while (!forward_kmsg(fd, mark)) {
		if (poll(&wait, 1, 1000) == 0)
			return;
	}
}

/* Arguments of the command, each ended by a NUL; NULL after the last one. */
static char **read_command(const char *path)
{
	char *text = NULL, *at, **argv;
	size_t size = 0, argc = 0;
	ssize_t length;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		finish(FRAME_FAILED, "cannot open %s: %s", path, strerror(errno));
	length = getdelim(&text, &size, EOF, file);
	if (length <= 0)
		finish(FRAME_FAILED, "there is no command in %s", path);
	fclose(file);

	for (at = text; at < text + length; at += strlen(at) + 1)
		argc++;
	argv = calloc(argc + 1, sizeof(*argv));
	if (!argv)
		finish(FRAME_FAILED, "out of memory");
	for (at = text, argc = 0; at < text + length; at += strlen(at) + 1)
		argv[argc++] = at;
	return argv;
}

struct child {
	pid_t pid;
	int out;
	int err;
	int failed;	/* gives an errno if it could not be run */
};

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		finish(FRAME_FAILED, "cannot make a pipe: %s", strerror(errno));
}

static struct child start(char **argv)
{
	int out[2], err[2], failed[2];
	struct child child;

	make_pipe(out);
	make_pipe(err);
	make_pipe(failed);
	child.pid = fork();
	if (child.pid < 0)
		finish(FRAME_FAILED, "cannot fork: %s", strerror(errno));
	if (child.pid == 0) {
		sigset_t none;
		int error;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setsid();
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		execvp(argv[0], argv);
		error = errno;
		if (write(failed[1], &error, sizeof(error)) < 0)
			_exit(1);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	close(failed[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	child.out = out[0];
	child.err = err[0];
	child.failed = failed[0];
	return child;
}

/* Reaps all that died, as PID 1 must. Returns true if @pid was among them. */
static bool reap(pid_t pid, int *status)
{
	bool found = false;
	pid_t dead;
	int s;

	while ((dead = waitpid(-1, &s, WNOHANG)) > 0) {
		if (dead == pid) {
			*status = s;
			found = true;
		}
	}
	return found;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/*
 * Has the kernel say who is blocked where, for the log: what hangs for too long
 * is most often something in the kernel.
 */
static void report_hang(int kmsg)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "w", 1) == 1)
		forward_kmsg_until_now(kmsg);
	if (fd >= 0)
		close(fd);
}

/* Runs the command and passes on what it and the kernel say until it is dead. */
static bool supervise(struct child *child, int kmsg, int timeout, int *status)
{
	long long end = now_ms() + timeout * 1000LL;
	long long alive = now_ms() + FRAME_ALIVE_MS;
	struct signalfd_siginfo info;
	struct pollfd fds[4];
	bool dead = false;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	fds[0] = (struct pollfd){ child->out, POLLIN, 0 };
	fds[1] = (struct pollfd){ child->err, POLLIN, 0 };
	fds[2] = (struct pollfd){ kmsg, POLLIN, 0 };
	fds[3] = (struct pollfd){ signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK),
				  POLLIN, 0 };

	while (!dead) {
		long long left = end - now_ms();

		if (left <= 0)
			return false;
		if (poll(fds, 4, left < FRAME_ALIVE_MS ? left : FRAME_ALIVE_MS) < 0 &&
		    errno != EINTR)
			finish(FRAME_FAILED, "poll: %s", strerror(errno));
		if (now_ms() >= alive) {
			send_frame(FRAME_ALIVE, NULL, 0);
			alive = now_ms() + FRAME_ALIVE_MS;
		}
		if (fds[2].revents)
			forward_kmsg(kmsg, NULL);
		if (fds[0].revents && !forward(fds[0].fd, FRAME_STDOUT))
			fds[0].fd = -1;
		if (fds[1].revents && !forward(fds[1].fd, FRAME_STDERR))
			fds[1].fd = -1;
		if (fds[3].revents &&
		    read(fds[3].fd, &info, sizeof(info)) == sizeof(info))
			dead = reap(child->pid, status);
	}
	forward_rest(fds[0].fd, FRAME_STDOUT);
	forward_rest(fds[1].fd, FRAME_STDERR);
	return true;
}

/* What was written to the shared folder must be there when the VM ends. */
static void sync_share(void)
{
	int fd = open("/mnt/share", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

int main(int argc, char **argv)
{
	int kmsg, status = 0, error, null;
	struct child child;
	sigset_t chld;
	char **command;
	bool in_time;

	port_path = argv[1];
	if (argc != 4 || open_port() < 0) {
		fprintf(stderr, "guest-run: cannot open %s: %s\n",
			argc > 1 ? argv[1] : "PORT", strerror(errno));
		return 1;
	}
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		finish(FRAME_FAILED, "cannot read the kernel's log: %s",
		       strerror(errno));
	srandom(now_ms());
	if (!strcmp(argv[2], "--failed")) {
		forward_kmsg(kmsg, NULL);
		finish(FRAME_FAILED, "%s", argv[3]);
	}

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	null = open("/dev/null", O_RDWR);
	if (null >= 0)
		dup2(null, STDIN_FILENO);

	command = read_command(argv[2]);
	send_frame(FRAME_STARTED, NULL, 0);
	child = start(command);
	in_time = supervise(&child, kmsg, atoi(argv[3]), &status);
	if (!in_time) {
		report_hang(kmsg);
		kill(-child.pid, SIGKILL);
		forward_rest(child.out, FRAME_STDOUT);
		forward_rest(child.err, FRAME_STDERR);
	}
	sync_share();
	forward_kmsg_until_now(kmsg);

	if (!in_time)
		finish(FRAME_TIMEOUT, "%s", "");
	if (read(child.failed, &error, sizeof(error)) == sizeof(error))
		finish(FRAME_FAILED, "cannot run %s: %s", command[0],
		       strerror(error));
	if (WIFSIGNALED(status))
		finish(FRAME_EXIT, "%d", 128 + WTERMSIG(status));
	finish(FRAME_EXIT, "%d", WEXITSTATUS(status));
}
