// SPDX-License-Identifier: GPL-2.0
/* The kernel's uevents, see uevent.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag.h"
#include "uevent.h"
#include "wait.h"

#define KERNEL_GROUP	1	/* of NETLINK_KOBJECT_UEVENT; 2 is udev's */

int uevent_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	int size = 1 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return diag_error(-errno, "netlink socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		int ret = -errno;

		close(fd);
		return diag_error(ret, "netlink socket");
	}
	return fd;
}

const char *uevent_get(const struct uevent *event, const char *variable)
{
	const char *end = event->text + event->length;
	size_t length = strlen(variable);
	const char *at;

	for (at = event->text; at < end; at += strlen(at) + 1)
		if (!strncmp(at, variable, length) && at[length] == '=')
			return at + length + 1;
	return NULL;
}

static bool is_wanted(const struct uevent *event, const char *action,
		      const char *bdf, const char *variable)
{
	const char *slot = uevent_get(event, "PCI_SLOT_NAME");
	const char *what = uevent_get(event, "ACTION");

	return slot && what && !strcmp(slot, bdf) && !strcmp(what, action) &&
	       (!variable || uevent_get(event, variable));
}

int uevent_count_added(int fd, const char *subsystem, const char *bdf)
{
	const char *action, *what, *path;
	struct uevent event;
	ssize_t length;
	int count = 0;

	while ((length = recv(fd, event.text, sizeof(event.text) - 1,
			      MSG_DONTWAIT)) >= 0) {
		event.length = length;
		event.text[length] = '\0';
		action = uevent_get(&event, "ACTION");
		what = uevent_get(&event, "SUBSYSTEM");
		path = uevent_get(&event, "DEVPATH");
		count += action && what && path && !strcmp(action, "add") &&
			 !strcmp(what, subsystem) && strstr(path, bdf);
	}
	return errno == EAGAIN ? count : -errno;
}

int uevent_next(int fd, struct uevent *event, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	ssize_t length;

	if (poll(&pollfd, 1, timeout_ms) <= 0)
		return -ETIMEDOUT;
	length = recv(fd, event->text, sizeof(event->text) - 1, 0);
	if (length < 0 && errno != ENOBUFS)
		return -errno;
	event->length = length < 0 ? 0 : length;
	event->text[event->length] = '\0';
	return 0;
}

int uevent_wait(int fd, const char *action, const char *bdf,
		const char *variable, struct uevent *event, int timeout_ms)
{
	u64 deadline = now_ms() + timeout_ms;
	u64 now;
	int ret;

	do {
		now = now_ms();
		ret = uevent_next(fd, event, now < deadline ? deadline - now : 0);
		if (ret)
			return ret;
	} while (!is_wanted(event, action, bdf, variable));
	return 0;
}
