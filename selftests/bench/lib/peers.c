// SPDX-License-Identifier: GPL-2.0
/* What people use, see ways.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "ways.h"

/* Words of a command: a program, its options, a function each */
#define WORDS_MAX	(TARGETS_MAX + 8)

static char *const environment[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C", NULL,
};

/* Its output is nobody's, its messages are those of the benchmark */
static int run(const char *root, const char *const *words)
{
	int status;
	pid_t pid = vfork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (!root || (!chroot(root) && !chdir("/")))
			execve(words[0], (char *const *)words, environment);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

static const char *peer_lacking(const char *program)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PEERS "%s", program);
	return access(path, X_OK) ? "not installed" : NULL;
}

/* One call with all functions */
static int run_on_all(const char *root, const char *const *words,
		      const struct targets *targets)
{
	const char *all[WORDS_MAX];
	int n = 0;
	int i;

	while (words[n]) {
		all[n] = words[n];
		n++;
	}
	for (i = 0; i < targets->count; i++)
		all[n++] = targets->target[i].bdf;
	all[n] = NULL;
	return run(root, all);
}

static int tool_flip(struct targets *targets, bool vfio)
{
	const char *const words[] = {
		"/usr/sbin/vfio-personality", vfio ? "enable" : "disable", NULL,
	};

	return run_on_all(NULL, words, targets);
}

const struct way way_tool = {
	.name = "vfio-personality",
	.driver = "auto",
	.prepare = way_flip_once,
	.flip = tool_flip,
};

const struct way way_tool_named = {
	.name = "vfio-personality (vfio-pci)",
	.driver = "vfio-pci",
	.prepare = way_flip_once,
	.flip = tool_flip,
};

/*
 * In one variant or another it is in every guide to VFIO. driver_override takes
 * the place of new_id, which would take every function with the same id.
 */
#define SCRIPT "/run/vfio-bind"

static const char script[] =
	"#!/bin/sh\n"
	"driver=$1\n"
	"shift\n"
	"modprobe vfio-pci\n"
	"for dev in \"$@\"; do\n"
	"	if [ -e /sys/bus/pci/devices/$dev/driver ]; then\n"
	"		echo $dev >/sys/bus/pci/devices/$dev/driver/unbind\n"
	"	fi\n"
	"	echo $driver >/sys/bus/pci/devices/$dev/driver_override\n"
	"	echo $dev >/sys/bus/pci/drivers_probe\n"
	"done\n";

static const char *script_lacking(const struct target *t)
{
	FILE *file = fopen(SCRIPT, "w");

	(void)t;
	if (!file || fputs(script, file) < 0 || fclose(file) ||
	    chmod(SCRIPT, 0755))
		return "cannot be written";
	return NULL;
}

static int script_flip(struct targets *targets, bool vfio)
{
	const char *const words[] = { SCRIPT, vfio ? "vfio-pci" : "", NULL };

	return run_on_all(NULL, words, targets);
}

const struct way way_script = {
	.name = "shell script",
	.lacking = script_lacking,
	.flip = script_flip,
};

#define DRIVERCTL "/usr/sbin/driverctl"

static const char *driverctl_lacking(const struct target *t)
{
	(void)t;
	return peer_lacking(DRIVERCTL);
}

/* It takes one function a call */
static int driverctl_flip(struct targets *targets, bool vfio)
{
	int ret = 0;
	int i;

	for (i = 0; !ret && i < targets->count; i++) {
		const char *const set[] = {
			DRIVERCTL, "set-override", targets->target[i].bdf,
			"vfio-pci", NULL,
		};
		const char *const unset[] = {
			DRIVERCTL, "unset-override", targets->target[i].bdf, NULL,
		};

		ret = run(PEERS, vfio ? set : unset);
	}
	return ret;
}

const struct way way_driverctl = {
	.name = "driverctl",
	.lacking = driverctl_lacking,
	.flip = driverctl_flip,
};

#define DPDK_DEVBIND "/usr/bin/dpdk-devbind.py"

/* It knows those that DPDK has drivers for, and that is NICs in our case */
static const char *dpdk_lacking(const struct target *t)
{
	if (pci_number(t->bdf, "class") >> 16 != 0x02)
		return "not a function that DPDK knows";
	return peer_lacking(DPDK_DEVBIND);
}

/* All functions have the same native driver */
static int dpdk_flip(struct targets *targets, bool vfio)
{
	const char *const words[] = {
		"/usr/bin/python3", DPDK_DEVBIND, "--bind",
		vfio ? "vfio-pci" : targets->target[0].native, NULL,
	};

	return run_on_all(PEERS, words, targets);
}

const struct way way_dpdk = {
	.name = "dpdk-devbind",
	.lacking = dpdk_lacking,
	.flip = dpdk_flip,
};

#define VIRSH "/usr/bin/virsh"

/* Its @command on all functions: virsh takes several commands in one call */
static int run_virsh(const char *command, const struct target *t, int count)
{
	char commands[TARGETS_MAX * 48] = "";
	const char *const words[] = { VIRSH, "-q", commands, NULL };
	unsigned int domain, bus, slot, function;
	int length = 0;
	int i;

	for (i = 0; i < count; i++) {
		if (sscanf(t[i].bdf, "%x:%x:%x.%x", &domain, &bus, &slot,
			   &function) != 4)
			return -EINVAL;
		length += sprintf(commands + length,
				  "nodedev-%s pci_%04x_%02x_%02x_%x; ", command,
				  domain, bus, slot, function);
	}
	return run(PEERS, words);
}

static const char *libvirt_lacking(const struct target *t)
{
	const char *lacking = peer_lacking(VIRSH);

	if (lacking)
		return lacking;
	if (access("/run/libvirt/libvirt-sock", F_OK))
		return "its daemon does not run";
	if (run_virsh("dumpxml", t, 1))
		return "its daemon does not know the function";
	return NULL;
}

static int libvirt_flip(struct targets *targets, bool vfio)
{
	return run_virsh(vfio ? "detach" : "reattach", targets->target,
			 targets->count);
}

const struct way way_libvirt = {
	.name = "libvirt",
	.lacking = libvirt_lacking,
	.flip = libvirt_flip,
};
