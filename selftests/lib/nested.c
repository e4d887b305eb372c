// SPDX-License-Identifier: GPL-2.0
/* A guest inside the lab, see nested.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "nested.h"
#include "wait.h"

#define HOST		"/host"
#define QEMU		"/usr/bin/qemu-system-x86_64"
#define KERNEL		"/run/vm/nested/kernel"
#define INITRD		"/run/vm/nested/initrd"
#define LOG		"/tmp/nested-%s.%s"
#define WORDS_MAX	128
#define BOOT_MS		400000	/* 100000 on a machine with other work */
#define ANSWER_MS	180000
#define TOLD		6000	/* bytes of each log */

const char *nested_lacks(void)
{
	if (access(HOST QEMU, X_OK))
		return "the host has no QEMU";
	if (access(KERNEL, R_OK) || access(INITRD, R_OK))
		return "there is nothing to boot: vm-run --nested";
	return NULL;
}

void nested_log(struct nested *n, const char *kind, char *path, size_t size)
{
	snprintf(path, size, LOG, n->name, kind);
}

/*
 * The processors' clock as it comes: what Linux would find out of it by itself takes
 * seconds, and may fail on a busy machine. No I/O APIC, which nothing here needs: while
 * mp_irqdomain_alloc() (arch/x86/kernel/apic/io_apic.c) takes the timer over from the PIC,
 * a tick between its store of the chip and that of chip_data is a NULL pointer.
 */
static const char *const machine[] = {
	QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
	"-machine", "pc", "-accel", "tcg,thread=single,tb-size=64", "-cpu", "max",
	"-smp", "1", "-m", "128", "-kernel", KERNEL, "-initrd", INITRD,
	"-append", "console=ttyS0 quiet panic=-1 noapic no_timer_check",
	"-trace", "vmstate_downtime_*",
	"-mon", "chardev=monitor,mode=control",
	"-serial", "chardev:console", "-serial", "chardev:port",
};

/* In the child: QEMU, with the host's files for its own */
static void run(struct nested *n, int monitor, int port, char *more)
{
	char monitor_dev[64], port_dev[64], console_dev[128], path[64];
	char *words[WORDS_MAX];
	char *word, *rest;
	size_t i;
	int log;

	snprintf(monitor_dev, sizeof(monitor_dev), "socket,id=monitor,fd=%d", monitor);
	snprintf(port_dev, sizeof(port_dev), "socket,id=port,fd=%d", port);
	nested_log(n, "console", path, sizeof(path));
	snprintf(console_dev, sizeof(console_dev), "file,id=console,path=%s,append=on", path);

	for (i = 0; i < ARRAY_SIZE(machine); i++)
		words[i] = (char *)machine[i];
	words[i++] = "-chardev";
	words[i++] = monitor_dev;
	words[i++] = "-chardev";
	words[i++] = port_dev;
	words[i++] = "-chardev";
	words[i++] = console_dev;
	for (word = strtok_r(more, " ", &rest); word && i < WORDS_MAX - 1;
	     word = strtok_r(NULL, " ", &rest))
		words[i++] = word;
	words[i] = NULL;

	nested_log(n, "qemu", path, sizeof(path));
	log = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chroot(HOST) || chdir("/"))
		perror("chroot " HOST);
	else
		execv(words[0], words);
	perror(words[0]);
	_exit(127);
}

int nested_start(struct nested *n, const char *name, const char *format, ...)
{
	int monitor[2], port[2];
	char more[1024];
	char path[64];
	va_list args;
	int ret;

	memset(n, 0, sizeof(*n));
	n->port = -1;
	snprintf(n->name, sizeof(n->name), "%s", name);
	nested_log(n, "console", path, sizeof(path));
	unlink(path);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, monitor) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, port))
		return diag_error(-errno, "socketpair");
	fcntl(monitor[0], F_SETFD, FD_CLOEXEC);
	fcntl(port[0], F_SETFD, FD_CLOEXEC);

	va_start(args, format);
	vsnprintf(more, sizeof(more), format, args);
	va_end(args);

	n->pid = fork();
	if (!n->pid)
		run(n, monitor[1], port[1], more);
	ret = n->pid < 0 ? -errno : 0;
	close(monitor[1]);
	close(port[1]);
	n->port = port[0];
	n->qmp.fd = monitor[0];
	if (ret) {
		n->pid = 0;
		nested_kill(n);
		return diag_error(ret, "fork");
	}
	ret = qmp_begin(&n->qmp, monitor[0]);
	if (ret)
		nested_tell(n);
	return ret;
}

