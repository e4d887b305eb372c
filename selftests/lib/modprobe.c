// SPDX-License-Identifier: GPL-2.0
/* modprobe's configuration, see modprobe.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "modprobe.h"
#include "wait.h"

#define FOLDER		"/etc/modprobe.d"
#define CONFIG		FOLDER "/pci-personality-selftest.conf"
/* A module that there is not: it consists of a command to install it */
#define HELD		"pci_personality_selftest_held"
#define GATE		"/run/" HELD ".gate"
#define WAITING		"/run/" HELD ".waiting"

#define AWAIT_MS	60000

static int add_line(const char *format, const char *what)
{
	FILE *f;

	mkdir(FOLDER, 0755);
	f = fopen(CONFIG, "ae");
	if (!f)
		return diag_error(-errno, CONFIG);
	fprintf(f, format, what);
	return fclose(f) ? diag_error(-errno, CONFIG) : 0;
}

static int create(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return diag_error(-errno, "%s", path);
	fclose(f);
	return 0;
}

/* It does not wait for ever: a test that has crashed opens no gate */
int modprobe_hold(const char *pattern)
{
	int ret = create(GATE);

	return ret ?: add_line("alias %s " HELD "\n"
			       "install " HELD " >" WAITING "; i=0; "
			       "while [ -e " GATE " ] && [ $((i += 1)) -lt 3000 ]; "
			       "do sleep 0.1; done; rm -f " WAITING "\n", pattern);
}

int modprobe_await_held(void)
{
	int ret = wait_for(!access(WAITING, F_OK), AWAIT_MS);

	return ret ? diag_error(ret, "nobody asks for a module") : 0;
}

int modprobe_forbid(const char *module)
{
	return add_line("install %s /bin/false\n", module);
}

int modprobe_obey(const char *lines)
{
	return add_line("%s\n", lines);
}

void modprobe_restore(void)
{
	unlink(CONFIG);
	unlink(GATE);
	wait_for(access(WAITING, F_OK), AWAIT_MS);
}
