// SPDX-License-Identifier: GPL-2.0
/*
 * check_vga: the display that the firmware and the console use.
 */
#include "check.h"

void check_vga(const struct machine *m, const struct function *f, struct findings *findings)
{
	(void)m;
	if (f->boot_vga)
		found(findings, f, HAZARD_VGA, "it is the display that the machine booted with");
}
