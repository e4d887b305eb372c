// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the settings of VFs. What is accepted must mean the same when it is written and
 * read again, and journals know each of its steps.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "vf.h"

static void check_again(const char *specs)
{
	struct vf_values once = vf_values_of(specs, 1), twice;
	const char *again = "";

	if (vf_add(&again, specs) || strcmp(again, specs))
		abort();
	twice = vf_values_of(again, 1);
	if (memcmp(&once, &twice, sizeof(once)))
		abort();
	for (int s = 0; s < VF_SETTINGS; s++)
		if (strpbrk(once.v[s], "\n ") ||
		    !plan_attr(vf_attr(1, (enum vf_setting)s)))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	const char *specs = "";

	memcpy(text, data, size);
	if (!vf_add(&specs, text)) {
		check_again(specs);
		vf_check(specs, 4);
	}
	free(text);
	return 0;
}
