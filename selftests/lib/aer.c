// SPDX-License-Identifier: GPL-2.0
/* Errors of a PCIe link, see aer.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "aer.h"
#include "diag.h"
#include "monitor.h"
#include "pci.h"

#define RECOVERY_MS	30000

bool aer_is_handled(const char *bdf)
{
	return pci_has(bdf, "../aer_rootport_total_err_nonfatal");
}

/* The next line of the kernel's log that has @text in it, from now on */
static int await_log(int log, const char *text)
{
	struct pollfd pollfd = { .fd = log, .events = POLLIN };
	char line[1024];
	ssize_t n;

	for (;;) {
		n = read(log, line, sizeof(line) - 1);
		if (n > 0) {
			line[n] = '\0';
			if (strstr(line, text))
				return 0;
		} else if (errno != EAGAIN && errno != EPIPE) {
			return -errno;
		} else if (poll(&pollfd, 1, RECOVERY_MS) <= 0) {
			return -ETIMEDOUT;
		}
	}
}

bool aer_recovers(const char *id, const char *error)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int ret;

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		return false;
	ret = monitor_inject_error(id, error);
	if (!ret)
		ret = await_log(log, "AER: device recovery");
	close(log);
	if (ret)
		diag_error(ret, "%s: recovery from %s", id, error);
	return !ret;
}
