// SPDX-License-Identifier: GPL-2.0
/* Kernel modules, see module.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "module.h"

/* Modules' names in sysfs have underscores where their files may have dashes */
static void module_name(char *out, size_t size, const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < size - 1; i++)
		out[i] = name[i] == '-' ? '_' : name[i];
	out[i] = '\0';
}

bool module_loaded(const char *name)
{
	char path[PATH_MAX];
	char module[64];
	char state[16];

	module_name(module, sizeof(module), name);
	/* What is built in has a folder, but no initstate */
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
	return file_read(path, state, sizeof(state)) > 0;
}

/* By its path: a shell like busybox's has a lesser one of its own */
static int run_modprobe(char *const argv[])
{
	int status;
	pid_t pid;
	int ret;

	ret = posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, environ);
	if (ret)
		return diag_error(-ret, "/sbin/modprobe");
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ENOENT;
}

int module_load_some(char *const names[])
{
	size_t count = 0;
	char **argv;
	int ret;

	while (names[count])
		count++;
	argv = calloc(count + 4, sizeof(*argv));
	if (!argv)
		return -ENOMEM;
	argv[0] = "modprobe";
	argv[1] = "-a";
	argv[2] = "-q";
	memcpy(argv + 3, names, count * sizeof(*names));
	ret = run_modprobe(argv);
	free(argv);
	return ret;
}

bool module_exists(const char *name)
{
	char *const argv[] = { "modprobe", "-q", "-n", (char *)name, NULL };

	return !run_modprobe(argv);
}

int module_load(const char *name)
{
	char *const argv[] = { "modprobe", "-q", (char *)name, NULL };
	int ret = run_modprobe(argv);

	return ret ? diag_error(ret, "modprobe %s", name) : 0;
}

int module_unload(const char *name)
{
	char module[64];

	module_name(module, sizeof(module), name);
	return syscall(SYS_delete_module, module, O_NONBLOCK) ? -errno : 0;
}

/* Whoever depends on it is in its folder "holders" */
int module_unload_tree(const char *name)
{
	char path[PATH_MAX];
	char module[64];
	char holder[64];

	module_name(module, sizeof(module), name);
	snprintf(path, sizeof(path), "/sys/module/%s/holders/*", module);
	while (!file_match(path, holder, sizeof(holder))) {
		int ret = module_unload_tree(holder);

		if (ret)
			return ret;
	}
	return module_unload(module);
}
