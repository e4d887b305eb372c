// SPDX-License-Identifier: GPL-2.0
/* A function passed off as another, see subsystem.h. */
#include <stdio.h>

#include "file.h"
#include "module.h"
#include "subsystem.h"

#define MODULE	"personality_subsystem"
#define KNOB	"/sys/module/" MODULE "/parameters/pretend"

int subsystem_pretend(const char *bdf, u16 vendor, u16 device)
{
	char value[64];
	int ret = module_load(MODULE);

	snprintf(value, sizeof(value), "%s %04x:%04x", bdf, vendor, device);
	return ret ?: file_write(KNOB, value);
}
