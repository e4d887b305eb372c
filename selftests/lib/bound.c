// SPDX-License-Identifier: GPL-2.0
/* Drivers that stay bound, see bound.h. */
#include <stdio.h>
#include <string.h>

#include "bound.h"
#include "diag.h"
#include "file.h"

#define PARAMETERS	"/sys/module/" BOUND_MODULE "/parameters/"

int bound_instead(const char *breaches)
{
	return file_write(PARAMETERS "instead", breaches[0] ? breaches : "\n");
}

int bound_set_idle(unsigned int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ms);
	return file_write(PARAMETERS "idle_ms", text);
}

int bound_forget(void)
{
	return file_write(PARAMETERS "calls", "\n");
}

/* The callbacks that were called for the function, one blank between two */
static int read_calls(const char *bdf, char *calls, size_t size)
{
	size_t length = strlen(bdf), used = 0;
	char log[8192], *line, *rest = log;
	int ret = file_read(PARAMETERS "calls", log, sizeof(log));

	calls[0] = '\0';
	if (ret < 0)
		return diag_error(ret, PARAMETERS "calls");
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, bdf, length) || line[length] != ' ' ||
		    used >= size)
			continue;
		used += snprintf(calls + used, size - used, "%s%s",
				 used ? " " : "", line + length + 1);
	}
	return 0;
}

bool bound_was_called(const char *bdf, const char *calls)
{
	char called[8192];

	if (!read_calls(bdf, called, sizeof(called)) && !strcmp(called, calls))
		return true;
	diag("%s: called was \"%s\", not \"%s\"", bdf, called, calls);
	return false;
}

bool bound_was_called_first(const char *bdf, const char *calls)
{
	size_t length = strlen(calls);
	char called[8192];

	if (!read_calls(bdf, called, sizeof(called)) && !strncmp(called, calls, length) &&
	    (!called[length] || called[length] == ' '))
		return true;
	diag("%s: called was \"%s\", which does not begin with \"%s\"", bdf, called, calls);
	return false;
}

bool bound_has_been_called(const char *bdf, const char *callback)
{
	char called[8192], *call, *rest = called;

	if (read_calls(bdf, called, sizeof(called)))
		return false;
	while ((call = strsep(&rest, " ")))
		if (!strcmp(call, callback))
			return true;
	return false;
}
