// SPDX-License-Identifier: GPL-2.0
/* Suspend, see suspend.h. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "diag.h"
#include "file.h"
#include "suspend.h"

#define STATE	"/sys/power/state"
#define TEST	"/sys/power/pm_test"
#define CONSOLE	"/sys/bus/virtio/drivers/virtio_console"
/* Not there on every kernel */
#define DELAY	"/sys/module/suspend/parameters/pm_test_delay"

/*
 * The host's files come by virtio-9p, which does not survive a suspend. What is cached
 * of them has to go before: a hibernation makes room, and would wait for ever for the
 * host to take it back.
 */
static int let_go_of_host(void)
{
	if (umount2("/host", MNT_DETACH) && errno != EINVAL && errno != ENOENT)
		return diag_error(-errno, "/host");
	return 0;
}

static bool loses_console(void)
{
	struct utsname name;

	return !uname(&name) && !strncmp(name.release, "7.3", 3) &&
	       (name.release[3] < '0' || name.release[3] > '9');
}

/*
 * Linux 7.3's virtcons_restore() (drivers/char/virtio_console.c) asks whether the host has
 * a port open before it has given it room for the answer, and nothing more can be written to
 * the port then, not even what a test prints. The driver's probe asks once more. Whoever has
 * a port open, as guest-run, opens it again.
 */
static int wake_console(void)
{
	DIR *dir = opendir(CONSOLE);
	struct dirent *entry;
	int ret = 0;

	while (dir && !ret && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "virtio", strlen("virtio")))
			continue;
		ret = file_write(CONSOLE "/unbind", entry->d_name) ?:
		      file_write(CONSOLE "/bind", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return ret ? diag_error(ret, "virtio_console") : 0;
}

int suspend_devices(const char *state, const char *depth)
{
	char states[64], delay[16] = "";
	int ret;

	if (file_read(STATE, states, sizeof(states)) < 0 ||
	    !strstr(states, state) || file_write(TEST, depth))
		return -EOPNOTSUPP;
	ret = let_go_of_host();
	if (ret) {
		file_write(TEST, "none");
		return ret;
	}
	if (file_read(DELAY, delay, sizeof(delay)) > 0)
		file_write(DELAY, "0");
	ret = file_write(STATE, state);
	if (loses_console())
		ret = wake_console() ?: ret;
	if (delay[0])
		file_write(DELAY, delay);
	file_write(TEST, "none");
	return ret;
}
