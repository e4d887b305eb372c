// SPDX-License-Identifier: GPL-2.0
/* Suspend, see suspend.h. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "diag.h"
#include "file.h"
#include "suspend.h"

#define STATE	"/sys/power/state"
#define TEST	"/sys/power/pm_test"
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
	if (delay[0])
		file_write(DELAY, delay);
	file_write(TEST, "none");
	return ret;
}
