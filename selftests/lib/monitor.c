// SPDX-License-Identifier: GPL-2.0
/* QEMU's monitor (QMP: one JSON object a line), see monitor.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "monitor.h"
#include "wait.h"

#define PORT		"/dev/virtio-ports/org.pci-personality.monitor"
#define TIMEOUT_MS	60000

bool monitor_present(void)
{
	return !access(PORT, F_OK);
}

/* The next line, -ETIMEDOUT if none comes */
static int read_line(int fd, char *line, size_t size, u64 deadline)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	u64 now;

	while (length < size - 1) {
		now = now_ms();
		if (now >= deadline || poll(&pollfd, 1, deadline - now) <= 0)
			return -ETIMEDOUT;
		if (read(fd, line + length, 1) != 1)
			return -EIO;
		if (line[length] == '\n')
			break;
		length++;
	}
	line[length] = '\0';
	return 0;
}

/*
 * Send @command, a JSON object but for its closing brace, and await its reply.
 * Events, and replies that someone before us did not wait for, are passed over.
 */
static int execute(int fd, const char *command, bool may_fail, bool show)
{
	u64 deadline = now_ms() + TIMEOUT_MS;
	static unsigned int serial;
	char line[4096];
	char id[48];
	int ret;

	snprintf(id, sizeof(id), "\"id\": \"%d-%u\"", getpid(), serial++);
	dprintf(fd, "%s, %s}\n", command, id);
	do {
		ret = read_line(fd, line, sizeof(line), deadline);
		if (ret)
			return diag_error(ret, "QEMU's monitor, on %s}", command);
	} while (!strstr(line, id));

	if (show)
		diag("QEMU: %s", line);
	if (!strstr(line, "\"error\"") || may_fail)
		return 0;
	if (strstr(line, "Duplicate "))
		return -EEXIST;
	diag("QEMU's monitor, on %s}: %.200s", command, line);
	return -EIO;
}

static int run_and(const char *command, bool show)
{
	int fd = open(PORT, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return diag_error(-errno, PORT);
	/* Refused if somebody has done so before */
	ret = execute(fd, "{\"execute\": \"qmp_capabilities\"", true, false);
	if (!ret)
		ret = execute(fd, command, false, show);
	close(fd);
	return ret;
}

static int run(const char *command)
{
	return run_and(command, false);
}

/*
 * False if it is to be tried again: QEMU forgets a device only some time after the
 * guest has let go of it
 */
static bool device_add(const char *command, int *ret)
{
	*ret = run(command);
	return *ret != -EEXIST;
}

static int plug(const char *driver, const char *bus, const char *id,
		const char *more)
{
	char command[320];
	int ret;

	snprintf(command, sizeof(command),
		 "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"%s\", \"bus\": \"%s\", \"id\": \"%s\"%s}",
		 driver, bus, id, more);
	if (wait_for(device_add(command, &ret), TIMEOUT_MS))
		return diag_error(ret, "QEMU's monitor, on %s}", command);
	return ret;
}

int monitor_plug(const char *driver, const char *bus, const char *id)
{
	return plug(driver, bus, id, "");
}

int monitor_plug_nic(const char *driver, const char *bus, const char *id)
{
	char text[256];
	int ret;

	snprintf(text, sizeof(text),
		 "{\"execute\": \"netdev_add\", \"arguments\": {\"type\": \"user\", \"id\": \"net-%s\"}",
		 id);
	ret = run(text);
	/* It outlives the NIC */
	if (ret && ret != -EEXIST)
		return ret;
	snprintf(text, sizeof(text), ", \"netdev\": \"net-%s\"", id);
	return plug(driver, bus, id, text);
}

int monitor_unplug(const char *id)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "{\"execute\": \"device_del\", \"arguments\": {\"id\": \"%s\"}",
		 id);
	return run(command);
}

int monitor_inject_error(const char *id, const char *error)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"pcie_aer_inject_error %s %s\"}",
		 id, error);
	return run(command);
}

int monitor_set_link(const char *id, bool up)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "{\"execute\": \"set_link\", \"arguments\": {\"name\": \"%s\", \"up\": %s}",
		 id, up ? "true" : "false");
	return run(command);
}

int monitor_show(const char *hmp)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"%s\"}",
		 hmp);
	return run_and(command, true);
}