static int read_line(struct nested *n, char *line, size_t size, u64 deadline)
{
	struct pollfd pollfd = { .fd = n->port, .events = POLLIN };
	size_t length = 0;
	u64 now;

	while (length < size - 1) {
		now = now_ms();
		if (now >= deadline || poll(&pollfd, 1, deadline - now) <= 0)
			return diag_error(-ETIMEDOUT, "%s: the guest says nothing", n->name);
		if (read(n->port, line + length, 1) != 1)
			return diag_error(-EPIPE, "%s: QEMU has ended", n->name);
		if (line[length] == '\n')
			break;
		length++;
	}
	line[length] = '\0';
	return 0;
}

int nested_await_ready(struct nested *n)
{
	char line[NESTED_ANSWER];
	int ret = read_line(n, line, sizeof(line), now_ms() + BOOT_MS);

	if (!ret && strcmp(line, "ready"))
		ret = diag_error(-EPROTO, "%s: said \"%s\"", n->name, line);
	if (ret)
		nested_tell(n);
	return ret;
}

int nested_ask(struct nested *n, char answer[NESTED_ANSWER], const char *format, ...)
{
	char line[NESTED_ANSWER];
	va_list args;
	int ret;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(n->port, "%s\n", line);
	ret = read_line(n, line, sizeof(line), now_ms() + ANSWER_MS);
	if (!ret && strncmp(line, "ok ", 3))
		ret = diag_error(-EREMOTEIO, "%s: the guest says \"%s\"", n->name, line);
	if (ret)
		nested_tell(n);
	else if (answer)
		snprintf(answer, NESTED_ANSWER, "%s", line + 3);
	return ret;
}

int nested_count(struct nested *n, u32 *sent, struct flow_book *book)
{
	char answer[NESTED_ANSWER];
	int ret = nested_ask(n, answer, "count");
	int at;
	u32 i;

	*book = (struct flow_book) {};
	if (ret)
		return ret;
	if (sscanf(answer, "sent %u received %u next %u again %u gaps %u%n", sent,
		   &book->received, &book->next, &book->again, &book->gap_count, &at) != 5)
		return diag_error(-EPROTO, "%s: counted \"%s\"", n->name, answer);
	for (i = 0; i < book->gap_count && i < FLOW_GAPS; i++) {
		int more = 0;

		if (sscanf(answer + at, " %u-%u%n", &book->gaps[i].first,
			   &book->gaps[i].last, &more) != 2)
			return diag_error(-EPROTO, "%s: counted \"%s\"", n->name, answer);
		at += more;
	}
	return 0;
}

bool nested_is_alive(struct nested *n)
{
	if (n->pid && waitpid(n->pid, NULL, WNOHANG) == n->pid)
		n->pid = 0;
	return n->pid;
}

void nested_kill(struct nested *n)
{
	if (nested_is_alive(n)) {
		kill(n->pid, SIGKILL);
		waitpid(n->pid, NULL, 0);
		n->pid = 0;
	}
	if (n->qmp.fd > 0)
		close(n->qmp.fd);
	if (n->port > 0)
		close(n->port);
	n->qmp.fd = -1;
	n->port = -1;
}

static void tell(struct nested *n, const char *kind)
{
	char path[64], line[512];
	FILE *f;

	nested_log(n, kind, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fseek(f, -TOLD, SEEK_END) && !fgets(line, sizeof(line), f))
		line[0] = '\0';
	else
		clearerr(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		diag("%s %s: %s", n->name, kind, line);
	}
	fclose(f);
}

void nested_tell(struct nested *n)
{
	tell(n, "qemu");
	tell(n, "console");
}
