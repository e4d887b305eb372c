// SPDX-License-Identifier: GPL-2.0
/*
 * check_open: device files that processes have open, and mediated devices.
 *
 * Many a driver waits for its users to go when it is unbound, and nothing ends
 * that wait: a display that is drawn on, a sound card that plays.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remedy.h"

static bool is_open_as(const struct machine *m, const struct opener *opener,
		       const struct device *device)
{
	if (opener->number && device->number)
		return opener->number == device->number && opener->block == device->block;
	return !m->root->real && !strncmp(opener->file, "/dev/", 5) &&
	       !strcmp(opener->file + 5, device->node);
}

static void found_open(const struct function *f, const struct opener *opener,
		       struct findings *findings)
{
	found(findings, f->address, HAZARD_OPEN, "process %d (%s) has %s open", opener->pid,
	      opener->command, opener->file);
	found_brief(findings, "%s(%d)", opener->command, opener->pid);
	remedy(findings, strstr(opener->command, "qemu") ?
	       "stop the virtual machine, process %d (%s)" : "stop process %d (%s)",
	       opener->pid, opener->command);
}

static void check_device(const struct machine *m, const struct function *f,
			 const struct openers *openers, const struct device *device,
			 struct findings *findings)
{
	const struct opener *opener;

	for_each_opener(opener, openers)
		if (is_open_as(m, opener, device))
			found_open(f, opener, findings);
}

/*
 * NVIDIA's driver has device files that sysfs knows nothing of. Where /proc does not
 * tell this GPU's number, any of them may be its.
 */
static void check_nvidia(const struct machine *m, const struct function *f,
			 const struct openers *openers, struct findings *findings)
{
	const char *minor, *prefix = "/dev/nvidia";
	size_t len = strlen(prefix);
	const struct opener *opener;
	char text[PATH_TEXT];
	long number = -1;

	if (strcmp(f->driver, "nvidia"))
		return;
	path_read(m->root, text, sizeof(text), "proc/driver/nvidia/gpus/%s/information",
		  f->address);
	minor = strstr(text, "Device Minor:");
	if (minor)
		number = strtol(minor + strlen("Device Minor:"), NULL, 10);
	for_each_opener(opener, openers)
		if (!strncmp(opener->file, prefix, len) &&
		    opener->file[len] >= '0' && opener->file[len] <= '9' &&
		    (number < 0 || strtol(opener->file + len, NULL, 10) == number))
			found_open(f, opener, findings);
}

void check_open(const struct machine *m, const struct function *f,
		const struct devices *devices, struct findings *findings)
{
	bool any = !strcmp(f->driver, "nvidia");
	const struct openers *openers;
	const struct device *device;

	for_each_device(device, devices) {
		any |= *device->node;
		if (strcmp(device->subsystem, "mdev"))
			continue;
		found(findings, f->address, HAZARD_HOLDER,
		      "the mediated device %s is made of it", device->name);
		found_brief(findings, "mdev %s", device->name);
	}
	if (!any)
		return;
	openers = survey_openers(&findings->survey, m->root);
	found_unseen(findings, m, f, openers->unseen);
	for_each_device(device, devices)
		if (*device->node)
			check_device(m, f, openers, device, findings);
	check_nvidia(m, f, openers, findings);
}
