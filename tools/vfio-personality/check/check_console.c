// SPDX-License-Identifier: GPL-2.0
/*
 * check_console: what somebody sits in front of, and the watchdog that sits behind.
 */
#include "check.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "tty0 ttyS4": those that the kernel writes its messages to */
static void check_tty(const struct machine *m, const struct function *f, const char *tty,
		      struct findings *findings)
{
	char active[256], *rest = active, *name;

	path_read(m->root, active, sizeof(active), "sys/class/tty/console/active");
	while ((name = strsep(&rest, " ")))
		if (!strcmp(name, tty))
			found(findings, f->address, HAZARD_CONSOLE, "the kernel's console is on %s",
			      tty);
}

static bool text_is_drawn(const struct machine *m)
{
	struct names consoles = path_list(m->root, "sys/class/vtconsole");
	char name[64], bound[8];
	bool drawn = false;

	for (size_t i = 0; i < consoles.n; i++) {
		path_read(m->root, name, sizeof(name), "sys/class/vtconsole/%s/name",
			  consoles.v[i]);
		path_read(m->root, bound, sizeof(bound), "sys/class/vtconsole/%s/bind",
			  consoles.v[i]);
		drawn |= strstr(name, "frame buffer") && *bound == '1';
	}
	names_free(&consoles);
	return drawn;
}

/* The firmware's frame buffer has a device that ends with the first driver of its display */
static bool firmware_draws(const struct machine *m)
{
	struct names devices = path_list(m->root, "sys/bus/platform/devices");
	bool draws = false;

	for (size_t i = 0; i < devices.n; i++)
		draws |= !fnmatch("*-framebuffer.*", devices.v[i], 0) &&
			 path_exists(m->root, "sys/bus/platform/devices/%s/driver", devices.v[i]);
	names_free(&devices);
	return draws;
}

static void check_display(const struct machine *m, const struct function *f,
			  struct findings *findings)
{
	if (!f->boot_vga)
		return;
	found(findings, f->address, HAZARD_VGA, "it is the display that the machine booted with");
	if (firmware_draws(m))
		found(findings, f->address, HAZARD_CONSOLE,
		      "the text console is drawn on the firmware's frame buffer, which will not come back before the next boot");
}

/* As udev has it: all the keys from escape to D */
static bool is_keyboard(const struct path_ctx *root, const char *path)
{
	char keys[256], *last;

	path_read(root, keys, sizeof(keys), "%s/capabilities/key", path);
	last = strrchr(keys, ' ');
	return (strtoul(last ? last + 1 : keys, NULL, 16) & 0xfffffffe) == 0xfffffffe;
}

static unsigned int count_keyboards(const struct path_ctx *root)
{
	struct names inputs = path_list(root, "sys/class/input");
	unsigned int n = 0;
	char *path;

	for (size_t i = 0; i < inputs.n; i++) {
		path = xasprintf("sys/class/input/%s", inputs.v[i]);
		n += is_keyboard(root, path);
		free(path);
	}
	names_free(&inputs);
	return n;
}

static void check_keyboards(const struct machine *m, const struct function *f,
			    const struct devices *devices, struct findings *findings)
{
	const struct device *device;
	unsigned int here = 0;
	char name[64] = "";

	for_each_device(device, devices)
		if (!strcmp(device->subsystem, "input") && is_keyboard(m->root, device->path)) {
			path_read(m->root, name, sizeof(name), "%s/name", device->path);
			here++;
		}
	if (!here)
		return;
	found(findings, f->address, HAZARD_INPUT, here < count_keyboards(m->root) ?
	      "the keyboard \"%s\" is on it" :
	      "the keyboard \"%s\" is on it, and the machine has no other", name);
}

void check_console(const struct machine *m, const struct function *f,
		   const struct devices *devices, struct findings *findings)
{
	const struct device *device;
	char state[16];

	check_display(m, f, findings);
	check_keyboards(m, f, devices, findings);
	for_each_device(device, devices) {
		if (!strcmp(device->subsystem, "tty"))
			check_tty(m, f, device->name, findings);
		if (!strcmp(device->subsystem, "graphics") && text_is_drawn(m))
			found(findings, f->address, HAZARD_CONSOLE,
			      "the text console is drawn on its frame buffer %s, and will be out of sight",
			      device->name);
		path_read(m->root, state, sizeof(state), "%s/state", device->path);
		if (!strcmp(device->subsystem, "watchdog") && !strcmp(state, "active"))
			found(findings, f->address, HAZARD_WATCHDOG,
			      "the watchdog %s is running, and may reset the machine when nobody feeds it",
			      device->name);
	}
}
