// SPDX-License-Identifier: GPL-2.0
/*
 * check_settings: what a NIC's interface has now, and the next one only from disable.
 */
#include "check.h"

#include <stdlib.h>

#include "children.h"
#include "nic.h"

static void check_interface(const struct machine *m, const struct function *f, const char *name,
			    struct findings *findings)
{
	struct nic nic = nic_read(m->root, name);
	char *set = nic_set_by_hand(&nic);

	if (*set)
		found(findings, f->address, HAZARD_SETTINGS,
		      "%s will come back as a new interface, which disable sets up again, but no boot: %s",
		      name, set);
	free(set);
	nic_free(&nic);
}

void check_settings(const struct machine *m, const struct function *f,
		    const struct devices *devices, struct findings *findings)
{
	struct names nets = { 0 };

	if (devices->has_nets)
		nets = function_nets(m, f);
	for (size_t i = 0; i < nets.n; i++)
		check_interface(m, f, nets.v[i], findings);
	names_free(&nets);
}
