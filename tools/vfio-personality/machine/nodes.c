// SPDX-License-Identifier: GPL-2.0
/*
 * nodes: the device files by which VFIO's users get at a function.
 */
#include "nodes.h"

#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "interrupt.h"
#include "late.h"
#include "udevd.h"
#include "wanted.h"

/* The file exists at once; udev gives it its permissions a moment later */
struct node {
	const char *class;
	char name[NAME_LEN], file[NAME_LEN + 32];
};

static size_t find_nodes(const struct machine *m, const struct function *f, struct node nodes[2])
{
	size_t n = 0;

	if (!in_vfio(f))
		return 0;
	snprintf(nodes[n].name, NAME_LEN, "%ld", f->group);
	if (path_exists(m->root, "sys/class/vfio/%s", nodes[n].name)) {
		nodes[n].class = "vfio";
		snprintf(nodes[n].file, sizeof(nodes[n].file), "/dev/vfio/%s", nodes[n].name);
		n++;
	}
	if (path_exists(m->root, SYS_PCI "/%s/vfio-dev/%s/dev", f->address, f->vfio_device)) {
		nodes[n].class = "vfio-dev";
		snprintf(nodes[n].name, NAME_LEN, "%s", f->vfio_device);
		snprintf(nodes[n].file, sizeof(nodes[n].file), "/dev/vfio/devices/%s",
			 nodes[n].name);
		n++;
	}
	return n;
}

struct names nodes_of(const struct machine *m, const struct function *f)
{
	struct names names = { 0 };
	struct node nodes[2];
	size_t n = find_nodes(m, f, nodes);

	for (size_t i = 0; i < n; i++)
		names_add(&names, nodes[i].file);
	return names;
}

/* Of a group's file, that of its first function of which something is said: as udev is told */
static bool is_said(const struct machine *m, const struct function *f, const struct node *node,
		    struct wanted *wanted)
{
	const struct function *other;

	if (!strcmp(node->class, "vfio"))
		for_each_function(other, m)
			if (same_group(f, other) && in_vfio(other) &&
			    !wanted_of(m, other, wanted))
				return true;
	return !wanted_of(m, f, wanted);
}

/* Who saved an owner waits until udev has given it to him, an event later perhaps */
static bool has_owner(const struct machine *m, const struct function *f, const struct node *node)
{
	const struct passwd *user;
	const struct group *group;
	struct wanted wanted;
	struct config config;
	unsigned long mode;
	struct stat info;

	if (!is_said(m, f, node, &wanted))
		return true;
	config = wanted.config;
	if (stat(node->file, &info))
		return false;
	user = *config.user ? getpwnam(config.user) : NULL;
	group = *config.group ? getgrnam(config.group) : NULL;
	return (!user || user->pw_uid == info.st_uid) &&
	       (!group || group->gr_gid == info.st_gid) &&
	       (!*config.mode || !parse_number(config.mode, 8, 0, 0777, &mode) ||
		(info.st_mode & 0777) == mode);
}

/* A selected PF may be selected for its VFs */
static bool concerns(const struct machine *m, const struct function *f)
{
	const struct function *pf = machine_find(m, f->pf);

	return f->selected || (pf && pf->selected);
}

/* @context is NULL where no udev runs */
static bool all_there(const struct machine *m, struct udev *context)
{
	struct node nodes[2];
	struct function *f;
	size_t n, i;

	for_each_function(f, m) {
		if (!concerns(m, f))
			continue;
		n = find_nodes(m, f, nodes);
		for (i = 0; i < n; i++)
			if (!path_exists(m->root, "%s", nodes[i].file + 1) ||
			    !udevd_is_done(context, nodes[i].class, nodes[i].name) ||
			    (context && !has_owner(m, f, &nodes[i])))
				return false;
	}
	return true;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct udev_monitor *watch(struct udev *context)
{
	struct udev_monitor *monitor = udev()->monitor_new_from_netlink(context, "udev");

	if (monitor) {
		udev()->monitor_filter_add_match_subsystem_devtype(monitor, "vfio", NULL);
		udev()->monitor_filter_add_match_subsystem_devtype(monitor, "vfio-dev", NULL);
		udev()->monitor_enable_receiving(monitor);
	}
	return monitor;
}

bool nodes_wait(const struct machine *m, unsigned long timeout)
{
	struct udev *context = udevd_open(m->root);
	struct udev_monitor *monitor = context ? watch(context) : NULL;
	struct pollfd poll_fd = {
		.fd = monitor ? udev()->monitor_get_fd(monitor) : -1,
		.events = POLLIN,
	};
	long end = now_ms() + (long)timeout * 1000, left;
	bool there;

	/* Without udev there is no event to wait for: look again now and then */
	while (!(there = all_there(m, context)) && !interrupt_came() && (left = end - now_ms()) > 0)
		if (poll(&poll_fd, 1, left < 100 ? (int)left : 100) > 0)
			udev()->device_unref(udev()->monitor_receive_device(monitor));
	if (monitor)
		udev()->monitor_unref(monitor);
	udevd_close(context);
	return there;
}
