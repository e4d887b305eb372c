// SPDX-License-Identifier: GPL-2.0
/*
 * pciids: the names of devices, from pci.ids by libpci.
 */
#include "pciids.h"

#include <err.h>
#include <stdio.h>

#include "diag.h"
#include "late.h"

static struct pci_access *access;

/* libpci would set its own when it looks for devices, which it is not asked to */
static void ignore(char *fmt, ...)
{
	(void)fmt;
}

static void __attribute__((noreturn)) fail(char *fmt, ...)
{
	errx(EXIT_FAILED, "libpci: %s", fmt);
}

static int lookup_flags(const struct path_ctx *root)
{
	/* hwdb is the machine's, not the fixture's */
	return PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | (root->real ? 0 : PCI_LOOKUP_NO_HWDB);
}

void pciids_name(const struct path_ctx *root, const struct function *f, char *name, size_t size)
{
	const char *found;

	if (!access) {
		access = pci()->alloc();
		access->error = fail;
		access->warning = ignore;
		access->debug = ignore;
		if (!root->real)
			pci()->set_name_list_path(access, xasprintf("%s/usr/share/misc/pci.ids",
								    root->name), 1);
	}
	found = pci()->lookup_name(access, name, (int)size, lookup_flags(root), f->vendor,
				   f->device);
	if (found != name)
		snprintf(name, size, "%s", found ? found : "");
}

void pciids_done(void)
{
	if (access)
		pci()->cleanup(access);
	access = NULL;
}
