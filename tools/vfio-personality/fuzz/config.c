// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the files of /etc/vfio-personality.d. What is accepted must mean the
 * same when it is written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static void check_again(const struct config *config)
{
	char *text = config_format(config), *second;
	struct config again;
	unsigned int line;
	const char *why;

	if (!config_parse(&again, text, &why, &line))
		abort();
	second = config_format(&again);
	if (strcmp(text, second))
		abort();
	free(second);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct config config;
	unsigned int line;
	const char *why;

	memcpy(text, data, size);
	if (config_parse(&config, text, &why, &line))
		check_again(&config);
	else if (!why)
		abort();
	free(text);
	return 0;
}
