// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_boot: will what is saved be in force after the next boot, and is it now?
 */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "config.h"
#include "journal.h"
#include "persist.h"

static void examine_unit(struct doctor *d)
{
	const struct path_ctx *root = d->m->root;

	if (root->real && !path_exists(root, "run/systemd/system"))
		doctor_say(d, VERDICT_UNKNOWN, "boot", "have your init run: vfio-personality apply",
			   "systemd is not what boots this machine");
	else if (!persist_unit_is_enabled(root))
		doctor_say(d, VERDICT_PROBLEM, "boot", "systemctl enable vfio-personality",
			   "nothing applies at boot what is saved");
	else
		doctor_say(d, VERDICT_OK, "boot", NULL,
			   "vfio-personality.service applies what is saved");
	if (doctor_told(d, CMDLINE_OFF))
		doctor_say(d, VERDICT_PROBLEM, "boot",
			   "vfio-personality apply; and take that off the kernel's command line",
			   "vfio-personality=off is on the kernel's command line: nothing was applied");
}

static bool is_other(const struct machine *m, const struct config *config)
{
	const struct function *f = machine_find(m, config->address);

	return f && (f->vendor != config->identity.vendor ||
		     f->device != config->identity.device);
}

/* What of it is not as it was saved, in words; NULL if all is */
static char *difference(const struct machine *m, const struct config *config,
			enum verdict *verdict)
{
	const struct function *f = machine_find(m, config->address);

	*verdict = f ? VERDICT_PROBLEM : VERDICT_UNKNOWN;
	if (!f)
		return xstrdup("it is not there");
	if (is_other(m, config))
		return xasprintf("another device is there (%04x:%04x)", f->vendor, f->device);
	if (config->vfs >= 0 && f->vfs != (unsigned long)config->vfs)
		return xasprintf("it has %lu VFs, and %ld are saved", f->vfs, config->vfs);
	if (config->vfs < 0 && config->vfio && !in_vfio(f))
		return xasprintf("it is not in VFIO, but has %s", *f->driver ? f->driver :
				 "no driver");
	if (config->vfs < 0 && !config->vfio && in_vfio(f))
		return xstrdup("it is in VFIO, and is saved as native");
	return NULL;
}

/* True if it is in force */
static bool examine_one(struct doctor *d, const char *address)
{
	struct config config;
	char *what, *remedy;
	enum verdict verdict;

	if (config_read(d->m->root, address, &config)) {
		doctor_say(d, VERDICT_PROBLEM, "saved", "save it anew, or unsave it",
			   "%s: what is saved of it cannot be read", address);
		return false;
	}
	if (*config.user && strcmp(config.user, "root") && !names_have(&d->users, config.user))
		names_add(&d->users, config.user);
	if (config.vfio && config.vfs < 0)
		names_add(&d->saved, address);
	what = difference(d->m, &config, &verdict);
	if (!what)
		return true;
	remedy = xasprintf("vfio-personality %s %s", is_other(d->m, &config) ? "unsave" : "apply",
			   address);
	doctor_say(d, verdict, "saved", verdict == VERDICT_UNKNOWN ? NULL : remedy, "%s: %s",
		   address, what);
	free(remedy);
	free(what);
	return false;
}

static void examine_saved(struct doctor *d)
{
	struct names saved = config_list(d->m->root);
	size_t in_force = 0;

	for (size_t i = 0; i < saved.n; i++)
		in_force += examine_one(d, saved.v[i]);
	if (in_force == saved.n)
		doctor_say(d, VERDICT_OK, "saved", NULL,
			   saved.n ? "what is saved is in force (functions: %zu)" :
			   "nothing is saved", saved.n);
	names_free(&saved);
}

static void examine_runs(struct doctor *d)
{
	struct names files = path_list(d->m->root, RUN_DIR), journals = { 0 };
	char *some;

	for (size_t i = 0; i < files.n; i++)
		if (!strncmp(files.v[i], "journal-", 8))
			names_add(&journals, files.v[i]);
	some = doctor_some(&journals);
	if (journals.n)
		doctor_say(d, VERDICT_UNKNOWN, "runs",
			   "if none is running, the next enable or disable of the same functions undoes them",
			   "there are runs that have not ended, or were killed: %s", some);
	free(some);
	names_free(&files);
	names_free(&journals);
}

void doctor_boot(struct doctor *d)
{
	examine_unit(d);
	examine_saved(d);
	examine_runs(d);
}
