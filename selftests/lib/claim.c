// SPDX-License-Identifier: GPL-2.0
/* Who else holds a function's registers, see claim.h. */
#include "claim.h"
#include "file.h"
#include "module.h"

#define MODULE	"personality_claim"
#define KNOB	"/sys/module/" MODULE "/parameters/claim"

int registers_claim(const char *bdf)
{
	int ret = module_load(MODULE);

	return ret ?: file_write(KNOB, bdf);
}

int registers_release(void)
{
	return module_loaded(MODULE) ? file_write(KNOB, "\n") : 0;
}
