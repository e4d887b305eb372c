// SPDX-License-Identifier: GPL-2.0
/* Capabilities, see capability.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capability.h"

int capability_drop(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct *part = &data[CAP_TO_INDEX(capability)];

	/* Root would have it again after an execve() */
	if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
		return -errno;
	if (syscall(SYS_capget, &header, data))
		return -errno;
	part->effective &= ~CAP_TO_MASK(capability);
	part->permitted &= ~CAP_TO_MASK(capability);
	part->inheritable &= ~CAP_TO_MASK(capability);
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}
