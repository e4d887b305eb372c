// SPDX-License-Identifier: GPL-2.0
/* Commands, see shell.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "shell.h"

int shell(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}
