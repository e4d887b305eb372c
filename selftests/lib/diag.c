// SPDX-License-Identifier: GPL-2.0
/* Diagnostics, see diag.h. Each is one write, so that lines stay whole. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"

void diag(const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "# %s\n", text);
}

int diag_error(int error, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag("%s: %s", text, strerrorname_np(-error) ?: "unknown error");
	return error;
}
