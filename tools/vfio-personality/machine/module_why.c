// SPDX-License-Identifier: GPL-2.0
/*
 * module_why: why the switch cannot be loaded, and what to do about it.
 */
#include "denied.h"
#include "module.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first kernel that the switch is built for */
#define FIRST_MAJOR 6
#define FIRST_MINOR 12

bool module_kernel_is_too_old(const char *release)
{
	unsigned int major, minor;

	return sscanf(release, "%u.%u", &major, &minor) == 2 &&
	       (major < FIRST_MAJOR || (major == FIRST_MAJOR && minor < FIRST_MINOR));
}

/* ID=, VERSION_CODENAME= */
static bool is_bookworm(const struct path_ctx *root)
{
	char text[PATH_TEXT];

	path_read(root, text, sizeof(text), "etc/os-release");
	return strstr(text, "VERSION_CODENAME=bookworm");
}

static bool is_in_dkms(const struct path_ctx *root)
{
	return path_exists(root, "var/lib/dkms/" SWITCH_MODULE);
}

static char *why_too_old(const struct path_ctx *root, const char *release)
{
	if (!is_bookworm(root))
		return xasprintf("it needs Linux %d.%d or newer, and this is %s", FIRST_MAJOR,
				 FIRST_MINOR, release);
	return xasprintf("it needs Linux %d.%d or newer, and this is %s; %s", FIRST_MAJOR,
			 FIRST_MINOR, release,
			 "Debian 12 has one in bookworm-backports: apt install -t bookworm-backports linux-image-amd64");
}

static char *why_missing(const struct path_ctx *root)
{
	char *release = module_release(root), *why;

	if (module_kernel_is_too_old(release))
		why = why_too_old(root, release);
	else if (is_in_dkms(root))
		why = xasprintf("%s; install the headers (Debian: linux-headers-%s), then: %s",
				"DKMS has not built it for this kernel", release,
				"dkms autoinstall");
	else
		why = xasprintf("it is not installed for this kernel, %s; %s", release,
				"install pci-personality-dkms, or build it from its sources");
	free(release);
	return why;
}

static char *why_unsigned(const char *why)
{
	return xasprintf("%s: %s", why,
			 "enrol the key that it is signed with (DKMS: mokutil --import /var/lib/dkms/mok.pub), and reboot");
}

static char *why_forbidden(const struct path_ctx *root)
{
	char text[128];

	if (root->real && geteuid())
		return xstrdup("run this as root");
	path_read(root, text, sizeof(text), "proc/sys/kernel/modules_disabled");
	if (*text == '1')
		return xasprintf("this kernel loads no more modules until the next boot (%s)",
				 "kernel.modules_disabled=1");
	path_read(root, text, sizeof(text), "sys/kernel/security/lockdown");
	if (strstr(text, "[integrity]") || strstr(text, "[confidentiality]"))
		return why_unsigned("the kernel is locked down (Secure Boot)");
	return xasprintf("the kernel does not permit it; %s", denied_remedy(root));
}

char *module_why_not(const struct path_ctx *root, int error)
{
	switch (-error) {
	case 0:
	case ENOENT:
		return why_missing(root);
	case EPERM:
		return why_forbidden(root);
	case ENOKEY:
	case EKEYREJECTED:
		return why_unsigned("no key that this kernel trusts has signed it (Secure Boot)");
	case EACCES:
		return xasprintf("it is blacklisted in modprobe.d; modprobe %s loads it anyway",
				 SWITCH_MODULE);
	case ENOEXEC:
	case EINVAL:
		return xasprintf("%s: build it anew (DKMS: dkms autoinstall)",
				 "it was built for another kernel, or is damaged");
	default:
		return xasprintf("%s; dmesg may say more", strerror(-error));
	}
}
