// SPDX-License-Identifier: GPL-2.0
/* QEMU's monitor, see monitor.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "diag.h"
#include "monitor.h"
#include "qmp.h"
#include "wait.h"

#define PORT		"/dev/virtio-ports/org.pci-personality.monitor"
#define TIMEOUT_MS	60000

bool monitor_present(void)
{
	return !access(PORT, F_OK);
}

static int begin(struct qmp *qmp)
{
	int fd = open(PORT, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return diag_error(-errno, PORT);
	ret = qmp_begin(qmp, fd);
	if (ret)
		close(fd);
	return ret;
}

static int run(const char *command)
{
	struct qmp qmp;
	int ret = begin(&qmp);

	if (ret)
		return ret;
	ret = qmp_run(&qmp, command);
	close(qmp.fd);
	return ret;
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
	char command[256], reply[QMP_LINE];
	struct qmp qmp;
	int ret = begin(&qmp);

	if (ret)
		return ret;
	snprintf(command, sizeof(command),
		 "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"%s\"}",
		 hmp);
	ret = qmp_ask(&qmp, command, reply);
	if (!ret)
		diag("QEMU: %s", reply);
	close(qmp.fd);
	return ret;
}
