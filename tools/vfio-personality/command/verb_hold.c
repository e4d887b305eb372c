// SPDX-License-Identifier: GPL-2.0
/*
 * verb_hold: in the initramfs, before drivers are loaded, keeps them off what is saved to be
 * in VFIO, and off what the kernel's command line names.
 *
 * It needs neither the switch nor VFIO, and decides nothing for good: apply, once the root
 * file system is there, brings to VFIO what it finds held, or lets go of it.
 */
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "config.h"
#include "diag.h"
#include "hold.h"

/* The addresses that the system's root file system is on, a line each, by who made the initramfs */
#define ROOT_FILE "etc/vfio-personality/root"

/* No: -1, as that is wrong; 0, as there is nothing to be done */
static int may_hold(const struct machine *m, const struct function *f, const struct names *of_root)
{
	char override[NAME_LEN];

	if (is_bridge(f) || in_vfio(f))
		return 0;
	if (names_have(of_root, f->address)) {
		say_as("refused", "%s: refused: the root file system is on it; it is not held",
		       f->address);
		return -1;
	}
	if (*f->driver) {
		say_as("error", "%s: %s has it already, before it could be held", f->address,
		       f->driver);
		return -1;
	}
	/* Somebody else's does the same */
	function_override(m, f, override, sizeof(override));
	return !*override;
}

static int hold_one(const struct machine *m, const struct function *f,
		    const struct names *of_root)
{
	int may = may_hold(m, f, of_root);

	if (may <= 0)
		return may;
	if (!hold_early(m, f))
		return -1;
	say("%s: held for VFIO: no driver gets it before it is applied", f->address);
	return 0;
}

/* What VFs and methods want is the native driver */
static bool is_for_us(const struct config *config)
{
	return config->vfio && config->vfs < 0 && strcmp(config->driver, "bound");
}

static int hold_saved(const struct machine *m, const char *address, const struct names *of_root)
{
	struct function *f = machine_find(m, address);
	struct config config;

	if (config_read(m->root, address, &config))
		return -1;
	if (!is_for_us(&config) || !f || !machine_know(m, f))
		return 0;
	switch (identity_compare(&config.identity, m, f)) {
	case IDENTITY_SAME:
	case IDENTITY_SURE:
		return hold_one(m, f, of_root);
	case IDENTITY_OPEN:
		/* By its place; apply asks the others of its model, and lets go if need be */
		if (*config.identity.path)
			return hold_one(m, f, of_root);
		say("%s: not held: only its driver can tell it from others of its model", address);
		return -1;
	case IDENTITY_OTHER:
		break;
	}
	say("%s: not held: another device is there than was saved", address);
	return -1;
}

static struct names read_root(const struct path_ctx *root)
{
	char *text = path_read_all(root, ROOT_FILE), *rest = text, *line;
	struct names addresses = { 0 };

	while ((line = strsep(&rest, "\n")))
		if (*line)
			names_add(&addresses, line);
	free(text);
	return addresses;
}

int verb_hold(struct machine *m, const struct options *o)
{
	struct names of_root, files, named;
	int bad = 0;

	(void)o;
	if (cmdline_is_off(m->root)) {
		say(CMDLINE_OFF " is on the kernel's command line: nothing is held");
		return EXIT_DONE;
	}
	of_root = read_root(m->root);
	files = config_list(m->root);
	for (size_t i = 0; i < files.n; i++)
		bad += hold_saved(m, files.v[i], &of_root) < 0;
	named = cmdline_early(m);
	for (size_t i = 0; i < named.n; i++)
		if (!names_have(&files, named.v[i]))
			bad += hold_one(m, machine_find(m, named.v[i]), &of_root) < 0;
	names_free(&of_root);
	names_free(&files);
	names_free(&named);
	return bad ? EXIT_PARTLY : EXIT_DONE;
}
