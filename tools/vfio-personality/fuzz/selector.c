// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes what the command line selects functions by. What is accepted must be
 * usable, and an address must survive being written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "selector.h"

static void check_address(const struct bdf *bdf)
{
	char text[BDF_LEN];
	struct bdf again;

	bdf_format(bdf, text);
	if (!bdf_parse(text, &again) || bdf_compare(bdf, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *(*const parsers[])(struct selector *s, const char *text) = {
		selector_parse, selector_parse_slot, selector_parse_id, selector_parse_class,
	};
	struct children children = { 0 };
	struct function f = {
		.vendor = 0x8086, .device = 0x10ca, .class = 0x020000, .children = &children,
	};
	const struct machine m = { .functions = &f, .count = 1 };
	char *text = xcalloc(size + 1, 1);
	struct selector s;
	struct bdf bdf;

	memcpy(text, data, size);
	names_add(&children.nets, "eth0");
	for (size_t i = 0; i < ARRAY_SIZE(parsers); i++)
		if (!parsers[i](&s, text)) {
			selector_matches(&s, &m, &f);
			selector_agrees(&s, &f);
			if (s.kind == SELECT_ADDRESS)
				check_address(&s.bdf);
		}
	if (bdf_parse(text, &bdf))
		check_address(&bdf);
	names_free(&children.nets);
	free(text);
	return 0;
}
