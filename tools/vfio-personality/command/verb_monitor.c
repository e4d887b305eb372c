// SPDX-License-Identifier: GPL-2.0
/*
 * verb_monitor: tells of switches as they happen, whoever asks for them, by the switch's
 * uevents.
 */
#include "verbs.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "describe.h"
#include "diag.h"
#include "interrupt.h"
#include "late.h"

/* What is told of an event: its name here, and the uevent's */
static const struct {
	const char *key, *property;
} parts[] = {
	{ "personality", "PCI_PERSONALITY" },
	{ "iommu_group", "PCI_PERSONALITY_GROUP" },
	{ "vfio_device", "PCI_PERSONALITY_VFIO_DEVICE" },
	{ "error", "PCI_PERSONALITY_ERROR" },
};

static void now(char *text, size_t size)
{
	struct timespec time;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &time);
	localtime_r(&time.tv_sec, &tm);
	len = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, size - len, ".%03ld", time.tv_nsec / 1000000);
}

static struct json_object *event_of(struct udev_device *device)
{
	struct json_object *o = json_object_new_object();
	const char *value;
	char at[64];

	now(at, sizeof(at));
	json_object_object_add(o, "at", json_text(at));
	json_object_object_add(o, "address", json_text(udev()->device_get_sysname(device)));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		value = udev()->device_get_property_value(device, parts[i].property);
		json_object_object_add(o, parts[i].key, value ? json_text(value) : NULL);
	}
	return o;
}

/* A line each, so that whoever reads them need not wait for an end */
static void tell(const struct options *o, struct udev_device *device)
{
	struct json_object *event = event_of(device);
	const char *text;

	if (o->json) {
		puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
	} else {
		printf("%s %s", json_object_get_string(json_object_object_get(event, "at")),
		       json_object_get_string(json_object_object_get(event, "address")));
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
			text = json_object_get_string(json_object_object_get(event, parts[i].key));
			if (text)
				printf(" %s=%s", parts[i].key, text);
		}
		putchar('\n');
	}
	fflush(stdout);
	json_object_put(event);
}

static void watch(const struct options *o, struct udev_monitor *monitor)
{
	struct pollfd poll_fd = { .fd = udev()->monitor_get_fd(monitor), .events = POLLIN };
	struct udev_device *device;

	while (!interrupt_came()) {
		if (poll(&poll_fd, 1, -1) <= 0)
			continue;
		device = udev()->monitor_receive_device(monitor);
		if (device && udev()->device_get_property_value(device, "PCI_PERSONALITY"))
			tell(o, device);
		udev()->device_unref(device);
	}
}

int verb_monitor(struct machine *m, const struct options *o)
{
	struct udev *context = m->root->real ? udev()->new() : NULL;
	struct udev_monitor *monitor = NULL;
	int code = EXIT_DONE;

	if (context)
		monitor = udev()->monitor_new_from_netlink(context, "kernel");
	if (!monitor ||
	    udev()->monitor_filter_add_match_subsystem_devtype(monitor, "pci", NULL) < 0 ||
	    udev()->monitor_enable_receiving(monitor) < 0)
		code = say_and(EXIT_UNSUPPORTED, "the kernel's events cannot be had here");
	interrupt_catch();
	if (!code)
		watch(o, monitor);
	if (context) {
		udev()->monitor_unref(monitor);
		udev()->unref(context);
	}
	return code;
}
