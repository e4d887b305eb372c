// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the files of rules.d. Of a file that is refused nothing is taken, and what is
 * accepted matches by something and wants something that a file of one function could say.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

static void check_rule(const struct rule *rule)
{
	struct config config = rule->config, again;
	unsigned int line;
	const char *why;
	bool any = false;
	char *text;

	for (int key = 0; key < RULE_KEYS; key++)
		any |= rule->like[key].n;
	if (!any || !rule->line)
		abort();
	strcpy(config.address, "0000:01:10.0");
	text = config_format(&config);
	if (!config_parse(&again, text, &why, &line))
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct rules rules = { 0 };
	unsigned int line;
	const char *why;

	memcpy(text, data, size);
	if (rules_parse(&rules, text, "fuzz.conf", &why, &line)) {
		for (size_t i = 0; i < rules.n; i++)
			check_rule(&rules.v[i]);
	} else if (!why || rules.n) {
		abort();
	}
	rules_free(&rules);
	free(text);
	return 0;
}
