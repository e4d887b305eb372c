// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the journals of killed runs. Only attributes that plans are made of may
 * come out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct plan plan = { 0 };

	memcpy(text, data, size);
	journal_parse(text, &plan);
	for (size_t i = 0; i < plan.n; i++)
		if (!plan_attr(plan.steps[i].attr))
			abort();
	plan_free(&plan);
	free(text);
	return 0;
}
